/** Questions to a version against reading all of it: filters, counts, pages, moments, formats, and what is asked wrongly. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { sql } from 'kysely'
import { UsageError } from '../../pipeline/contract.ts'
import { type Connection, connect } from '../../store/connect.ts'
import { countBy, countDocuments, DIMENSIONS } from '../../store/query/counts.ts'
import { readDocuments } from '../../store/query/documents.ts'
import { type Filter, selectionOf } from '../../store/query/selection.ts'
import { chooseVersion } from '../../store/query/version.ts'
import type { VersionRow } from '../../store/versions.ts'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

const NIGHTS = ['2026-11-01', '2026-11-02'] as const
const NAMES = ['river', 'sea'] as const

interface Document {
  readonly dataset: string
  readonly version: number
  readonly source: string
  readonly url: string
  readonly title: string | null
  readonly section: string | null
  readonly licence: string
  readonly lang: string | null
  readonly day: string
  readonly bytes: number
  readonly text: string
  readonly chars: number
  readonly hangul_ratio: number
}
const FIELDS = 'dataset,version,source,url,title,section,licence,lang,day,bytes,text,chars,hangul_ratio'

let workspace: TestWorkspace
let connection: Connection
let version: VersionRow
/** All of the second version, as the command streams it. */
let all: readonly Document[]

function write(count: number): void {
  for (const [place, name] of NAMES.entries()) {
    const records = Array.from({ length: count }, (_, id) => ({
      id: `${name} ${id}, "${id % 3}"`,
      title: id % 4 === 0 ? null : `"${name}", 제목\n${id}`,
      published: `2026-0${1 + (id % 9)}-${String(1 + (id % 28)).padStart(2, '0')}`,
      section: id % 5 === 0 ? '사회' : id % 5 === 1 ? "동네 '소식'" : null,
      licence: id % 7 === 0 ? 'KOGL-1' : null,
      text: prose(1_000 * place + id, id % 11 === 3 ? 1 : 4 + (id % 9)),
    }))
    writeFileSync(join(workspace.folder, `${name}.jsonl`), records.map((each) => `${JSON.stringify(each)}\n`).join(''))
  }
}

before(async () => {
  workspace = createWorkspace()
  const fields = { section: 'section', licence: 'licence', title: 'title', published: 'published' }
  workspace.configure({
    sources: NAMES.map((name) => ({ name, kind: 'files', path: `${name}.jsonl`, licence: 'CC0-1.0', fields })),
    datasets: { town: {} },
  })
  write(60)
  await workspace.json('run', 'snapshot', '--night', NIGHTS[0])
  write(160)
  await workspace.json('run', 'snapshot', '--night', NIGHTS[1])
  connection = await connect(workspace.folder, undefined)
  await sql`update version set frozen_at = '2026-11-01T14:59:59Z'::timestamptz + (number - 1) * interval '1 day'`.execute(
    connection.db,
  )
  version = await chooseVersion(connection.db, { timeZone: 'UTC' })
  all = await query()
})
after(async () => {
  await connection.close()
  await workspace.remove()
})

const query = (...args: readonly string[]) => workspace.json<Document>('corpus', 'query', '--fields', FIELDS, ...args)
const urls = (documents: readonly { readonly source: string; readonly url: string }[]) =>
  documents.map(({ source, url }) => `${source} ${url}`).toSorted()

test('a version is streamed whole, each document once, in pages that the reader does not see', async () => {
  assert.equal(all.length, version.documents)
  assert.ok(all.length > 200, 'more than the first page')
  assert.equal(new Set(urls(all)).size, all.length)
  assert.equal(
    all.reduce((sum, { bytes }) => sum + bytes, 0),
    version.bytes,
  )
  for (const { text, bytes } of all) assert.equal(Buffer.byteLength(text), bytes)
  assert.deepEqual(await query('--limit', '120'), all.slice(0, 120))
})

