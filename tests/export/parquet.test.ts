/** What writeParquet writes, read back by a reader that is not ours. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { type ParquetColumn, type ParquetRow, writeParquet } from '../../export/parquet.ts'
import { prose } from '../support/prose.ts'

const folder = mkdtempSync(join(tmpdir(), 'malmoi-parquet-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const COLUMNS: readonly ParquetColumn[] = [
  { name: 'url', type: 'string' },
  { name: 'bytes', type: 'integer' },
  { name: 'share', type: 'double' },
  { name: 'kept', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'fetched', type: 'timestamp' },
  { name: 'measures', type: 'json' },
]

async function* rows(count: number): AsyncIterable<ParquetRow> {
  for (let id = 0; id < count; id++)
    yield {
      url: `https://news.example/${id}?말=${prose(id, 1)}`,
      bytes: id * 3_000_000_000,
      share: id / 7,
      kept: id % 2 === 0,
      day: id % 3 === 0 ? null : '2026-11-02',
      fetched: '2026-11-02T03:04:05Z',
      measures: { hangul_ratio: 0.9, lines: id },
    }
}

async function read(path: string) {
  const file = await asyncBufferFromFile(path)
  const compressors = { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) }
  return {
    metadata: await parquetMetadataAsync(file),
    rows: await parquetReadObjects({ file, compressors }),
  }
}

test('every type comes back as it was, nulls too, over several row groups', async () => {
  const file = join(folder, 'types.parquet')
  const count = 60_000
  const written = await writeParquet(file, COLUMNS, rows(count), { version: 'news@7' })
  assert.equal(written.rows, count)
  const found = await read(file)
  assert.equal(found.rows.length, count)
  assert.ok(found.metadata.row_groups.length > 1)
  assert.deepEqual(found.metadata.key_value_metadata, [{ key: 'version', value: 'news@7' }])
  assert.deepEqual(found.rows[1], {
    url: `https://news.example/1?말=${prose(1, 1)}`,
    bytes: 3_000_000_000n,
    share: 1 / 7,
    kept: false,
    day: new Date('2026-11-02'),
    fetched: new Date('2026-11-02T03:04:05Z'),
    measures: { hangul_ratio: 0.9, lines: 1 },
  })
  assert.equal(found.rows[count - 3]?.day, null)
})

test('the same rows give the same bytes, and no rows a file without rows', async () => {
  const [a, b, none] = ['a', 'b', 'none'].map((name) => join(folder, `${name}.parquet`))
  assert.ok(a && b && none)
  await writeParquet(a, COLUMNS, rows(500))
  await writeParquet(b, COLUMNS, rows(500))
  assert.deepEqual(readFileSync(a), readFileSync(b))
  await writeParquet(none, COLUMNS, rows(0))
  assert.deepEqual((await read(none)).rows, [])
})

test('rows that fail half-way leave nothing behind', async () => {
  async function* failing(): AsyncIterable<ParquetRow> {
    yield* rows(10)
    throw new Error('the source went away')
  }
  await assert.rejects(writeParquet(join(folder, 'half.parquet'), COLUMNS, failing()), /went away/)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('half')),
    [],
  )
})
