/** The rows of a JSONL, JSON or Parquet file, with the place of each; one that is none says why. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, type Compressors, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { FailedError } from '../../pipeline/contract.ts'
import { find } from './field-map.ts'
import { linesOf } from './lines.ts'
import { type Fields, fieldsOfLine, isFields } from './record.ts'

export interface Row {
  /** From 1. */
  readonly number: number
  /** The row's fields, or why there are none. */
  readonly fields: Fields | string
}

/** `limit` in bytes: a longer line is no row. */
export async function* jsonlRows(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Row> {
  for await (const { number, text } of linesOf(chunks, limit))
    yield { number, fields: text === null ? `longer than ${limit} bytes` : fieldsOfLine(text) }
}

/** Of a whole JSON document: the list at `records`, its own where it is one, or the document itself. */
export async function* jsonRows(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  records: string | null,
): AsyncGenerator<Row> {
  const text = Buffer.concat(await Array.fromAsync(chunks))
    .toString('utf8')
    .replace(/^\ufeff/, '')
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new FailedError(`${path} is not JSON: ${error.message}`)
    throw error
  }
  const rows = records !== null ? find(document, records) : Array.isArray(document) ? document : [document]
  for (const [index, row] of rows.entries())
    yield { number: index + 1, fields: isFields(row) ? row : 'not a JSON object' }
}

/** The codecs that the reader leaves to others. */
const compressors: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
}

/** Read a row group at a time. Throws FailedError on a file that is no Parquet. */
export async function* parquetRows(path: string): AsyncGenerator<Row> {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw new FailedError(`${path} is no Parquet file: ${cause instanceof Error ? cause.message : cause}`)
  })
  let number = 0
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows)
    const read = await parquetReadObjects({ file, metadata, compressors, rowStart: number, rowEnd: number + rows })
    for (const fields of read) yield { number: ++number, fields }
  }
}
