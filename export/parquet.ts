/**
 * Rows into a Parquet file, a row group at a time, so that memory holds one group however many rows there are. The same
 * rows give the same bytes. Knows nothing of documents; who calls says what the columns are.
 */
import { open, rename, rm, stat } from 'node:fs/promises'
import { zstdCompressSync } from 'node:zlib'
import { fileWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'

/** What a column holds; any value may be null. `date` takes `YYYY-MM-DD`, `json` what JSON can say. */
export type ParquetType = 'string' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' | 'json'

export interface ParquetColumn {
  readonly name: string
  readonly type: ParquetType
}

/** Values by column name; what is missing is null. */
export type ParquetRow = { readonly [column: string]: unknown }

const TYPES: Readonly<Record<ParquetType, Omit<SchemaElement, 'name'>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', converted_type: 'DATE' },
  timestamp: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
}

/** A group ends at whichever comes first: readers skip by groups, and memory holds one. Letters are UTF-16 units. */
const GROUP = { rows: 50_000, letters: 16 * 2 ** 20 }
const DICTIONARY_BYTES = 2 ** 20

/**
 * Writes `rows` to `file`, which appears whole or not at all (temporary file, fsync, rename), compressed by Zstandard.
 * `metadata` is kept in the file's footer, sorted by key.
 */
export async function writeParquet(
  file: string,
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<ParquetRow>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<{ readonly rows: number; readonly bytes: number }> {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    const written = await writeGroups(temporary, columns, rows, metadata)
    const handle = await open(temporary, 'r')
    await handle.sync()
    await handle.close()
    const { size } = await stat(temporary)
    await rename(temporary, file)
    return { rows: written, bytes: size }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeGroups(
  file: string,
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<ParquetRow>,
  metadata: Readonly<Record<string, string>>,
): Promise<number> {
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...TYPES[type] })),
    ],
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    createdBy: 'malmoi',
    kvMetadata: Object.entries(metadata)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({ key, value })),
  })
  const empty = () => columns.map((): unknown[] => [])
  let group = empty()
  let [count, letters, total] = [0, 0, 0]
  const flush = async () => {
    const columnData = columns.map(({ name }, index) => ({ name, data: group[index] ?? [] }))
    await writer.write({ columnData, rowGroupSize: count, dictionarySize: DICTIONARY_BYTES })
    total += count
    ;[group, count, letters] = [empty(), 0, 0]
  }
  for await (const row of rows) {
    for (const [index, { name, type }] of columns.entries()) {
      const value = row[name] ?? null
      group[index]?.push(value === null ? null : stored(type, value))
      if (typeof value === 'string') letters += value.length
    }
    if (++count >= GROUP.rows || letters >= GROUP.letters) await flush()
  }
  if (count > 0) await flush()
  await writer.finish()
  return total
}

/** As the writer takes it. */
function stored(type: ParquetType, value: unknown): unknown {
  if (type === 'integer' && typeof value === 'number') return BigInt(value)
  if ((type === 'date' || type === 'timestamp') && typeof value === 'string') return new Date(value)
  return value
}
