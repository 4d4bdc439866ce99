/** Another threshold needs no second look at a text: what was measured before is judged again, and nothing else differs. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { defaultCleaning } from '../../../clean/rules.ts'
import { openWorkspace, type Workspace } from '../../../cli/workspace.ts'
import type { Artifact, CleaningConfig } from '../../../pipeline/contract.ts'
import { createStages } from '../../../pipeline/execute.ts'
import { type CleanLine, clean } from '../../../pipeline/stages/clean.ts'
import { readLines } from '../../../pipeline/stages/lines.ts'
import { doneArtifact } from '../../../store/runs.ts'
import { createWorkspace, type TestWorkspace } from '../../support/command.ts'
import { prose } from '../../support/prose.ts'

const NIGHT = '2026-11-01'
const silent = { begin: () => ({ progress() {}, crawled() {}, end() {} }) }
const dropsPhones = {
  ...defaultCleaning.personalData,
  actions: { ...defaultCleaning.personalData.actions, phone: 'drop' },
} as const
const cleaning = (least: number | null): CleaningConfig => ({
  ...defaultCleaning,
  rules: { ...defaultCleaning.rules, min_chars: least },
  personalData: dropsPhones,
})

let town: TestWorkspace
let workspace: Workspace
let revisions: Artifact

before(async () => {
  town = createWorkspace()
  town.configure({ sources: [{ name: 'town', kind: 'files', path: 'town.jsonl', licence: 'CC0-1.0' }] })
  const records = [
    ...Array.from({ length: 9 }, (_, index) => ({ id: `${index}`, text: prose(index, 4 + 2 * index) })),
    { id: 'phone', text: `${prose(20, 6)} 연락처는 010-1234-5678이다.` },
    { id: '\u{1f600}', text: prose(21, 7) },
    { id: '\u{ffee}', text: prose(22, 9) },
  ]
  writeFileSync(join(town.folder, 'town.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  await town.json('run', 'extract', '--night', NIGHT)
  workspace = await openWorkspace(town.folder, {
    ...{ workers: 2, reporter: silent, signal: new AbortController().signal },
  })
  const { db } = workspace.connection
  const { key } = await db.selectFrom('run').select('key').where('stage', '=', 'extract').executeTakeFirstOrThrow()
  const found = await doneArtifact(db, key)
  assert.ok(found)
  revisions = found
})
after(async () => {
  await workspace.close()
  await town.remove()
})

/** Cleans as a plan does, and says how many documents the workers were given. */
async function cleanBy(config: CleaningConfig) {
  let documents = 0
  const map: Workspace['executor']['map'] = (task, items) =>
    workspace.executor.map(
      task,
      (async function* () {
        for await (const item of items) {
          if (isTask(item)) documents += item.lines.length
          yield item
        }
      })(),
    )
  const stages = createStages({ ...workspace, executor: { ...workspace.executor, map } })
  const artifact = await stages.run(clean, {
    ...{ subject: `town ${NIGHT}`, config: { source: 'town', cleaning: config } },
    ...{ inputs: [revisions], outside: { pseudonymKey: null } },
  })
  const lines = await Array.fromAsync(readLines<CleanLine>(workspace.objects, artifact.digest))
  return { artifact, lines, documents }
}

const isTask = (item: unknown): item is { readonly lines: readonly unknown[] } =>
  typeof item === 'object' && item !== null && 'lines' in item && Array.isArray(item.lines)

/** The artifact of the stage that remembers nothing. */
async function cleanAnew(config: CleaningConfig): Promise<Artifact> {
  const { artifact } = await clean.run({
    ...workspace,
    ...{ config: { source: 'town', cleaning: config }, inputs: [revisions], outside: { pseudonymKey: null } },
    ...{ key: '', code: '', before: null, scratch: '', recorded: undefined },
    map: workspace.executor.map,
    progress() {},
  })
  return artifact
}

test('a threshold is raised without cleaning any text, lowered with those alone that it lets in', async () => {
  const first = await cleanBy(cleaning(150))
  assert.equal(first.documents, first.lines.length, 'nothing is known yet')
  const raised = await cleanBy(cleaning(350))
  assert.equal(raised.documents, 0)
  const lowered = await cleanBy(cleaning(60))
  const passes = (least: number) => lowered.lines.filter(({ measures }) => (measures.chars ?? 0) >= least).length
  assert.ok(passes(350) > 0 && passes(60) > passes(350))
  assert.equal(lowered.documents, passes(60) - passes(350))
  for (const [least, { artifact, lines }] of [
    [150, first],
    [350, raised],
    [60, lowered],
  ] as const) {
    assert.deepEqual(artifact, await cleanAnew(cleaning(least)), `min_chars ${least}`)
    const rules = new Map(lines.map((line) => [line.key, line.kept ? 'kept' : line.rule]))
    assert.equal(rules.get('phone'), least === 350 ? 'min_chars' : 'pii_phone')
  }
})

test('a rule that is turned off is a threshold like another', async () => {
  const off = await cleanBy(cleaning(null))
  assert.equal(off.documents, 1, 'a document that goes for its personal data is looked at again')
  assert.deepEqual(off.artifact, await cleanAnew(cleaning(null)))
})

test('what was measured under another treatment of personal data is not reused', async () => {
  const actions = { ...dropsPhones.actions, phone: 'keep' } as const
  const config = { ...cleaning(60), personalData: { ...dropsPhones, actions } }
  const { artifact, documents, lines } = await cleanBy(config)
  assert.equal(documents, lines.length)
  assert.deepEqual(artifact, await cleanAnew(config))
})
