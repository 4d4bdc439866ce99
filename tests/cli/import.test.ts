/** A source of kind `files`: records of JSON lines, taken in night by night like pages. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

let workspace: TestWorkspace
const text = (subject: string) => `${subject}에 대하여 적어 본다. ${prose(subject.charCodeAt(0))}`
const record = (id: string, subject: string) => ({
  id,
  url: `https://talk.example/${id}`,
  title: subject,
  text: text(subject),
})
const write = (records: readonly object[]) =>
  writeFileSync(join(workspace.folder, 'talk.jsonl'), `${records.map((each) => JSON.stringify(each)).join('\n')}\n`)

interface Batch {
  readonly new: number
  readonly changed: number
  readonly unchanged: number
  readonly gone: number
}
const crawl = async (night: string) => {
  const [outcome] = await workspace.json<{ batches: Batch[] }>('crawl', '--night', night)
  const {
    new: added,
    changed,
    unchanged,
    gone,
  } = outcome?.batches[0] ?? { new: -1, changed: -1, unchanged: -1, gone: -1 }
  return { added, changed, unchanged, gone }
}

before(() => {
  workspace = createWorkspace()
  workspace.configure({
    sources: [{ name: 'talk', kind: 'files', path: 'talk.jsonl', licence: 'MIT', snapshot: true }],
    datasets: { talk: { cleaning: { rules: { min_chars: 50 } } } },
  })
})
after(() => workspace.remove())

test('a first night takes every record in, and a version holds them with what they say of themselves', async () => {
  write([record('1', '강'), record('2', '산'), record('3', '들'), { ...record('4', '산'), id: '4' }])
  assert.deepEqual(await crawl('2026-11-01'), { added: 4, changed: 0, unchanged: 0, gone: 0 })
  const [outcome] = await workspace.json<{ version: string }>('run', 'snapshot', '--night', '2026-11-01')
  assert.equal(outcome?.version, 'talk@1')
  const documents = await workspace.json<{ title: string; text: string; licence: string }>('corpus', 'query')
  assert.deepEqual(
    documents.map(({ title }) => title),
    ['강', '산', '들'],
  )
  assert.equal(documents[0]?.text, text('강'))
  assert.equal(documents[0]?.licence, 'MIT')
})

test('the next night knows what changed, what came and what is gone; what is gone stays in the corpus', async () => {
  write([
    record('1', '강'),
    { ...record('2', '산'), text: `${text('산')} ${prose(7)}` },
    record('5', '섬'),
    record('4', '산'),
  ])
  assert.deepEqual(await crawl('2026-11-02'), { added: 1, changed: 1, unchanged: 2, gone: 1 })
  await workspace.json('run', 'snapshot', '--night', '2026-11-02')
  const changes = await workspace.json<{ change: string; cause: string; url: string }>(
    'corpus',
    'diff',
    'talk@1',
    'talk@2',
  )
  assert.deepEqual(
    changes.map(({ change, cause, url }) => ({ change, cause, url })),
    [
      { change: 'added', cause: 'elected', url: '4' },
      { change: 'added', cause: 'crawled', url: '5' },
      { change: 'changed', cause: 'revised', url: '2' },
    ],
  )
})

test('a night on which the file is the same gives nothing new', async () => {
  const [outcome] = await workspace.json<{ executed: { stage: string }[]; version: string }>(
    ...['run', 'snapshot', '--night', '2026-11-03'],
  )
  assert.deepEqual(
    outcome?.executed.map(({ stage }) => stage),
    ['crawl'],
  )
  assert.equal(outcome?.version, 'talk@2')
})

test('two runs at the same moment share the work: every stage is executed once', async () => {
  write([record('1', '강'), record('6', '숲')])
  const outcomes = await Promise.all(
    [1, 2].map(() =>
      workspace.json<{ executed: { key: string }[]; version: string }>('run', 'snapshot', '--night', '2026-11-04'),
    ),
  )
  const keys = outcomes.flatMap(([outcome]) => outcome?.executed.map(({ key }) => key) ?? [])
  assert.equal(new Set(keys).size, keys.length)
  assert.equal(keys.length, 6)
  assert.deepEqual(
    outcomes.map(([outcome]) => outcome?.version),
    ['talk@3', 'talk@3'],
  )
})
