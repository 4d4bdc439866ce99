/** A version of which a document was taken down is built again from what is left, under the names on record. */
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { recordedRecipe } from '../../../pipeline/freeze.ts'
import { redactCapture } from '../../../pipeline/takedown/redact-captures.ts'
import { type Redaction, redactRevisions, redactVerdicts } from '../../../pipeline/takedown/redact-lines.ts'
import { redactSignatures } from '../../../pipeline/takedown/redact-signatures.ts'
import { connect } from '../../../store/connect.ts'
import { type Objects, openObjects } from '../../../store/objects.ts'
import { resolveVersion } from '../../../store/versions.ts'
import { createWorkspace, type TestWorkspace } from '../../support/command.ts'
import { prose } from '../../support/prose.ts'

const GONE = 'https://town.example/2'
let workspace: TestWorkspace
let objects: Objects
/** What stands in place of revisions, verdicts and signatures. */
let redactions: readonly Redaction[]

before(async () => {
  workspace = createWorkspace()
  const rows = [1, 2, 3, 4].map((seed) => ({ id: `https://town.example/${seed}`, text: prose(seed, 12) }))
  writeFileSync(join(workspace.folder, 'town.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  workspace.configure({
    sources: [{ name: 'town', kind: 'files', path: 'town.jsonl', licence: 'CC0-1.0' }],
    datasets: { town: {} },
  })
  await workspace.json('run', 'trainingSet', '--night', '2026-11-01')
  const inside = join(workspace.folder, '.malmoi')
  objects = openObjects(join(inside, 'objects'))
  const { db, close } = await connect(workspace.folder, undefined)
  const version = await resolveVersion(db, 'town@1')
  const { rows: captures } = await sql<{ path: string; offset: number; length: number }>`
    select path, warc_offset as offset, warc_length as length from capture
    join document on document.id = capture.document_id and document.key = ${GONE}
    join warc_file on warc_file.batch_id = capture.batch_id and warc_file.number = capture.warc_file`.execute(db)
  await close()
  for (const capture of captures) await redactCapture(inside, capture, { takedown: 1, date: '2026-12-01T00:00:00Z' })
  const [batch] = version.batches
  assert.ok(batch?.signatures && captures.length === 1)
  const keys = new Set([GONE])
  const found = [
    await redactRevisions(objects, batch.extract, keys),
    await redactVerdicts(objects, batch.clean, keys),
    await redactSignatures(objects, batch.signatures, keys, recordedRecipe(version).deduplication),
  ]
  redactions = found.filter((redaction) => redaction !== null)
  assert.equal(redactions.length, 3)
  for (const { digest, replacement } of redactions) await objects.redact(digest, replacement, 1)
})
after(() => workspace.remove())

test('with what is stored, nothing is built at all', async () => {
  const [built] = await workspace.json<{ executed: readonly unknown[] }>('build', 'town@1')
  assert.deepEqual(built?.executed, [])
})

test('what is lost is made again of the captures that are left, as what it is since the takedown', async () => {
  for (const { replacement } of redactions) rmSync(objects.path(replacement, 'zst'))
  const [built] = await workspace.json<{ executed: readonly { stage: string }[] }>('build', 'town@1')
  assert.deepEqual(
    built?.executed.map(({ stage }) => stage),
    ['extract', 'clean', 'signatures'],
  )
  for (const { digest, replacement } of redactions) {
    assert.equal(objects.resolve(digest), replacement)
    assert.equal(await objects.has(digest), true)
  }
  assert.doesNotMatch(await objects.text(redactions[1]?.digest ?? ''), new RegExp(prose(2, 12).slice(0, 30)))
})

test('the next night is built on top of it, under the keys that there were', async () => {
  const [run] = await workspace.json<{ executed: readonly { stage: string }[] }>(
    'run',
    'snapshot',
    '--night',
    '2026-11-01',
  )
  assert.deepEqual(run?.executed, [])
})