/** The option, the same in the filter of the API, and what it lets pass. */
const FILTERS: readonly (readonly [readonly string[], Filter, (document: Document) => boolean])[] = [
  [['--source', 'sea'], { sources: ['sea'] }, ({ source }) => source === 'sea'],
  [['--source', 'sea,river'], { sources: ['sea', 'river'] }, () => true],
  [['--since', '2026-05-01'], { since: '2026-05-01' }, ({ day }) => day >= '2026-05-01'],
  [
    ['--since', '2026-03-04', '--until', '2026-06-15'],
    { since: '2026-03-04', until: '2026-06-15' },
    ({ day }) => day >= '2026-03-04' && day <= '2026-06-15',
  ],
  [['--licence', 'KOGL-1'], { licences: ['KOGL-1'] }, ({ licence }) => licence === 'KOGL-1'],
  [['--licence', 'KOGL-1,CC0-1.0'], { licences: ['KOGL-1', 'CC0-1.0'] }, () => true],
  [['--lang', 'en'], { languages: ['en'] }, ({ lang }) => lang === 'en'],
  [['--where', 'chars > 200'], { where: 'chars > 200' }, ({ chars }) => chars > 200],
  [
    ['--where', 'hangul_ratio >= .78 and not (chars < 150 or bytes > 1000)'],
    { where: 'hangul_ratio >= .78 and not (chars < 150 or bytes > 1000)' },
    ({ hangul_ratio, chars, bytes }) => hangul_ratio >= 0.78 && !(chars < 150 || bytes > 1000),
  ],
  [
    ['--where', "section = '사회' or section is null"],
    { where: "section = '사회' or section is null" },
    ({ section }) => section === '사회' || section === null,
  ],
  [
    ['--where', "section in ('동네 ''소식''', '사회') and day < '2026-04-01'"],
    { where: "section in ('동네 ''소식''', '사회') and day < '2026-04-01'" },
    ({ section, day }) => section !== null && day < '2026-04-01',
  ],
  [
    ['--where', "title like '%제목_1%' and source != 'sea'"],
    { where: "title like '%제목_1%' and source != 'sea'" },
    ({ title, source }) => /제목\s1/.test(title ?? '') && source !== 'sea',
  ],
  [
    ['--where', "section != '사회'"],
    { where: "section != '사회'" },
    ({ section }) => section !== null && section !== '사회',
  ],
  [
    ['--search', '할머니는 -우체부는'],
    { search: '할머니는 -우체부는' },
    ({ text }) => /할머니는/.test(text) && !/우체부는/.test(text),
  ],
  [
    ['--search', '밤새', '--source', 'river', '--since', '2026-02-01', '--where', 'bytes > 700'],
    { search: '밤새', sources: ['river'], since: '2026-02-01', where: 'bytes > 700' },
    ({ text, source, day, bytes }) => /밤새/.test(text) && source === 'river' && day >= '2026-02-01' && bytes > 700,
  ],
]

test('every filter lets pass what reading all documents finds, and counts it', async () => {
  for (const [options, filter, passes] of FILTERS) {
    const expected = all.filter(passes)
    const said = options.join(' ')
    const selection = await selectionOf(connection.db, version, filter)
    const found = await Array.fromAsync(readDocuments(connection.db, selection, ['source', 'url', 'day', 'bytes']))
    assert.deepEqual(found.map(({ source, url }) => `${source} ${url}`).toSorted(), urls(expected), said)
    const bytes = expected.reduce((sum, document) => sum + document.bytes, 0)
    assert.deepEqual(await countDocuments(connection.db, selection), { documents: expected.length, bytes }, said)
    for (const dimension of DIMENSIONS) {
      const counts = await countBy(connection.db, selection, dimension)
      assert.equal(
        counts.reduce((sum, { documents }) => sum + documents, 0),
        expected.length,
        `${said} by ${dimension}`,
      )
      assert.equal(
        counts.reduce((sum, count) => sum + count.bytes, 0),
        bytes,
        `${said} by ${dimension}`,
      )
    }
  }
  const [options, , passes] = FILTERS.at(-1) ?? assert.fail()
  assert.deepEqual(urls(await query(...options)), urls(all.filter(passes)))
})

test('where days bound it documents come in their order, page after page', async () => {
  const days = (await query('--since', '2026-01-01')).map(({ day }) => day)
  assert.equal(days.length, all.length)
  assert.deepEqual(days, days.toSorted())
})

test('a length is counted as the power of two below it', async () => {
  const counts = await workspace.json<{ length: number; documents: number }>('corpus', 'query', '--by', 'length')
  for (const { length, documents } of counts)
    assert.equal(all.filter(({ bytes }) => bytes >= length && bytes < 2 * length).length, documents)
})

