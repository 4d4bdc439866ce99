/** Recipes that choose: by licence, by day, by caps and by shares. What they leave out, in whom, and where it is told. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createCorpus } from '../../api/corpus.ts'
import { checkConfig } from '../../cli/config.ts'
import { openWorkspace, type Workspace } from '../../cli/workspace.ts'
import { UsageError } from '../../pipeline/contract.ts'
import { cardFacts } from '../../pipeline/export-facts.ts'
import { gatherReport } from '../../pipeline/report-data.ts'
import type { Funnel } from '../../report/data.ts'
import { reportPage } from '../../report/page.ts'
import { diffCounts } from '../../store/diff.ts'
import { resolveVersion } from '../../store/versions.ts'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

const NIGHT = '2026-11-01'
const silent = { begin: () => ({ progress() {}, crawled() {}, end() {} }) }

interface Entry {
  readonly id: string
  readonly rights?: string
  readonly date?: string
  readonly body: string
}
const free = { rights: 'CC0-1.0', date: '2026-10-05' }
const hani: readonly Entry[] = [
  ...Array.from({ length: 8 }, (_, index) => ({ ...free, id: `hani-${index}`, body: prose(index, 10) })),
  { ...free, id: 'reserved', rights: 'CC-BY-NC-4.0', body: prose(20, 12) },
  { ...free, id: 'early', date: '2026-01-05', body: prose(21, 10) },
]
const wiki: readonly Entry[] = [
  ...Array.from({ length: 7 }, (_, index) => ({ ...free, id: `wiki-${index}`, body: prose(50 + index, 10) })),
  { id: 'copy', body: `${prose(20, 12)} 덧붙인 말.` },
  { id: 'short', body: prose(60, 1) },
]

const fields = { text: 'body', licence: 'rights', published: 'date' }
const sources = ['hani', 'wiki'].map((name) => ({
  ...{ name, kind: 'files', path: `${name}.jsonl`, licence: 'CC0-1.0', fields },
}))
const chosen = { licences: ['CC0-1.0'], since: '2026-10-01' }
/** By the number of the version that each gives. */
const recipes = [
  {},
  { licences: ['CC0-1.0'] },
  chosen,
  { ...chosen, caps: { wiki: { documents: 3 } } },
  chosen,
  { ...chosen, mixture: { hani: 1, wiki: 1 } },
  { ...chosen, caps: { wiki: { documents: 6 } }, mixture: { hani: 1, wiki: 1 } },
  {},
  { sources: ['hani'] },
]

let town: TestWorkspace
let workspace: Workspace

