/**
 * Writes Protocol Buffers messages: the wire format of which ONNX models are made.
 * Only what onnx.ts needs; reads nothing. Encoding: protobuf.dev, "Encoding" (varint and length-delimited records).
 */

const text = new TextEncoder()

/** A message under construction: fields are appended in call order. */
export interface Message {
  /** A non-negative integer (int32, int64, enum), also of 2³² and more. */
  int(field: number, value: number): Message
  string(field: number, value: string): Message
  bytes(field: number, value: Uint8Array): Message
  message(field: number, value: Message): Message
  readonly size: number
  /** Copies the message into `target` at `offset` and returns the offset after it. */
  writeTo(target: Uint8Array, offset: number): number
}

export function message(): Message {
  // Parts are kept as they are and copied once at the end: weights can be hundreds of megabytes.
  const parts: (Uint8Array | Message)[] = []
  let size = 0
  const push = (part: Uint8Array | Message): void => {
    parts.push(part)
    size += part instanceof Uint8Array ? part.length : part.size
  }
  const self: Message = {
    int(field, value) {
      if (!Number.isSafeInteger(value) || value < 0) throw new Error(`protobuf integer ${value} is not supported`)
      push(Uint8Array.from([...varint(field * 8), ...varint(value)]))
      return self
    },
    string: (field, value) => self.bytes(field, text.encode(value)),
    bytes(field, value) {
      push(Uint8Array.from([...varint(field * 8 + 2), ...varint(value.length)]))
      push(value)
      return self
    },
    message(field, value) {
      push(Uint8Array.from([...varint(field * 8 + 2), ...varint(value.size)]))
      push(value)
      return self
    },
    get size() {
      return size
    },
    writeTo(target, offset) {
      let at = offset
      for (const part of parts) {
        if (part instanceof Uint8Array) {
          target.set(part, at)
          at += part.length
        } else {
          at = part.writeTo(target, at)
        }
      }
      return at
    },
  }
  return self
}

/** The bytes of a finished message. */
export function encode(root: Message): Uint8Array {
  const bytes = new Uint8Array(root.size)
  root.writeTo(bytes, 0)
  return bytes
}

/** Seven bits a byte, the lowest first, the high bit set on all but the last. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
  return bytes
}
