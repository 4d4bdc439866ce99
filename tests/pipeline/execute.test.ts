/** The executor: the same key never runs twice, an output that did not change stops the rebuild, a lost one is compared. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { openWorkspace, type Workspace } from '../../cli/workspace.ts'
import type { Artifact } from '../../pipeline/contract.ts'
import { createStages } from '../../pipeline/execute.ts'
import type { Stage } from '../../pipeline/stage.ts'
import { recentRuns } from '../../store/runs.ts'
import { removeWorkspace } from '../support/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'malmoi-execute-'))
const silent = { begin: () => ({ progress() {}, crawled() {}, end() {} }) }
let workspace: Workspace
let log: string[] = []

before(async () => {
  workspace = await openWorkspace(folder, { workers: 2, reporter: silent, signal: new AbortController().signal })
})
after(async () => {
  await workspace.close()
  await removeWorkspace(folder)
})
afterEach(() => {
  log = []
})

/** A stage whose output is the number of characters of its text, or of its input's. */
const counting: Stage<{ readonly text: string }, { readonly fail?: boolean; readonly salt?: string }> = {
  name: 'clean',
  adapter: new URL('../../pipeline/stages/clean.ts', import.meta.url),
  async run({ config, inputs, outside, objects }) {
    log.push(config.text)
    if (outside.fail) throw new Error('the disk is full')
    const given = await Promise.all(inputs.map(({ digest }) => objects.text(digest)))
    const stored = await objects.putLines([`${(config.text + given.join('')).length}${outside.salt ?? ''}`])
    return { artifact: { kind: 'count', ...stored, meta: {}, parts: [] } }
  },
}

const run = (text: string, inputs: readonly Artifact[] = [], outside = {}) =>
  createStages(workspace).run(counting, { subject: text, config: { text }, inputs, outside })

test('the same key never runs twice, not even when it is asked for twice at once', async () => {
  const [first, second] = await Promise.all([run('하나'), run('하나')])
  const third = await run('하나')
  assert.deepEqual([first.digest, second.digest], [third.digest, third.digest])
  assert.deepEqual(log, ['하나'])
})

test('an output that did not change stops the rebuild there', async () => {
  const early = await run('둘둘')
  await run('뒤', [early])
  log = []
  const changed = await run('셋셋')
  await run('뒤', [changed])
  assert.deepEqual(log, ['셋셋'], 'as long a text, the same count: what follows is not run')
})

test('a run that failed is on record with its error, and runs again', async () => {
  await assert.rejects(run('넷', [], { fail: true }), /the disk is full/)
  await run('넷')
  const rows = await workspace.connection.db
    .selectFrom('run')
    .select(['state', 'error'])
    .where('subject', '=', '넷')
    .orderBy('started_at')
    .execute()
  assert.deepEqual(rows, [
    { state: 'failed', error: 'the disk is full' },
    { state: 'done', error: null },
  ])
})

test('an artifact that was lost is made again, and another outcome is an error that names both', async () => {
  const made = await run('다섯', [], { salt: '가' })
  rmSync(workspace.objects.path(made.digest, 'zst'))
  await assert.rejects(run('다섯', [], { salt: '나' }), (error) => {
    assert.ok(error instanceof Error)
    assert.match(error.message, new RegExp(`rebuilt as [0-9a-f]{64}, but ${made.digest} is on record`))
    return true
  })
  const again = await run('다섯', [], { salt: '가' })
  assert.equal(again.digest, made.digest)
  assert.equal(await workspace.objects.text(again.digest), '2가')
})

test('a run whose process died is told from one that is running', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const waiting: typeof counting = { ...counting, run: async (work) => held.then(() => counting.run(work)) }
  const request = { subject: '여섯', config: { text: '여섯' }, inputs: [], outside: {} }
  const running = createStages(workspace).run(waiting, request)
  const { db } = workspace.connection
  const states = async () => (await recentRuns(db, 1)).map(({ subject, state }) => `${subject} ${state}`)
  while ((await states())[0] !== '여섯 running') await new Promise((resolve) => setTimeout(resolve, 5))
  release()
  await running
  assert.deepEqual(await states(), ['여섯 done'])
  await db.updateTable('run').set({ state: 'running' }).where('subject', '=', '여섯').execute()
  assert.deepEqual(await states(), ['여섯 interrupted'])
})
