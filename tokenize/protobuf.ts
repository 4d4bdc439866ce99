/**
 * The protobuf wire format, as far as SentencePiece's model file needs it: varints, 32-bit floats and bytes.
 * Knows no message; model-file.ts gives the fields their meaning.
 * Source: protobuf.dev/programming-guides/encoding.
 */

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

export interface MessageWriter {
  /** A signed integer; a negative one takes ten bytes, as int32 does on the wire. */
  integer(field: number, value: number): void
  boolean(field: number, value: boolean): void
  float(field: number, value: number): void
  bytes(field: number, value: Uint8Array): void
  string(field: number, value: string): void
  finish(): Uint8Array
}

export function createMessageWriter(): MessageWriter {
  const encoder = new TextEncoder()
  let buffer = new Uint8Array(64)
  let size = 0

  function reserve(bytes: number): void {
    if (size + bytes <= buffer.length) return
    const grown = new Uint8Array(Math.max(buffer.length * 2, size + bytes))
    grown.set(buffer)
    buffer = grown
  }
  function varint(value: bigint): void {
    reserve(10)
    let rest = BigInt.asUintN(64, value)
    while (rest > 0x7fn) {
      buffer[size++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    buffer[size++] = Number(rest)
  }
  const tag = (field: number, wireType: number): void => varint(BigInt(field * 8 + wireType))
  function bytes(field: number, value: Uint8Array): void {
    tag(field, BYTES)
    varint(BigInt(value.length))
    reserve(value.length)
    buffer.set(value, size)
    size += value.length
  }

  return {
    integer(field, value) {
      tag(field, VARINT)
      varint(BigInt(value))
    },
    boolean(field, value) {
      tag(field, VARINT)
      varint(value ? 1n : 0n)
    },
    float(field, value) {
      tag(field, FIXED32)
      reserve(4)
      new DataView(buffer.buffer).setFloat32(size, value, true)
      size += 4
    },
    bytes,
    string: (field, value) => bytes(field, encoder.encode(value)),
    finish: () => buffer.slice(0, size),
  }
}

export type Field =
  | { readonly number: number; readonly wire: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly wire: 'fixed32' | 'fixed64' | 'bytes'; readonly value: Uint8Array }

/** The fields of one message, in file order. Throws RangeError where the bytes are no protobuf message. */
export function* readFields(message: Uint8Array): Generator<Field> {
  let at = 0
  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new RangeError(`cut inside a number at byte ${at - 1}`)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new RangeError(`a number longer than ten bytes at byte ${at}`)
  }
  function take(length: number): Uint8Array {
    if (length > message.length - at) throw new RangeError(`a field of ${length} bytes runs past the end at byte ${at}`)
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const tag = varint()
    const number = Number(tag >> 3n)
    const wireType = Number(tag & 7n)
    if (number === 0) throw new RangeError(`field number 0 at byte ${at}`)
    if (wireType === VARINT) yield { number, wire: 'varint', value: varint() }
    else if (wireType === BYTES) yield { number, wire: 'bytes', value: take(Number(varint())) }
    else if (wireType === FIXED32) yield { number, wire: 'fixed32', value: take(4) }
    else if (wireType === FIXED64) yield { number, wire: 'fixed64', value: take(8) }
    else throw new RangeError(`wire type ${wireType} at byte ${at}`)
  }
}