test('what became of all documents adds up, and the rejected are shown with their rule', async () => {
  const counts = await workspace.json<{ outcome: string; rule: string | null; documents: number; bytes: number }>(
    'corpus',
    'query',
    '--by',
    'rule',
  )
  assert.equal(
    counts.reduce((sum, { documents }) => sum + documents, 0),
    2 * 160,
  )
  const kept = counts.find(({ outcome }) => outcome === 'kept')
  assert.deepEqual([kept?.documents, kept?.bytes], [version.documents, version.bytes])
  const short = counts.find(({ rule }) => rule === 'min_chars')
  const rejected = await workspace.json<{ url: string; rule: string; measured: number; threshold: number }>(
    'corpus',
    'query',
    '--rejected',
  )
  assert.ok(short && short.documents > 0)
  assert.equal(rejected.filter(({ rule }) => rule === 'min_chars').length, short.documents)
  assert.ok(rejected.every(({ rule, measured, threshold }) => rule !== 'min_chars' || measured < threshold))
  const [first] = await workspace.json<{ documents: number }>(
    'corpus',
    'query',
    '--rejected',
    '--count',
    '--source',
    'sea',
    '--where',
    "rule = 'min_chars' and measured < threshold and chars = measured",
  )
  assert.equal(first?.documents, short.documents / 2)
})

test('a day means its end in the time zone of the config, a moment itself', async () => {
  const asOf = async (given: string) =>
    (await workspace.json<{ version: number }>('corpus', 'query', '--count', '--as-of', given))[0]?.version
  // The first version was frozen a second before midnight in Seoul, the second a day later.
  assert.equal(await asOf('2026-11-01'), 1)
  assert.equal(await asOf('2026-11-02'), 2)
  assert.equal(await asOf('2026-11-02T23:59:58'), 1)
  assert.equal(await asOf('2026-11-02T14:59:59Z'), 2)
  assert.equal(await asOf('2027-01-01'), 2)
  await refused(
    ['--as-of', '2026-10-31'],
    /town had no version yet at the end of 2026-10-31 in Asia\/Seoul: its first was frozen at 2026-11-01 23:59:59/,
  )
  await refused(['--as-of', '2026-02-30'], /--as-of 2026-02-30: write a day/)
  await refused(['--as-of', '2026-11-01', '--version', '1'], /give one of them/)
})

test('CSV, Parquet and JSON lines hold the same documents', async () => {
  const path = (name: string) => join(workspace.folder, name)
  for (const name of ['town.csv', 'town.parquet', 'town.jsonl', 'again.parquet']) {
    const outcome = await workspace.run('corpus', 'query', '--fields', FIELDS, '--out', name)
    assert.equal(outcome.code, 0, outcome.stderr)
    assert.equal(outcome.stdout, '')
  }
  const lines = readFileSync(path('town.jsonl'), 'utf8').trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line): unknown => JSON.parse(line)),
    all,
  )
  const [head, ...records] = readCsv(readFileSync(path('town.csv'), 'utf8'))
  assert.equal(head?.join(','), FIELDS)
  assert.deepEqual(
    records,
    all.map((document) => Object.values(document).map((value) => (value === null ? '' : String(value)))),
  )
  const file = await asyncBufferFromFile(path('town.parquet'))
  const compressors = { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) }
  const rows = await parquetReadObjects({ file, compressors })
  assert.deepEqual(
    rows.map((row) => ({
      ...row,
      version: Number(row.version),
      bytes: Number(row.bytes),
      day: row.day.toISOString().slice(0, 10),
    })),
    all,
  )
  assert.deepEqual(readFileSync(path('town.parquet')), readFileSync(path('again.parquet')))
})

/** RFC 4180, letter by letter. */
function readCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [[]]
  let [field, quoted] = ['', false]
  for (let at = 0; at < text.length; at++) {
    const [letter, next] = [text[at] ?? '', text[at + 1]]
    if (quoted) {
      if (letter !== '"') field += letter
      else if (next === '"') field += text[at++]
      else quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === ',') {
      records.at(-1)?.push(field)
      field = ''
    } else if (letter === '\r' && next === '\n') {
      records.at(-1)?.push(field)
      records.push([])
      field = ''
      at++
    } else field += letter
  }
  assert.deepEqual([records.pop(), field, quoted], [[], '', false], 'the last line is ended')
  return records
}

