/** A version asked why: what was rejected, copied, contaminated, masked; what another threshold would do; its report. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

const NIGHTS = ['2026-11-01', '2026-11-02'] as const
const notice = '이 글은 마을 기록 보관소가 펴내는 소식지에 실린 것으로, 옮겨 실을 때에는 출처를 밝혀 주시기 바랍니다.'
const leaked = prose(900, 1)

interface Entry {
  readonly id: string
  readonly text: string
}

const entries: readonly Entry[] = [
  ...Array.from({ length: 12 }, (_, id) => ({ id: `plain-${id}`, text: prose(id, 10) })),
  { id: 'copy', text: `${prose(3, 10)} 덧붙인 말.` },
  { id: 'short', text: prose(50, 1) },
  { id: 'leak', text: `${prose(60, 4)} ${leaked} ${prose(61, 4)}` },
  { id: 'phone', text: `${prose(70, 8)} 연락처는 010-1234-5678이다.` },
  { id: 'notice-1', text: `${prose(80, 8)}\n\n${notice}` },
  { id: 'notice-2', text: `${prose(81, 8)}\n\n${notice}` },
]

/** Without the notice in the first document that had it. */
const revised = entries.map((entry) => (entry.id === 'notice-1' ? { ...entry, text: prose(82, 9) } : entry))

let workspace: TestWorkspace
const write = (records: readonly Entry[], into = workspace) =>
  writeFileSync(join(into.folder, 'town.jsonl'), records.map((each) => `${JSON.stringify(each)}\n`).join(''))

function openTown(): TestWorkspace {
  const town = createWorkspace()
  town.configure({
    sources: [{ name: 'town', kind: 'files', path: 'town.jsonl', licence: 'CC0-1.0', snapshot: true }],
    evaluationSets: { reading: 'reading.jsonl' },
  })
  writeFileSync(join(town.folder, 'reading.jsonl'), `${JSON.stringify({ id: 'q7', question: leaked })}\n`)
  return town
}

before(async () => {
  workspace = openTown()
  write(entries)
  await workspace.json('run', 'trainingSet', '--night', NIGHTS[0])
})
after(() => workspace.remove())

const documents = async (version: string) => {
  const found = await workspace.json<{ url: string; text: string }>('corpus', 'query', '--version', version)
  return new Map(found.map(({ url, text }) => [url, text]))
}

test('a version holds what was kept, once, without what leaked, what is personal, and paragraphs that repeat', async () => {
  const kept = await documents('all@1')
  assert.deepEqual(
    entries.map(({ id }) => id).filter((id) => !kept.has(id)),
    ['plain-3', 'short', 'leak'],
  )
  assert.match(kept.get('phone') ?? '', /연락처는 <전화번호>이다/)
  const holders = [...kept].filter(([, text]) => text.includes(notice)).map(([id]) => id)
  assert.deepEqual(holders, ['notice-1'])
  assert.equal(kept.get('notice-2'), prose(81, 8))
})

test('why tells of each of them what was decided, and by what', async () => {
  const why = async (id: string) => (await workspace.run('why', id)).stdout
  assert.match(await why('plain-3'), /in all a duplicate of copy, similarity 0\.9/)
  assert.match(await why('short'), /rejected: min_chars \d+, threshold 100/)
  assert.match(await why('leak'), /shares \d+ letters with q7\.question of the evaluation set reading/)
  assert.match(await why('phone'), /personal data masked: phone 1/)
  assert.match(await why('notice-2'), /without its paragraphs 2, which another document has first/)
})

test('the shards and the training set hold the text of the version', async () => {
  const samples = await workspace.run('build', 'all@1', '--json')
  assert.equal(samples.code, 0, samples.stderr)
  const { executed } = JSON.parse(samples.stdout)
  assert.deepEqual(executed, [])
})

test('what-if tells what another threshold would do, and changes nothing', async () => {
  const lines = await workspace.json<{
    source?: string
    acceptedNow?: number
    acceptedThen?: number
    gained?: number
    lost?: number
    sample?: { url: string; change: string; value: number }
  }>('corpus', 'what-if', 'min_chars=20')
  const [counts, ...samples] = lines
  assert.deepEqual([counts?.source, counts?.gained, counts?.lost], ['town', 1, 0])
  assert.equal(counts?.acceptedThen, (counts?.acceptedNow ?? 0) + 1)
  assert.deepEqual(
    samples.map(({ sample }) => [sample?.url, sample?.change]),
    [['short', 'gained']],
  )
  const wrong = await workspace.run('corpus', 'what-if', 'min_char=20')
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /no rule min_char; did you mean min_chars/)
})

test('the report is one page that loads nothing, and its funnel adds up', async () => {
  const file = join(workspace.folder, 'report.html')
  const [data] = await workspace.json<{
    funnels: readonly {
      captured: number
      kept: number
      duplicates: number
      contaminated: number
      rejected: readonly { count: number }[]
    }[]
    documents: number
    contamination: readonly { set: string; passage: string }[]
  }>('corpus', 'report', 'all@1', '--out', file)
  const [funnel] = data?.funnels ?? []
  assert.ok(data && funnel)
  const rejected = funnel.rejected.reduce((sum, { count }) => sum + count, 0)
  assert.equal(funnel.captured, entries.length)
  assert.equal(funnel.kept + funnel.duplicates + funnel.contaminated + rejected, funnel.captured)
  assert.deepEqual([funnel.kept, funnel.duplicates, funnel.contaminated], [data.documents, 1, 1])
  assert.equal(data.contamination[0]?.passage, leaked.replace(/\.$/, ''))
  const page = readFileSync(file, 'utf8')
  assert.match(page, /^<!doctype html>/)
  assert.doesNotMatch(page, /<script|<link|src=|@import|url\(/)
})

test('when the owner of a paragraph changes, the next document gets it back, with the cause', async () => {
  write(revised)
  await workspace.json('run', 'trainingSet', '--night', NIGHTS[1])
  const kept = await documents('all@2')
  assert.equal(kept.get('notice-2'), `${prose(81, 8)}\n\n${notice}`)
  const changes = await workspace.json<{ change: string; cause: string; url: string }>(
    'corpus',
    'diff',
    'all@1',
    'all@2',
  )
  assert.deepEqual(
    changes.map(({ change, cause, url }) => [change, cause, url]),
    [
      ['changed', 'revised', 'notice-1'],
      ['changed', 'paragraphs', 'notice-2'],
    ],
  )
  const before = await documents('all@1')
  assert.equal(before.get('notice-2'), prose(81, 8))
})

test('what two nights came to one after the other is what they come to at once', async () => {
  const other = openTown()
  try {
    for (const [night, records] of [
      [NIGHTS[0], entries],
      [NIGHTS[1], revised],
    ] as const) {
      write(records, other)
      await other.json('crawl', '--night', night)
    }
    await other.json('run', 'trainingSet', '--night', NIGHTS[1])
    const digest = async (town: TestWorkspace, version: string) =>
      (await town.json<{ digest: string }>('corpus', 'show', version))[0]?.digest
    assert.equal(await digest(other, 'all@1'), await digest(workspace, 'all@2'))
  } finally {
    await other.remove()
  }
})
