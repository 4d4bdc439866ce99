/**
 * Reads WARC files from end to end, ours and those of other hands: any version, gzip per record or whole or none, records
 * larger than a limit skipped without being held.
 */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { FailedError } from '../../pipeline/contract.ts'

export interface FileRecord {
  readonly type: string
  readonly id: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Version line and headers as they stand in the file. */
  readonly head: Uint8Array
  /** Null where it is longer than the limit. */
  readonly block: Uint8Array | null
  /** From 1. */
  readonly number: number
}

const longestHead = 1 << 20
const headEnd = Buffer.from('\r\n\r\n')

/** Every record in order; `onBytes` is told how many bytes of the file were read. Throws FailedError on a broken file. */
export async function* readWarcFile(
  path: string,
  limitBytes: number,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<FileRecord> {
  const reader = createReader(await openStream(path, onBytes))
  for (let number = 1; ; number++) {
    await reader.skipBlankLines()
    const head = await reader.until(headEnd, longestHead)
    if (head === null) return
    const { version, headers } = parseHead(head)
    if (!/^WARC\/\d+\.\d+$/.test(version))
      throw new FailedError(`${path}: record ${number} does not begin with WARC/1.x`, 'is it a WARC or WET file?')
    const length = Number(headers.get('content-length') ?? Number.NaN)
    if (!(length >= 0)) throw new FailedError(`${path}: record ${number} has no Content-Length`)
    const block = length > limitBytes ? null : await reader.take(length)
    if (block === null ? !(await reader.skip(length)) : block.byteLength !== length)
      throw new FailedError(`${path}: record ${number} is cut short`, 'fetch the file again')
    yield {
      type: headers.get('warc-type') ?? '',
      id: headers.get('warc-record-id') ?? '',
      headers,
      head,
      block,
      number,
    }
  }
}

async function openStream(path: string, onBytes: (bytes: number) => void): Promise<AsyncIterable<Uint8Array>> {
  const file = await open(path, 'r')
  const magic = Buffer.alloc(2)
  await file.read(magic, 0, 2, 0)
  await file.close()
  const stream = createReadStream(path, { highWaterMark: 1 << 18 })
  stream.on('data', (chunk) => onBytes(chunk.length))
  stream.pause()
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return stream
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  stream.on('error', (error) => gunzip.destroy(error))
  return stream.pipe(gunzip)
}

function parseHead(head: Buffer): { readonly version: string; readonly headers: ReadonlyMap<string, string> } {
  const [version = '', ...lines] = head.toString('utf8').split('\r\n')
  const headers = new Map<string, string>()
  let last = ''
  for (const line of lines) {
    // WARC 1.0 allows a header to go on in the next line.
    if (/^[ \t]/.test(line) && last !== '') headers.set(last, `${headers.get(last) ?? ''} ${line.trim()}`)
    const colon = line.indexOf(':')
    if (colon <= 0 || /^[ \t]/.test(line)) continue
    last = line.slice(0, colon).toLowerCase()
    headers.set(last, line.slice(colon + 1).trim())
  }
  return { version, headers }
}

/** Bytes of a stream on demand; holds what was read and not asked for. */
function createReader(chunks: AsyncIterable<Uint8Array>) {
  const source = chunks[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  let ended = false

  async function more(): Promise<boolean> {
    if (ended) return false
    const next = await source.next()
    if (next.done === true) {
      ended = true
      return false
    }
    held = held.byteLength === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value])
    return true
  }

  return {
    async skipBlankLines(): Promise<void> {
      do {
        let at = 0
        while (at < held.byteLength && (held[at] === 0x0d || held[at] === 0x0a)) at += 1
        held = held.subarray(at)
      } while (held.byteLength === 0 && (await more()))
    },
    /** What comes before `end`, which is passed; null at the end of the stream. Throws FailedError beyond `limit`. */
    async until(end: Uint8Array, limit: number): Promise<Buffer | null> {
      for (let from = 0; ; ) {
        const found = held.indexOf(end, from)
        if (found >= 0) {
          const bytes = held.subarray(0, found)
          held = held.subarray(found + end.byteLength)
          return bytes
        }
        if (held.byteLength > limit) throw new FailedError('a record without an end of its head: this is no WARC file')
        from = Math.max(0, held.byteLength - end.byteLength)
        if (!(await more())) {
          if (held.byteLength === 0) return null
          throw new FailedError('the file ends inside the head of a record', 'fetch the file again')
        }
      }
    },
    /** The next bytes; fewer where the stream ends. */
    async take(length: number): Promise<Uint8Array> {
      const parts: Uint8Array[] = []
      let missing = length
      while (missing > 0 && (held.byteLength > 0 || (await more()))) {
        const part = held.subarray(0, missing)
        held = held.subarray(part.byteLength)
        parts.push(part)
        missing -= part.byteLength
      }
      return Buffer.concat(parts)
    },
    async skip(length: number): Promise<boolean> {
      let missing = length
      while (missing > 0 && (held.byteLength > 0 || (await more()))) {
        const part = Math.min(missing, held.byteLength)
        held = held.subarray(part)
        missing -= part
      }
      return missing === 0
    },
  }
}