async function refused(args: readonly string[], reason: RegExp): Promise<void> {
  const { code, stdout, stderr } = await workspace.run('corpus', 'query', ...args)
  assert.equal(code, 2, `${args.join(' ')}: ${stderr}`)
  assert.match(stderr, reason)
  assert.doesNotMatch(stderr, /\n\s+at /)
  assert.equal(stdout, '')
}

test('what is asked wrongly is named, with the nearest that is right', async () => {
  await refused(['--dataset', 'twon'], /there is no dataset twon.*did you mean town\?/)
  await refused(['--version', '9'], /there is no version town@9; there is town@1, town@2/)
  await refused(['--version', '99999999999999999999'], /there is no version/)
  await refused(['--source', 'rivr'], /there is no source rivr; did you mean river\?/)
  await refused(['--fields', 'url,titel'], /there is no field titel; did you mean title\?/)
  await refused(
    ['--where', 'hangul_ration > .9'],
    /did you mean hangul_ratio\?\n {2}hangul_ration > \.9\n {2}\^{13}\n$/,
  )
  const wrong: readonly (readonly [Filter, RegExp])[] = [
    [{ where: "chars > 'many'" }, /chars is a number: write 10 or \.9\n.*\n {10}\^{6}$/],
    [{ where: 'title > 3' }, /title is a text: write it as a 'string'/],
    [{ where: "day = '2026-13-01'" }, /day is a date: write '2026-11-01'/],
    [{ where: 'title = chars' }, /title is a text and chars is a number/],
    [{ where: 'measures = 1' }, /measures is many values/],
    [{ where: '1 = 1' }, /one of the two must be a field/],
    [{ where: "title like '%\\'" }, /backslash/],
    [{ where: "rule = 'min_chars'" }, /only documents that were rejected have a rule/],
    [{ search: '"밤새' }, /not closed/],
    [{ since: '2026-02-30' }, /since 2026-02-30 is no day/],
    [{ since: '2026-03-01', until: '2026-02-01' }, /is after/],
    [{ licences: ['\0'] }, /U\+0000/],
  ]
  for (const [filter, reason] of wrong)
    await assert.rejects(selectionOf(connection.db, version, filter), (error) => {
      assert.ok(error instanceof UsageError)
      assert.match(error.message, reason)
      return true
    })
  await refused(['--rejected', '--fields', 'text'], /only documents that were kept have a text/)
  await refused(['--rejected', '--search', '밤새'], /cannot be searched/)
  await refused(['--by', 'sourc'], /did you mean source\?/)
  await refused(['--format', 'parket'], /did you mean parquet\?/)
  await refused(['--format', 'parquet'], /--out FILE/)
  await refused(['--json', '--format', 'csv'], /give one of them/)
  await refused(['town'], /did you mean --dataset town\?/)
})

test('SQL in an argument is text, whichever argument it is in', async () => {
  const attacks = ["'; drop table member; --", "' or '1'='1", '1); delete from text; --', '$1', "\\'; select 1"]
  const options = [
    'dataset',
    'version',
    'source',
    'licence',
    'lang',
    'since',
    'until',
    'where',
    'search',
    'as-of',
    'fields',
    'by',
    'format',
    'limit',
  ]
  for (const attack of attacks) {
    await assert.rejects(selectionOf(connection.db, version, { sources: [attack] }), UsageError)
    for (const field of ['title', 'source', 'text', 'url', 'revision']) {
      const where = `${field} = '${attack.replaceAll("'", "''")}'`
      const counted = await countDocuments(connection.db, await selectionOf(connection.db, version, { where }))
      assert.deepEqual(counted, { documents: 0, bytes: 0 })
    }
  }
  for (const option of options) {
    const { code, stdout, stderr } = await workspace.run('corpus', 'query', `--${option}`, attacks[0] ?? '', '--json')
    assert.ok(code === 2 || (code === 0 && stdout === ''), `--${option}: ${code} ${stdout}`)
    assert.doesNotMatch(stderr, /\n\s+at |syntax error/, option)
  }
  assert.deepEqual(await query(), all)
})