before(async () => {
  town = createWorkspace()
  for (const [name, entries] of Object.entries({ hani, wiki }))
    writeFileSync(join(town.folder, `${name}.jsonl`), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  for (const recipe of recipes) {
    town.configure({ sources, datasets: { all: recipe } })
    await town.json('run', 'snapshot', '--night', NIGHT)
  }
  workspace = await openWorkspace(town.folder, {
    ...{ workers: 1, reporter: silent, signal: new AbortController().signal },
  })
})
after(async () => {
  await workspace.close()
  await town.remove()
})

const version = (number: number) => resolveVersion(workspace.connection.db, `all@${number}`)
const corpus = () => createCorpus(town.folder, workspace.connection)
async function held(number: number) {
  const rows = await Array.fromAsync(
    corpus().query({ version: `all@${number}`, fields: ['source', 'url', 'licence', 'day', 'bytes'] }),
  )
  return new Map(rows.map((row) => [row.url, row]))
}
async function changes(from: number, to: number) {
  return Array.fromAsync(corpus().diff(`all@${from}`, `all@${to}`))
}
const bytesOf = (rows: Iterable<{ readonly source: string; readonly bytes: number }>, source: string) =>
  [...rows].reduce((sum, row) => sum + (row.source === source ? row.bytes : 0), 0)

test('a licence that the recipe does not name is in no document of the version, stated or by its source', async () => {
  const [all, some] = [await held(1), await held(2)]
  assert.equal(all.get('reserved')?.licence, 'CC-BY-NC-4.0')
  assert.deepEqual(new Set([...some.values()].map(({ licence }) => licence)), new Set(['CC0-1.0']))
  assert.equal(some.has('reserved'), false)
})

test('a document that is left out owns no copy: the copy takes its place', async () => {
  const [all, some] = [await held(1), await held(2)]
  assert.deepEqual([all.has('copy'), some.has('copy')], [false, true])
  assert.deepEqual(
    (await changes(1, 2)).map(({ change, cause, url, detail }) => [change, cause, url, detail]),
    [
      ['added', 'elected', 'copy', { insteadOf: 'reserved', source: 'hani' }],
      ['removed', 'licence', 'reserved', { licence: 'CC-BY-NC-4.0' }],
    ],
  )
})

test('a window of days takes what was published in it', async () => {
  assert.equal((await held(2)).get('early')?.day, '2026-01-05')
  assert.deepEqual(
    (await changes(2, 3)).map(({ change, cause, url, detail }) => [change, cause, url, detail]),
    [['removed', 'window', 'early', { day: '2026-01-05' }]],
  )
})

test('a cap takes no more of its source, and all of the others', async () => {
  const capped = [...(await held(4)).values()]
  assert.equal(capped.filter(({ source }) => source === 'wiki').length, 3)
  assert.equal(capped.filter(({ source }) => source === 'hani').length, 8)
  const gone = await changes(3, 4)
  assert.equal(gone.length, 5)
  for (const { change, cause, source, detail } of gone) {
    assert.deepEqual([change, cause, source], ['removed', 'cap', 'wiki'])
    assert.deepEqual(detail, { source: 'wiki', cap: { documents: 3 }, before: null })
  }
})

test('a mixture takes the scarcer source whole and as much of the other, within a document', async () => {
  const [all, mixed] = [(await held(5)).values().toArray(), (await held(6)).values().toArray()]
  const [scarce, rich] = ['hani', 'wiki'].toSorted((a, b) => bytesOf(all, a) - bytesOf(all, b))
  assert.ok(scarce && rich)
  assert.equal(bytesOf(mixed, scarce), bytesOf(all, scarce))
  const longest = Math.max(...all.map(({ bytes }) => bytes))
  const difference = bytesOf(mixed, scarce) - bytesOf(mixed, rich)
  assert.ok(difference >= 0 && difference < longest)
  const lost = await changes(5, 6)
  assert.ok(lost.length > 0)
  for (const { change, cause, detail } of lost)
    assert.deepEqual([change, cause, detail], ['removed', 'mixture', { source: rich, share: 0.5, before: null }])
})

test('whatever recipes differ in, the changes between their versions add up, and each has its cause', async () => {
  const causes = new Set<string>()
  for (let from = 1; from <= recipes.length; from++)
    for (let to = 1; to <= recipes.length; to++) {
      // It throws where they do not add up.
      const { counts } = await diffCounts(workspace.connection.db, await version(from), await version(to))
      for (const { cause } of counts) causes.add(cause)
    }
  assert.deepEqual([...causes].toSorted(), ['cap', 'duplicate', 'elected', 'licence', 'mixture', 'recipe', 'window'])
  const dropped = (await changes(8, 9)).filter(({ source }) => source === 'wiki')
  assert.ok(dropped.length > 0 && dropped.every(({ cause }) => cause === 'recipe'))
})

const total = (counts: Funnel['left']) => counts.reduce((sum, { count }) => sum + count, 0)

test('the funnel of a report counts every document once, by what became of it', async () => {
  for (const number of recipes.keys().map((index) => index + 1)) {
    const data = await gatherReport({ deps: workspace, version: await version(number), onProgress() {} })
    for (const { source, captured, kept, duplicates, contaminated, left, rejected } of data.funnels) {
      assert.equal(captured, source === 'hani' ? hani.length : wiki.length)
      assert.equal(kept + duplicates + contaminated + total(left) + total(rejected), captured)
      assert.equal(contaminated, 0)
    }
    const present = await held(number)
    assert.equal(
      data.funnels.reduce((sum, { kept }) => sum + kept, 0),
      present.size,
    )
  }
  const both = await gatherReport({ deps: workspace, version: await version(7), onProgress() {} })
  const left = new Map(
    both.funnels.flatMap((funnel) => funnel.left.map(({ name, count }) => [`${funnel.source} ${name}`, count])),
  )
  assert.deepEqual([left.get('hani licence'), left.get('hani window'), left.get('wiki cap')], [1, 1, 2])
  assert.ok((left.get('hani mixture') ?? 0) > 0)
  assert.match(
    reportPage(both),
    /제외한 까닭[\s\S]*레시피에 없는 라이선스[\s\S]*정한 기간 밖의 문서[\s\S]*출처 상한 초과[\s\S]*출처 비율 초과/,
  )
  const facts = await cardFacts(workspace.connection, await version(7), () => {})
  assert.ok(facts.funnels.some((funnel) => funnel.left.some(({ name }) => name === '출처 상한 초과')))
})

const expected = (reason: string) =>
  reason === 'cap' ? { reason, cap: { documents: 6 } } : { reason: 'mixture', share: 0.5 }

test('why tells what of a recipe keeps a document out of the latest version', async () => {
  const reasons = async (url: string) => (await corpus().why(url))?.leftOut
  town.configure({ sources, datasets: { all: recipes[6], free: { licences: ['CC0-1.0'] } } })
  await town.json('run', 'snapshot', '--night', NIGHT)
  const latest = (await version(10)) && 'all@10'
  const kept = await held(10)
  assert.deepEqual(await reasons('reserved'), [
    { version: latest, reason: 'licence', licence: 'CC-BY-NC-4.0', licences: ['CC0-1.0'] },
    { version: 'free@1', reason: 'licence', licence: 'CC-BY-NC-4.0', licences: ['CC0-1.0'] },
  ])
  assert.deepEqual(await reasons('early'), [
    { version: latest, reason: 'window', day: '2026-01-05', since: '2026-10-01', until: null },
  ])
  const others = [...(await held(3))].filter(([url]) => !kept.has(url))
  const counts = new Map<string, number>()
  for (const [url, { source }] of others) {
    const [left, ...more] = (await reasons(url)) ?? []
    assert.ok(left && more.length === 0 && left.version === latest)
    assert.deepEqual(left, { version: latest, source, ...expected(left.reason) })
    counts.set(`${source} ${left.reason}`, (counts.get(`${source} ${left.reason}`) ?? 0) + 1)
  }
  const { funnels } = await gatherReport({ deps: workspace, version: await version(10), onProgress() {} })
  for (const { source, left } of funnels)
    for (const reason of ['cap', 'mixture'])
      assert.equal(counts.get(`${source} ${reason}`), left.find(({ name }) => name === reason)?.count)
  assert.deepEqual(await reasons('short'), [], 'cleaning rejects it, which its verdict tells')
  assert.deepEqual(await reasons([...kept.keys()][0] ?? ''), [])
  const { stdout } = await town.run('why', 'reserved')
  assert.match(stdout, /not in all@10: its licence CC-BY-NC-4\.0 is none of the recipe's, CC0-1\.0/)
})

test('what a recipe cannot mean is an error that names the field', () => {
  const errorOf = (recipe: object): string => {
    try {
      checkConfig({ sources, datasets: { all: recipe } }, town.folder)
    } catch (error) {
      assert.ok(error instanceof UsageError)
      return error.message
    }
    return ''
  }
  assert.equal(errorOf(chosen), '')
  assert.match(errorOf({ caps: { wik: { documents: 3 } } }), /datasets\.all\.caps .*wik, .*did you mean wiki\?/)
  assert.match(errorOf({ mixture: { hani: 1, wik: 1 } }), /datasets\.all\.mixture .*wik, .*did you mean wiki\?/)
  assert.match(
    errorOf({ sources: ['hani'], caps: { wiki: { documents: 3 } } }),
    /datasets\.all\.caps names the source wiki/,
  )
  assert.match(errorOf({ mixture: { hani: 1 } }), /datasets\.all\.mixture has no share for wiki/)
  assert.match(
    errorOf({ since: '2026-11-02', until: '2026-11-01' }),
    /datasets\.all\.since 2026-11-02 is after `until`/,
  )
  for (const day of ['2026-02-30', '어제', '2026-11'])
    assert.match(errorOf({ until: day }), /datasets\.all\.until: no day of the calendar; write one like 2026-11-01/)
  assert.match(errorOf({ caps: { wiki: { document: 3 } } }), /datasets\.all\.caps\.wiki.*documents/)
  assert.match(errorOf({ mixture: { hani: 1, wiki: 0 } }), /datasets\.all\.mixture\.wiki/)
  assert.match(errorOf({ licences: [] }), /datasets\.all\.licences/)
})
