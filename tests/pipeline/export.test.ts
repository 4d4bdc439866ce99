/** Exports on record: an export is written again in its place, without what its version no longer has texts of. */
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { type ExportDeps, reexport } from '../../pipeline/export.ts'
import { type Connection, connect } from '../../store/connect.ts'
import { findExport, listExports } from '../../store/exports.ts'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

const NIGHT = '2026-11-01'

let workspace: TestWorkspace
let connection: Connection
let deps: ExportDeps
let path: string

before(async () => {
  workspace = createWorkspace()
  path = join(workspace.folder, 'out')
  workspace.configure({
    sources: [{ name: 'town', kind: 'files', path: 'town.jsonl', licence: 'CC0-1.0' }],
    datasets: { town: {} },
  })
  const records = Array.from({ length: 6 }, (_, id) => ({ id: `t${id}`, text: prose(id) }))
  writeFileSync(join(workspace.folder, 'town.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  await workspace.json('run', 'snapshot', '--night', NIGHT)
  await workspace.json(
    'corpus',
    'export',
    'town@1',
    '--to',
    path,
    '--format',
    'jsonl',
    '--card',
    '--shard-bytes',
    '1000',
  )
  connection = await connect(workspace.folder, undefined)
  const stage = { progress: () => {}, crawled: () => {}, end: () => {} }
  deps = {
    connection,
    reporter: { begin: () => stage },
    signal: new AbortController().signal,
  }
})
after(async () => {
  await connection.close()
  await workspace.remove()
})

test('an export is on record with its version, its options, and the digest of its manifest', async () => {
  const [row, ...others] = await listExports(connection.db)
  assert.deepEqual(others, [])
  assert.deepEqual([row?.dataset, row?.number, row?.path], ['town', 1, path])
  assert.deepEqual(row?.options, { format: 'jsonl', card: true, croissant: false, shardBytes: 1000 })
  assert.match(row?.manifest ?? '', /^[0-9a-f]{64}$/)
})

test('written again it is the same, and without what is no longer there, which its card says', async () => {
  const before = await findExport(connection.db, path)
  assert.equal((await reexport(deps, path))?.manifest, before?.manifest)
  await sql`delete from member using document where document.id = member.document_id and document.key = 't3'`.execute(
    connection.db,
  )
  const written = await reexport(deps, path)
  assert.equal(written?.documents, 5)
  assert.notEqual(written?.manifest, before?.manifest)
  assert.equal((await findExport(connection.db, path))?.manifest, written?.manifest)
  assert.match(readFileSync(join(path, 'README.md'), 'utf8'), /삭제 요청으로 문서 1건이 빠져 있습니다/)
})

test('of a folder that is no longer there nothing is written, and the record ends', async () => {
  rmSync(path, { recursive: true })
  assert.equal(await reexport(deps, path), null)
  assert.deepEqual(await listExports(connection.db), [])
})
