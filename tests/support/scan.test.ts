/** The scan finds what is there, in each place where the project keeps texts: what it does not find later is gone. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { sql } from 'kysely'
import { RULES } from '../../clean/rules.ts'
import { connect } from '../../store/connect.ts'
import { createWorkspace, removeWorkspace, type TestWorkspace } from './command.ts'
import { prose } from './prose.ts'
import { type Hit, scanForText } from './scan.ts'

/** Twenty syllables and more, each found nowhere else. */
const SHORT = '뚝섬나루터에서 발견된 갈색 망원경은 열일곱 번째 것이었다'
const LONG = '풀무질하던 대장장이가 쇳물에 떨어뜨린 반지는 끝내 찾지 못했다'
const ABSENT = '쥐눈이콩을 볶던 솥뚜껑 위로 펭귄 다섯 마리가 걸어갔다'

/** Korean text that does not compress well, so many bytes of it. */
function noise(bytes: number, seed = 7): string {
  let [state, text] = [seed, '']
  while (text.length * 3 < bytes) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    text += String.fromCharCode(0xac00 + ((state >>> 8) % 11172))
  }
  return text
}

const inTheMiddle = (text: string, needle: string) => {
  const middle = text.indexOf(' ', text.length / 2) < 0 ? text.length / 2 : text.indexOf(' ', text.length / 2)
  return `${text.slice(0, middle)} ${needle}. ${text.slice(middle)}`
}
const formsAt = (hits: readonly Hit[], place: RegExp) =>
  [...new Set(hits.filter(({ path }) => place.test(path)).map(({ form }) => form))].toSorted()

test('files of any encoding and form', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-scan-'))
  try {
    const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes)
    const text = inTheMiddle(prose(1), SHORT)
    for (const encoding of ['utf8', 'utf16le', 'utf16be', 'cp949']) put(encoding, iconv.encode(text, encoding))
    put('json', Buffer.from(text.replaceAll(/[가-힣]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)))
    put('a.gz', gzipSync(text))
    put('a.zst', zstdCompressSync(text))
    const torn = gzipSync(noise(9000)).subarray(0, 900)
    put('torn.gz', Buffer.concat([torn, gzipSync(text)]))
    put('cut.zst', zstdCompressSync(`${text}${noise(900_000)}`).subarray(0, 200_000))
    const hits = await scanForText(folder, SHORT)
    assert.deepEqual(
      hits.map(({ path, form }) => `${path} ${form}`),
      [
        ...['a.gz gzip', 'a.zst zstd', 'cp949 bytes', 'cut.zst zstd', 'json bytes', 'torn.gz gzip'],
        ...['utf16be bytes', 'utf16le bytes', 'utf8 bytes'],
      ],
    )
    assert.deepEqual(await scanForText(folder, ABSENT), [])
    await assert.rejects(scanForText(folder, '짧은 글'), /too short/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('rows of a real server, its log apart from its tables', () => {
  let folder = ''
  /** Each its own text and its own way to be stored: plain and in chunks, compressed and not, live and deleted. */
  const rows = [
    { name: 'plain', storage: 'plain', body: noise(1000), needle: SHORT, form: 'row' },
    { name: 'compressed', storage: 'main', body: prose(3, 40), needle: `${SHORT} 둘`, form: 'compressed row' },
    // Longer than a chunk, so that no chunk holds all of it.
    { name: 'chunked', storage: 'external', body: noise(30_000), needle: noise(2600, 1), form: 'chunks' },
    // It repeats within the 4 KiB that the compression looks back on, and stays too large for its row.
    {
      name: 'both',
      storage: 'extended',
      body: noise(3000).repeat(20),
      needle: `${SHORT} 넷`,
      form: 'compressed chunks',
    },
  ]
  const deleted = { name: 'deleted', storage: 'extended', body: prose(9, 700), needle: LONG }
  let files: ReadonlyMap<string, string>

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'malmoi-scan-'))
    const { db, close } = await connect(folder, undefined)
    const paths = new Map<string, string>()
    for (const { name, storage, body, needle } of [...rows, deleted]) {
      const table = sql.table(`scanned_${name}`)
      await sql`create table ${table} (body text storage ${sql.raw(storage)})`.execute(db)
      // In a transaction of its own: what a table's first transaction writes is not in the log.
      await sql`insert into ${table} values (${inTheMiddle(body, needle)})`.execute(db)
      const { rows: found } = await sql<{ path: string }>`
        select pg_relation_filepath(oid) as path from pg_class
        where oid = ${`scanned_${name}`}::regclass
          or oid = (select reltoastrelid from pg_class where oid = ${`scanned_${name}`}::regclass)`.execute(db)
      paths.set(name, found.map(({ path }) => path).join('|'))
    }
    await sql`delete from scanned_deleted`.execute(db)
    await sql`vacuum scanned_deleted`.execute(db)
    await close()
    files = paths
  })
  after(() => removeWorkspace(folder))

  for (const { name, form, needle } of rows) {
    test(`a text stored ${name}: in its table as ${form}, and in the log`, async () => {
      const hits = await scanForText(folder, needle)
      assert.deepEqual(formsAt(hits, new RegExp(`(${files.get(name)})$`)), [form])
      assert.deepEqual(formsAt(hits, /^pg_wal$/), ['log'])
    })
  }

  test('a row that was deleted and vacuumed away is found as long as its bytes are there', async () => {
    const hits = await scanForText(folder, deleted.needle)
    assert.ok(formsAt(hits, /pg_wal/).includes('log'))
    assert.deepEqual(await scanForText(folder, ABSENT), [])
  })
})

