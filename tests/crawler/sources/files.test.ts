import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { mapFields } from '../../../crawler/import/field-map.ts'
import { linesOf } from '../../../crawler/import/lines.ts'
import { canonicalRecord, readRecord, recordContentType, recordOf } from '../../../crawler/import/record.ts'
import { payloadOf, readMember } from '../../../crawler/warc/record.ts'
import { FailedError, UsageError } from '../../../pipeline/contract.ts'
import type { FileSource } from '../../../pipeline/crawl-contract.ts'
import { type Crawling, openCrawling, TOMORROW, TONIGHT } from '../../support/crawling.ts'
import { fileSource } from '../../support/sources.ts'

const THIRD = '2026-03-03'
let nights: Crawling
before(async () => {
  nights = await openCrawling()
})
after(() => nights.close())
beforeEach(() => nights.reset())

/** Files in a folder of their own, and a source of the first one. */
async function withFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (source: FileSource, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'malmoi-files-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    const path = join(folder, Object.keys(files)[0] ?? '')
    await use(fileSource({ name: 'talk', path, licence: 'MIT', maxBodyBytes: 10_000 }), folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const line = (record: object): string => `${JSON.stringify(record)}\n`

/** The record a document was captured with. */
async function recordAt(ending: string, night = TONIGHT) {
  const { member } = await nights.find(ending, night)
  assert.ok(member !== null)
  const { payload, contentType } = await payloadOf(member)
  assert.equal(contentType, recordContentType)
  return readRecord(payload)
}

test('records become captures with canonical payloads, whatever the order of their fields', async () => {
  const file =
    line({ text: '말', id: 7, title: '제목', date: '2026-01-01', other: 1 }) +
    line({ id: 'b', url: 'https://example.org/b', text: '모이' })
  await withFiles({ 'talk.jsonl': file }, async (source) => {
    const tally = await nights.crawl(source)
    assert.deepEqual([tally.fetched, tally.new], [2, 2])
    const { member } = await nights.find('7')
    const { payload, contentType } = await payloadOf(member ?? new Uint8Array())
    assert.equal(
      String(payload),
      '{"author":null,"id":"7","lang":null,"published":"2026-01-01","text":"말","title":"제목","url":null}',
    )
    assert.equal(contentType, recordContentType)
    assert.deepEqual(await nights.freeze(source), [
      { key: '7', url: 'urn:malmoi:talk:7', payload: (await nights.find('7')).payload, contentType },
      { key: 'b', url: 'https://example.org/b', payload: (await nights.find('b')).payload, contentType },
    ])
  })
})

test('gzip and zstd files are read; a file that is cut short says so', async () => {
  const file = Array.from({ length: 1000 }, (_, index) => line({ id: String(index), text: `글 ${index}` })).join('')
  for (const [name, content] of [
    ['a.jsonl.gz', gzipSync(file)],
    ['a.jsonl.zst', zstdCompressSync(file)],
  ] as const) {
    await nights.reset()
    await withFiles({ [name]: content }, async (source, folder) => {
      assert.equal((await nights.crawl(source)).new, 1000)
      await writeFile(join(folder, name), content.subarray(0, content.length / 2))
      await assert.rejects(nights.crawl(source, { night: TOMORROW }), (error: Error) => {
        assert.ok(error instanceof FailedError, String(error))
        assert.match(error.message, /is not whole or not compressed as its name says/)
        return true
      })
    })
  }
})

test('the next night keeps what is new or changed, refers to what is not, and a snapshot tells what is gone', async () => {
  const record = (id: string, text: string): string => line({ id, text })
  const first = record('a', '1') + record('b', '2') + record('c', '3')
  await withFiles({ 'talk.jsonl': first }, async (source, folder) => {
    const path = join(folder, 'talk.jsonl')
    await nights.crawl(source)
    await writeFile(path, record('d', '4') + record('b', '둘') + record('a', '1'))
    const second = await nights.crawl(source, { night: TOMORROW })
    assert.deepEqual([second.new, second.changed, second.unchanged, second.gone], [1, 1, 1, 0])
    const unchanged = await nights.find('a', TOMORROW)
    const revisit = readMember(unchanged.member ?? new Uint8Array())
    assert.deepEqual(
      [revisit.type, revisit.headers.get('warc-refers-to')],
      ['revisit', (await nights.find('a')).recordId],
    )
    const snapshot: FileSource = { ...source, snapshot: true, deletions: 'honour' }
    const third = await nights.crawl(snapshot, { night: THIRD })
    assert.deepEqual([third.new, third.changed, third.unchanged, third.gone], [0, 0, 3, 1])
    const gone = await nights.find('c', THIRD)
    assert.deepEqual(
      [gone.status, gone.payload, readMember(gone.member ?? new Uint8Array()).type],
      [410, null, 'metadata'],
    )
    assert.deepEqual(
      (await nights.freeze(snapshot, THIRD)).map(({ key, payload }) => [key, payload]),
      [['c', null]],
      'a deletion that is honoured is told to what reads the batch',
    )

    // It comes back with the text it had: kept whole, since its batch must hold what extraction reads.
    await writeFile(path, first)
    const fourth = await nights.crawl(snapshot, { night: '2026-03-04' })
    assert.deepEqual([fourth.changed, fourth.gone], [2, 1])
    assert.equal((await recordAt('c', '2026-03-04')).text, '3')
  })
})

test('a file that is as it was is not read again, and its records count as unchanged', async () => {
  const file = line({ id: 'a', text: '하나' }) + line({ id: 'b', text: '둘' })
  await withFiles({ 'talk.jsonl': file }, async (source, folder) => {
    await nights.crawl(source)
    const second = await nights.crawl(source, { night: TOMORROW })
    assert.deepEqual([second.unchanged, second.fetched], [2, 0])
    await writeFile(join(folder, 'talk.jsonl'), file)
    const third = await nights.crawl(source, { night: THIRD })
    assert.deepEqual([third.unchanged, third.fetched], [2, 2], 'a file that was written again is read again')
  })
})

test('a bad line is refused with its number, and the others are kept', async () => {
  const file = [
    line({ id: 'a', text: '하나' }),
    '\n',
    '{"id":"b","text":\n',
    '[1]\n',
    line({ id: 'c' }),
    line({ id: 'd', text: '  ' }),
    line({ id: 'e', text: 'x'.repeat(20_000) }),
    line({ id: 'a', text: '둘' }),
    line({ id: 'z\u0000', text: '셋' }),
    JSON.stringify({ text: '끝, 줄바꿈 없이' }),
  ].join('')
  await withFiles({ 'talk.jsonl': file }, async (source) => {
    const tally = await nights.crawl(source)
    assert.deepEqual([tally.new, tally.refused], [2, 7])
    const reasons = await nights.connection.db
      .selectFrom('frontier')
      .select(['key', 'reason'])
      .where('state', '=', 'refused')
      .orderBy('key')
      .execute()
    const expected = [
      /^line 3: not JSON/,
      /^line 4: not a JSON object/,
      /^line 5: "text" is missing/,
      /^line 6: "text" is empty/,
      /^line 7: longer than 10000 bytes/,
      /^line 8: the id "a" came before/,
      /^line 9: "id" holds a control character/,
    ]
    for (const [index, pattern] of expected.entries()) assert.match(reasons[index]?.reason ?? '', pattern)
    assert.equal(reasons[0]?.key, 'talk.jsonl#line-3')
  })
})

test('an import that was stopped goes on where it was', async () => {
  const file = Array.from({ length: 5000 }, (_, index) => line({ id: String(index), text: `글 ${index}` })).join('')
  await withFiles({ 'talk.jsonl': file }, async (source) => {
    const stopping = new AbortController()
    const first = await nights.crawl(source, { signal: stopping.signal, onProgress: () => stopping.abort() })
    assert.ok(first.new > 0 && first.new < 5000)
    const second = await nights.crawl(source)
    assert.equal(first.new + second.new, 5000)
    assert.equal((await nights.settled()).length, 5000)
  })
})

test('a missing file and a file without records are said as what they are', async () => {
  await assert.rejects(nights.crawl(fileSource({ path: '/nowhere/talk.jsonl' })), UsageError)
  await withFiles({ 'talk.jsonl': 'no json\n' }, async (source) => {
    await assert.rejects(nights.crawl(source), /holds no record in 1 rows/)
  })
})

test('a folder is read file by file: lines, JSON documents, text in its encoding, pages', async () => {
  const files = {
    'a.jsonl': line({ id: '1', text: '하나' }),
    'b/list.json': JSON.stringify({
      data: [
        { id: '2', text: '둘' },
        { id: '3', text: '셋' },
      ],
    }),
    'c/note.txt': Buffer.from([0xb0, 0xa1, 0xb3, 0xaa, 0xb4, 0xd9]),
    'd/page.html': '<h1>제목</h1><p>본문</p>',
  }
  await withFiles(files, async (source, folder) => {
    await nights.crawl({ ...source, path: folder, records: 'data[]', baseUrl: 'https://example.org/docs/' })
    assert.deepEqual(await nights.settled(), ['1', '2', '3', 'c/note.txt', 'd/page.html'])
    const page = await nights.find('d/page.html')
    const { payload, contentType } = await payloadOf(page.member ?? new Uint8Array())
    assert.deepEqual([String(payload), contentType], [files['d/page.html'], 'text/html'])
    const note = await payloadOf((await nights.find('c/note.txt')).member ?? new Uint8Array())
    assert.deepEqual(Buffer.from(note.payload), files['c/note.txt'], 'the bytes as they are: text is extraction’s')
    const { url } = await nights.connection.db
      .selectFrom('capture')
      .select('url')
      .where('content_type', '=', 'text/html')
      .executeTakeFirstOrThrow()
    assert.equal(url, 'https://example.org/docs/d/page.html')

    await nights.reset()
    const glob = await nights.crawl({ ...source, path: join(folder, '*/*.json'), records: 'data[]' })
    assert.equal(glob.new, 2)
  })
})

test('a Parquet file is read by row groups', async () => {
  const path = fileURLToPath(new URL('./two-groups.parquet', import.meta.url))
  await nights.crawl(fileSource({ name: 'rows', path, fields: { id: 'doc', text: 'body', published: 'day' } }))
  assert.equal((await nights.settled()).length, 5)
  assert.deepEqual(
    [await recordAt('d4')].map(({ text, published }) => [text, published]),
    [['다섯째 줄', '2026-01-05T00:00:00.000Z']],
  )
})

test('a map of fields finds text anywhere: nested, in lists, in turns of a dialogue', () => {
  const row = {
    meta: { no: 5, user: { name: '김' } },
    turns: [
      { speaker: 'A', text: '안녕' },
      { speaker: 'B', text: '반가워' },
    ],
    body: '몸',
    head: '머리',
  }
  const map = (fields: FileSource['fields']) => recordOf(mapFields(row, fields))
  const text = (fields: FileSource['fields']) => {
    const record = map(fields)
    return typeof record === 'string' ? record : record.text
  }
  assert.equal(text({ text: 'turns[].text' }), '안녕\n반가워')
  assert.equal(text({ text: { each: 'turns[]', as: '{speaker}: {text}' } }), 'A: 안녕\nB: 반가워')
  assert.equal(text({ text: '{head} — {body}' }), '머리 — 몸')
  assert.equal(text({ text: 'nothing.here' }), '"text" is missing or not a string')
  const record = map({ text: 'body', id: 'meta.no', author: 'meta.user.name' })
  assert.ok(typeof record !== 'string')
  assert.deepEqual([record.id, record.author], ['5', '김'])
})

test('a record without id is named by its text', () => {
  const record = recordOf({ text: '말모이' })
  assert.ok(typeof record !== 'string')
  assert.match(record.id, /^[0-9a-f]{64}$/)
  assert.deepEqual(readRecord(canonicalRecord(record)), record)
  assert.deepEqual(readRecord(canonicalRecord({ ...record, form: 'html' })).form, 'html')
})

test('lines come out the same however the bytes are cut', async () => {
  const bytes = Buffer.from('\ufeff첫째\n\n둘째 줄\r\n세\ud55c')
  const whole = await Array.fromAsync(linesOf(toStream([bytes]), 100))
  assert.deepEqual(
    whole.map(({ number }) => number),
    [1, 3, 4],
  )
  for (let size = 1; size < bytes.length; size++) {
    const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    )
    assert.deepEqual(await Array.fromAsync(linesOf(toStream(parts), 100)), whole)
  }
})

async function* toStream(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

test('a real corpus file is imported', async (t) => {
  const path = fileURLToPath(new URL('../../../../shared/data/corpus/wikinews.jsonl.zst', import.meta.url))
  if (!existsSync(path)) return t.skip(`no real corpus: ${path} is absent`)
  const source = fileSource({ path })
  const first = await nights.crawl(source)
  assert.deepEqual([first.new, first.refused], [430, 0])
  assert.equal((await nights.crawl(source, { night: TOMORROW })).unchanged, 430)
})
