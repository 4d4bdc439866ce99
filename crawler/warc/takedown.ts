/**
 * What stands in a WARC file where records were taken down: gzip members of exactly as many bytes, so that every other
 * record keeps its place. Nothing of what was there goes into them. Writing them into the file is store/warc-files.ts's.
 */
import { createHash } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'
import { FailedError } from '../../pipeline/contract.ts'

export interface TakedownNote {
  /** The takedown's number. */
  readonly takedown: number
  /** ISO 8601, UTC: when it was decided. */
  readonly date: string
  /** What the record's id is made of: the file's name and the offset. */
  readonly place: string
}

const RECORD_END = '\r\n\r\n'
/** A record that every reader passes over, in fewer bytes than the standard allows. */
const EMPTY_RECORD = Buffer.from(`WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 0${RECORD_END}${RECORD_END}`)
/** A gzip member (RFC 1952) whose head has an extra field, to be followed by the field's length and by its parts. */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255])
/** The name of our part of the extra field; what it holds is padding. */
const MARK = Buffer.from('TD')
const MARK_AT = GZIP_HEAD.byteLength + 2
/** Head, extra field without padding, checksum and size. */
const GZIP_BYTES = MARK_AT + MARK.byteLength + 2 + 8
/** A stored block of DEFLATE holds so many bytes at most, behind a head of five (RFC 1951, section 3.2.4). */
const STORED_BYTES = 65_535
const STORED_HEAD_BYTES = 5

/**
 * A gzip member of exactly `length` bytes. It holds a metadata record that says what was done, filled up with zeros and
 * stored uncompressed, so that every reader finds an ordinary record; where that has no room, the record compressed.
 * No capture of ours is shorter than that; a copied one may be, and becomes an empty record, or the blank lines between
 * two records. Same note and length, same bytes.
 * @throws FailedError below 30 bytes: no member with a record in it is that short
 */
export function takedownMember(length: number, note: TakedownNote): Uint8Array {
  const shortest = recordOf(note, 0)
  const blocks = Math.ceil((length - GZIP_BYTES) / (STORED_BYTES + STORED_HEAD_BYTES))
  const padding = length - GZIP_BYTES - blocks * STORED_HEAD_BYTES - shortest.byteLength
  if (padding >= 0) {
    const record = recordOf(note, padding)
    return gzipMember(record, stored(record, blocks), 0)
  }
  for (const content of [shortest, EMPTY_RECORD, Buffer.from(RECORD_END)]) {
    const deflated = deflateRawSync(content)
    const missing = length - GZIP_BYTES - deflated.byteLength
    if (missing >= 0) return gzipMember(content, deflated, missing)
  }
  throw new FailedError(
    `no gzip member of ${length} bytes can stand for a WARC record`,
    'is it a place in a WARC file?',
  )
}

/** Whether a gzip member stands for records that were taken down: no other member of ours has an extra field. */
export function isTakedown(member: Uint8Array): boolean {
  const extra = ((member[3] ?? 0) & 4) !== 0
  return extra && MARK.equals(member.subarray(MARK_AT, MARK_AT + MARK.byteLength))
}

/** The length is written with its leading zeros, so that one byte more of padding is one byte more of record. */
function recordOf({ takedown, date, place }: TakedownNote, padding: number): Buffer {
  const block = `taken-down: ${takedown}\r\npadding: ${'0'.repeat(padding)}\r\n`
  const lines = [
    'WARC/1.1',
    'WARC-Type: metadata',
    `WARC-Record-ID: <urn:uuid:${uuidOf(place)}>`,
    `WARC-Date: ${date}`,
    'Content-Type: application/warc-fields',
    `Content-Length: ${String(block.length).padStart(10, '0')}`,
  ]
  return Buffer.from(`${lines.join('\r\n')}${RECORD_END}${block}${RECORD_END}`)
}

/** A UUID made of a name by a hash (RFC 9562, section 5.8). */
function uuidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex')
  const variant = ((Number.parseInt(hash.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(18, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

function gzipMember(content: Uint8Array, deflated: Uint8Array, padding: number): Uint8Array {
  const extra = Buffer.alloc(2 + MARK.byteLength + 2 + padding)
  extra.writeUInt16LE(extra.byteLength - 2)
  extra.set(MARK, 2)
  extra.writeUInt16LE(padding, 2 + MARK.byteLength)
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(crc32(content))
  tail.writeUInt32LE(content.byteLength % 2 ** 32, 4)
  return Buffer.concat([GZIP_HEAD, extra, deflated, tail])
}

/** DEFLATE without compression, in so many blocks; the last may be empty. */
function stored(content: Uint8Array, blocks: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let number = 0; number < blocks; number++) {
    const block = content.subarray(number * STORED_BYTES, (number + 1) * STORED_BYTES)
    const head = Buffer.alloc(STORED_HEAD_BYTES)
    head[0] = number === blocks - 1 ? 1 : 0
    head.writeUInt16LE(block.byteLength, 1)
    head.writeUInt16LE(STORED_BYTES - block.byteLength, 3)
    parts.push(head, block)
  }
  return Buffer.concat(parts)
}