describe('a workspace, from captures to tokens and exports', () => {
  let workspace: TestWorkspace
  before(async () => {
    workspace = createWorkspace()
    workspace.configure({
      sources: [{ name: 'town', kind: 'files', path: 'town.jsonl', licence: 'CC0-1.0' }],
      // No text is turned down for what it repeats.
      datasets: { town: { cleaning: { rules: Object.fromEntries(RULES.map(({ name }) => [name, null])) } } },
    })
    const texts = [
      inTheMiddle(prose(1, 7), SHORT),
      inTheMiddle(Array.from({ length: 60 }, (_, i) => `${prose(100 + i, 3)} ${noise(240, i)}`).join('\n\n'), LONG),
      ...[2, 3, 4, 5, 6].map((seed) => prose(seed, 12)),
    ]
    assert.ok(Buffer.byteLength(texts[0] ?? '') < 1500)
    assert.ok(Buffer.byteLength(texts[1] ?? '') > 30_000)
    const rows = texts.map((text, i) => ({ id: `https://town.example/${i}`, title: `제목 ${i}`, text }))
    const input = join(workspace.folder, 'town.jsonl')
    writeFileSync(input, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    await workspace.json('run', 'trainingSet', '--night', '2026-11-01')
    for (const format of ['parquet', 'jsonl', 'dolma'])
      await workspace.json(
        'corpus',
        'export',
        'town@1',
        '--to',
        join(workspace.folder, 'out', format),
        '--format',
        format,
      )
    rmSync(input)
  })
  after(() => workspace.remove())

  for (const [size, needle] of [
    ['1 KB', SHORT],
    ['30 KB', LONG],
  ] as const) {
    test(`a sentence in the middle of a document of ${size} is found in every place`, async () => {
      const hits = await scanForText(workspace.folder, needle)
      const inTables = formsAt(hits, /postgres\/base\//)
      assert.ok(inTables.includes(size === '1 KB' ? 'row' : 'compressed chunks'), `tables: ${inTables}`)
      assert.deepEqual(formsAt(hits, /^pg_wal$/), ['log'])
      assert.deepEqual(formsAt(hits, /\.warc\.gz$/), ['gzip', 'record'])
      assert.deepEqual(formsAt(hits, /objects\/..\/\w+\.zst$/), ['zstd'])
      assert.deepEqual(formsAt(hits, /objects\/..\/\w+$/), ['tokens'])
      assert.deepEqual(formsAt(hits, /out\/parquet\//), ['parquet'])
      assert.deepEqual(formsAt(hits, /out\/jsonl\//), ['gzip'])
      assert.deepEqual(formsAt(hits, /out\/dolma\//), ['gzip'])
    })
  }

  test('a sentence that nobody wrote is found nowhere', async () => {
    assert.deepEqual(await scanForText(workspace.folder, ABSENT), [])
  })
})
