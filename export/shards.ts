/**
 * Documents into files: cut where the texts of one come to a number of bytes, each written whole and synced. The same
 * documents give the same bytes: no clock, no name of a machine.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ExportedDocument } from '../pipeline/contract.ts'
import { COLUMNS } from './columns.ts'
import { dolmaLine, type Format, jsonLine, shardPath } from './formats.ts'
import { type ParquetRow, writeParquet } from './parquet.ts'

export interface WrittenFile {
  /** From the export's folder, with `/`. */
  readonly path: string
  readonly sha256: string
  readonly bytes: number
}

export interface WrittenShard extends WrittenFile {
  readonly documents: number
  /** UTF-8 bytes of its texts. */
  readonly textBytes: number
}

/** Characters of lines that are handed to the compressor at once. */
const CHUNK = 1 << 18

/**
 * Writes the documents into `folder`, in their order; a file ends with the document that brings its texts to
 * `shardBytes`. Without documents there is one empty file.
 */
export async function writeShards(
  folder: string,
  format: Format,
  shardBytes: number,
  documents: AsyncIterable<ExportedDocument>,
): Promise<readonly WrittenShard[]> {
  const reader = documents[Symbol.asyncIterator]()
  const drafts: { readonly file: string; readonly documents: number; readonly textBytes: number }[] = []
  try {
    let next = await reader.next()
    do {
      let [count, textBytes] = [0, 0]
      async function* portion(): AsyncGenerator<ExportedDocument> {
        while (!next.done && (count === 0 || textBytes < shardBytes)) {
          yield next.value
          count++
          textBytes += Buffer.byteLength(next.value.text)
          next = await reader.next()
        }
      }
      const file = join(folder, shardPath(format, drafts.length, 0))
      await mkdir(dirname(file), { recursive: true })
      await writeShard(file, format, portion())
      drafts.push({ file, documents: count, textBytes })
    } while (!next.done)
  } finally {
    await reader.return?.()
  }
  // How many files there are is known at their end, and stands in each name.
  const shards: WrittenShard[] = []
  for (const [number, { file, ...counts }] of drafts.entries()) {
    const path = shardPath(format, number, drafts.length)
    await rename(file, join(folder, path))
    shards.push({ ...(await describeFile(folder, path)), ...counts })
  }
  return shards
}

async function writeShard(file: string, format: Format, documents: AsyncIterable<ExportedDocument>): Promise<void> {
  if (format === 'parquet') {
    await writeParquet(file, COLUMNS, rowsOf(documents))
    return
  }
  const lines = chunked(documents, format === 'jsonl' ? jsonLine : dolmaLine)
  await pipeline(Readable.from(lines), createGzip(), createWriteStream(file, { flush: true }))
}

async function* rowsOf(documents: AsyncIterable<ExportedDocument>): AsyncGenerator<ParquetRow> {
  for await (const document of documents) yield { ...document }
}

async function* chunked(
  documents: AsyncIterable<ExportedDocument>,
  lineOf: (document: ExportedDocument) => string,
): AsyncGenerator<Buffer> {
  let pending = ''
  for await (const document of documents) {
    pending += `${lineOf(document)}\n`
    if (pending.length < CHUNK) continue
    yield Buffer.from(pending)
    pending = ''
  }
  if (pending !== '') yield Buffer.from(pending)
}

/** Digest and size of a file in the export's folder. */
export async function describeFile(folder: string, path: string): Promise<WrittenFile> {
  const file = join(folder, path)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return { path, sha256: hash.digest('hex'), bytes: (await stat(file)).size }
}
