/**
 * A text in the files of a PostgreSQL server, tables and log alike: as it is, compressed in its row, or in the chunks of
 * a TOAST table. Nothing is asked of the server and no page is believed: rows that are dead, and what is left of pages
 * that were emptied, are found by the look of their bytes. For the settings of our server: pages of 8 KiB, pglz.
 */
import type { Needle } from './needle.ts'
import { pglz } from './pglz.ts'

const PAGE_BYTES = 8192
/** The log's page headers (src/include/access/xlog_internal.h): short, and at the head of a segment. */
const [LOG_HEADER_BYTES, LOG_LONG_HEADER_BYTES, LONG_HEADER] = [24, 40, 2]
/** TOAST_MAX_CHUNK_SIZE for pages of 8 KiB, and the header of the chunk that holds it. */
const CHUNK_BYTES = 1996
const HEADER_BYTES = 4
/** FirstNormalObjectId: values are numbered from here. */
const FIRST_VALUE = 16_384
const MOST_CHUNKS = 1 << 20
/** No match is longer than 273 bytes and takes less than three. */
const MOST_RATIO = 100

export type PostgresForm = 'row' | 'compressed row' | 'chunks' | 'compressed chunks'

/** The forms in which the bytes of a file hold the text. */
export function formsIn(bytes: Uint8Array, needle: Needle): readonly PostgresForm[] {
  const found: PostgresForm[] = []
  if (needle.isIn(bytes)) found.push('row')
  if (holdsCompressed(bytes, needle)) found.push('compressed row')
  for (const value of chunkedValues(bytes)) {
    if (needle.isIn(value)) found.push('chunks')
    if (isInCompressed(value, needle)) found.push('compressed chunks')
  }
  return [...new Set(found)]
}

/** The log's segments as one stream of records, without the headers of pages that cut them. */
export function logStream(segments: readonly Uint8Array[]): Uint8Array {
  const parts = segments.flatMap((segment) => {
    const pages: Uint8Array[] = []
    for (let start = 0; start < segment.length; start += PAGE_BYTES) {
      const long = ((segment[start + 2] ?? 0) & LONG_HEADER) !== 0
      pages.push(segment.subarray(start + (long ? LOG_LONG_HEADER_BYTES : LOG_HEADER_BYTES), start + PAGE_BYTES))
    }
    return pages
  })
  return Buffer.concat(parts)
}

/** Compressed values that lie whole in a row: a header of four bytes with the mark of compression, at any offset. */
function holdsCompressed(bytes: Uint8Array, needle: Needle): boolean {
  const last = bytes.length - 12
  for (let at = 0; at < last; at++) {
    if ((bytes[at]! & 3) !== 2 || bytes[at + 2] !== 0 || bytes[at + 3] !== 0) continue
    const size = u32(bytes, at) >>> 2
    if (size <= 12 || u32(bytes, at + HEADER_BYTES) > size * MOST_RATIO) continue
    if (isInCompressed(bytes.subarray(at + HEADER_BYTES, at + size), needle)) return true
  }
  return false
}

/** Whether a compressed value, from its size and method on, holds the text. */
function isInCompressed(value: Uint8Array, needle: Needle): boolean {
  if (value.length < 8 || (value[3]! & 0xc0) !== 0) return false
  const rawSize = u32(value, 0)
  if (rawSize < needle.leastBytes || rawSize < value.length - HEADER_BYTES) return false
  // Where chunks are missing, less comes out of the value than its size says.
  const most = Math.min(rawSize, value.length * MOST_RATIO)
  const raw = pglz(value.subarray(HEADER_BYTES), most)
  return raw.length >= needle.leastBytes && needle.isIn(raw)
}

interface Chunk {
  readonly value: number
  readonly sequence: number
  readonly data: Uint8Array
}

/** What is left of values in chunks: runs of chunks that follow each other, joined. */
function* chunkedValues(bytes: Uint8Array): Iterable<Uint8Array> {
  const chunks = chunksIn(bytes, () => false)
  const values = new Set(chunks.map(({ value }) => value))
  const all = chunksIn(bytes, (value) => values.has(value))
  for (const [, own] of Map.groupBy(all, ({ value }) => value)) {
    const bySequence = Map.groupBy(own, ({ sequence }) => sequence)
    let run: Uint8Array[] = []
    let previous = -1
    for (const sequence of [...bySequence.keys()].toSorted((a, b) => a - b)) {
      if (sequence !== previous + 1 && run.length > 0) {
        yield Buffer.concat(run)
        run = []
      }
      // The same chunk may lie in several places; what only looks like one is shorter.
      const longest = bySequence.get(sequence)!.reduce((a, b) => (b.data.length > a.data.length ? b : a))
      run.push(longest.data)
      previous = sequence
    }
    if (run.length > 0) yield Buffer.concat(run)
  }
}

/** Chunks that are full, those that are a value's first, and others of values that are `known`. */
function chunksIn(bytes: Uint8Array, known: (value: number) => boolean): readonly Chunk[] {
  const chunks: Chunk[] = []
  const last = bytes.length - 12
  for (let at = 0; at < last; at++) {
    // The number of a chunk has at most 20 bits.
    if (bytes[at + 7] !== 0 || (bytes[at + 6]! & 0xf0) !== 0) continue
    const value = u32(bytes, at)
    if (value < FIRST_VALUE || value >= 2 ** 31) continue
    const sequence = u32(bytes, at + 4)
    const header = u32(bytes, at + 8)
    const short = (header & 1) === 1
    const size = short ? (header & 0xff) >>> 1 : header >>> 2
    if (short ? size < 2 : (header & 3) !== 0 || size <= HEADER_BYTES || size > CHUNK_BYTES + HEADER_BYTES) continue
    const full = size === CHUNK_BYTES + HEADER_BYTES
    if (sequence >= MOST_CHUNKS || !(full || (sequence === 0 && !short) || known(value))) continue
    const from = at + 8 + (short ? 1 : HEADER_BYTES)
    chunks.push({ value, sequence, data: bytes.subarray(from, at + 8 + size) })
  }
  return chunks
}

function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
