/**
 * An export read by programs that others have: mlcroissant, Hugging Face's datasets, DuckDB. They are Python's, so this
 * wants one that has them (`pip install mlcroissant datasets duckdb`), named by MALMOI_PYTHON, and says so where it has not.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { COLUMNS } from '../../export/columns.ts'
import type { Format } from '../../export/formats.ts'
import { writeExport } from '../../export/write.ts'
import { exportedDocuments, exportRequest } from '../support/exporting.ts'

const READERS = ['croissant', 'huggingface', 'duckdb']
const FORMATS: readonly Format[] = ['parquet', 'jsonl', 'dolma']
const script = fileURLToPath(new URL('readers.py', import.meta.url))
const python = process.env.MALMOI_PYTHON ?? 'python3'
const documents = exportedDocuments(60)

let folder: string
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'malmoi-readers-'))
  for (const format of FORMATS) await writeExport(exportRequest(join(folder, format), documents, { format }))
})
after(() => rmSync(folder, { recursive: true, force: true }))

interface Read {
  readonly rows: number
  readonly columns: readonly string[]
  readonly errors: readonly string[]
  readonly texts: readonly string[]
}

for (const reader of READERS) {
  for (const format of FORMATS) {
    test(`${reader} reads ${format}: every document, in order, and finds no fault`, (context) => {
      const { status, stdout, stderr, error } = spawnSync(python, [script, reader, join(folder, format)], {
        encoding: 'utf8',
        env: { ...process.env, HOME: folder, HF_HOME: join(folder, 'hub'), HF_HUB_OFFLINE: '1' },
      })
      if (error !== undefined || status === 3) {
        context.skip(`no Python with ${reader}: ${error?.message ?? stderr.trim()}; name one by MALMOI_PYTHON`)
        return
      }
      assert.equal(status, 0, stderr)
      const read: Read = JSON.parse(stdout)
      const columns =
        format === 'dolma' ? ['id', 'text', 'source', 'added', 'created'] : COLUMNS.map(({ name }) => name)
      assert.deepEqual(read.errors, [])
      assert.deepEqual(
        columns.filter((name) => !read.columns.includes(name)),
        [],
      )
      assert.equal(read.rows, documents.length)
      assert.deepEqual(
        read.texts,
        documents.map(({ text }) => text),
      )
    })
  }
}
