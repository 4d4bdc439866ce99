/** Who is meant by a takedown: one copy, its cluster, whoever holds a passage, what a search finds, a source. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Places } from '../store/takedown/request.ts'
import { createWorkspace, type TestWorkspace } from './support/command.ts'
import { prose } from './support/prose.ts'

const PASSAGE = '방앗간 집 막내가 노란 장화를 신고 얼어붙은 저수지를 건너갔다'
const body = (seed: number) => Array.from({ length: 8 }, (_, part) => prose(seed * 100 + part, 4)).join('\n\n')

let workspace: TestWorkspace

interface Report {
  readonly takedown: number | null
  readonly places: Places
}

const keysOf = ({ places }: Report) => places.documents.map(({ source, url }) => `${source} ${url}`)
const records = (folder: string, name: string, rows: readonly object[]) =>
  writeFileSync(join(workspace.folder, folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))

async function takedown(...args: readonly string[]): Promise<Report> {
  const [report] = await workspace.json<Report>('corpus', 'takedown', '--reason', '시험', ...args)
  assert.ok(report)
  return report
}

before(async () => {
  workspace = createWorkspace()
  for (const folder of ['one', 'two']) mkdirSync(join(workspace.folder, folder))
  records('one', 'first.jsonl', [
    { id: 'a', text: body(1) },
    { id: 'b', text: body(2) },
    { id: 'c', text: `${body(3)}\n\n${PASSAGE}.` },
    { id: 'd', text: body(4) },
    { id: 'short', text: `${PASSAGE}.` },
  ])
  records('two', 'first.jsonl', [
    { id: 'a', text: body(1) },
    { id: 'near', text: `${body(2)}\n\n덧붙인 글이다.` },
    { id: 'e', text: body(5) },
  ])
  const source = (name: string) => ({ name, kind: 'files', path: name, licence: 'CC0-1.0' })
  workspace.configure({
    sources: [source('one'), source('two')],
    datasets: { all: { tokenizer: { algorithm: 'bpe', vocabSize: 600 } } },
  })
  await workspace.json('run', 'snapshot', '--night', '2026-11-01')
})

after(() => workspace.remove())

test('a cluster is all documents that it joins, exact copies and near ones, whichever of them is named', async () => {
  for (const key of ['b', 'near']) {
    const report = await takedown('--document', key, '--dry-run')
    assert.deepEqual(keysOf(report), ['one b', 'two near'], key)
  }
})

test('a passage is found wherever it stands, in a rejected document too, whatever the white space in it', async () => {
  const report = await takedown('--span', PASSAGE.replaceAll(' ', '\n'), '--dry-run')
  assert.deepEqual(keysOf(report), ['one c', 'one short'])
})

test('a search names what it finds, and a source all it has', async () => {
  assert.deepEqual(keysOf(await takedown('--search', '"노란 장화를"', '--scope', 'copy', '--dry-run')), ['one c'])
  assert.deepEqual(keysOf(await takedown('--source', 'two', '--scope', 'copy', '--dry-run')), [
    ...['two a', 'two e', 'two near'],
  ])
})

test('what is misnamed is said, and what was meant', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['https://example.org/unknown'], /nothing is known of https:\/\/example.org\/unknown/],
    [['--document', 'b', '--scope', 'clutser'], /did you mean cluster\?/],
    [['--document', 'b', '--source', 'one'], /takes one of/],
    [['--span', '너무 짧다'], /at least 20 letters/],
    [['--document', 'b', '--scope', 'span'], /--span TEXT/],
  ]
  for (const [args, message] of wrong) {
    const { code, stderr } = await workspace.run('corpus', 'takedown', '--reason', '시험', '--dry-run', ...args)
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, message)
  }
})

test('a single copy goes, and the same text elsewhere is elected in its place', async () => {
  const [named] = await workspace.json<{ readonly revision: string }>('corpus', 'query', '--source', 'one')
  assert.ok(named)
  const report = await takedown('--document', named.revision, '--scope', 'copy', '--yes')
  assert.deepEqual(keysOf(report), ['one a'])
  await workspace.json('run', 'snapshot', '--night', '2026-11-02')
  const changes = await workspace.json<Record<string, string>>('corpus', 'diff', 'all@1', 'all@2')
  assert.deepEqual(changes.map(({ change, source, url, cause }) => [change, source, url, cause].join(' ')).toSorted(), [
    'added two a elected',
    'removed one a takedown',
  ])
})

test('what was taken down with its copies does not come back under another name', async () => {
  await takedown('--document', 'd', '--yes')
  records('one', 'later.jsonl', [
    { id: 'd', text: `${body(4)}\n\n고친 글이다.` },
    { id: 'again', text: body(4) },
    { id: 'new', text: body(6) },
  ])
  await workspace.json('run', 'snapshot', '--night', '2026-11-03')
  const documents = await workspace.json<{ readonly url: string }>('corpus', 'query', '--source', 'one')
  const keys = documents.map(({ url }) => url)
  assert.ok(keys.includes('new'), keys.join(' '))
  assert.ok(!keys.includes('d') && !keys.includes('again'), keys.join(' '))
})
