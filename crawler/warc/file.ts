/**
 * Reads a WARC file record by record (one gzip member each), with the offset and length of every member.
 * Memory is bounded by the largest record, not by the file.
 */
import { open } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import { FailedError } from '../../pipeline/contract.ts'
import { parseRecord, type WarcRecord } from './record.ts'

export interface PlacedRecord {
  readonly record: WarcRecord
  /** Bytes of the gzip member in the file. */
  readonly offset: number
  readonly length: number
}

/** Where the deflate stream of the gzip member at the start of `bytes` begins (RFC 1952); null where bytes run out. */
function memberHead(bytes: Buffer): number | null {
  if (bytes.length < 10) return null
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) throw new FailedError('no gzip member begins here')
  const flags = bytes[3] ?? 0
  let at = 10
  if ((flags & 4) !== 0) {
    if (bytes.length < at + 2) return null
    at += 2 + bytes.readUInt16LE(at)
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue
    const zero = bytes.indexOf(0, at)
    if (zero < 0) return null
    at = zero + 1
  }
  if ((flags & 2) !== 0) at += 2
  return at > bytes.length ? null : at
}

/** Inflates with the count of bytes it consumed, which the types of node do not tell of. */
function inflateFirst(bytes: Buffer): { readonly content: Buffer; readonly consumed: number } {
  const result: unknown = inflateRawSync(bytes, { info: true })
  if (typeof result !== 'object' || result === null || !('engine' in result) || !('buffer' in result))
    throw new FailedError('zlib did not report what it consumed')
  const { engine, buffer } = result
  if (typeof engine !== 'object' || engine === null || !('bytesWritten' in engine) || !Buffer.isBuffer(buffer))
    throw new FailedError('zlib did not report what it consumed')
  return { content: buffer, consumed: Number(engine.bytesWritten) }
}

/** The first gzip member of `bytes` and its length; null where it is not whole yet. */
function firstMember(bytes: Buffer): { readonly content: Buffer; readonly length: number } | null {
  const start = memberHead(bytes)
  if (start === null) return null
  try {
    const { content, consumed } = inflateFirst(bytes.subarray(start))
    const length = start + consumed + 8
    return length > bytes.length ? null : { content, length }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR') return null
    throw error
  }
}

const windowBytes = 1 << 20

/** Every record of a WARC file in order. Throws FailedError, naming the offset, where a member is broken or cut short. */
export async function* readWarcFile(path: string): AsyncGenerator<PlacedRecord> {
  const file = await open(path, 'r')
  try {
    let offset = 0
    let held: Buffer = Buffer.alloc(0)
    let ended = false
    for (;;) {
      const member = held.length === 0 ? null : firstMember(held)
      if (member !== null) {
        yield { record: parseRecord(member.content), offset, length: member.length }
        offset += member.length
        held = held.subarray(member.length)
        continue
      }
      if (ended) {
        if (held.length === 0) return
        throw new FailedError(
          `the record at byte ${offset} is cut short`,
          'cut the file back to that byte: what lies behind was never committed',
        )
      }
      // Doubling keeps the work linear where one record is larger than the window.
      const chunk = Buffer.alloc(Math.max(windowBytes, held.length))
      const { bytesRead } = await file.read(chunk, 0, chunk.length, offset + held.length)
      ended = bytesRead === 0
      held = Buffer.concat([held, chunk.subarray(0, bytesRead)])
    }
  } catch (error) {
    if (error instanceof FailedError) throw new FailedError(`${path}: ${error.message}`, error.remedy)
    throw error
  } finally {
    await file.close()
  }
}

/** The gzip member at `offset`, `length` bytes: what readMember and payloadOf take. */
export async function readMemberAt(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const member = Buffer.alloc(length)
    const { bytesRead } = await file.read(member, 0, length, offset)
    if (bytesRead !== length) throw new FailedError(`${path} ends before byte ${offset + length}`)
    return member
  } finally {
    await file.close()
  }
}
