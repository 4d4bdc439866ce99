import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { crawlFiles } from '../../../crawler/sources/files.ts'
import { linesOf } from '../../../crawler/sources/lines.ts'
import { canonicalRecord, recordOf } from '../../../crawler/sources/record.ts'
import { payloadOf, readMember, recordContentType } from '../../../crawler/warc.ts'
import { FailedError, type Source, UsageError } from '../../../pipeline/contract.ts'
import { createMemory, type Memory } from '../memory-frontier.ts'
import { webSource } from '../web-source.ts'

const nights = ['2026-03-01', '2026-03-02', '2026-03-03'] as const

function importNight(
  source: Source,
  memory: Memory,
  night: string,
  signal?: AbortSignal,
  onProgress?: (done: number) => void,
) {
  const dependencies = { frontier: memory.open(night), userAgent: { name: 'malmoi', contact: null }, night, signal }
  return crawlFiles(source, onProgress === undefined ? dependencies : { ...dependencies, onProgress })
}

async function withFile(
  name: string,
  content: string | Uint8Array,
  use: (source: Source, path: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'malmoi-files-'))
  try {
    const path = join(folder, name)
    await writeFile(path, content)
    await use(webSource({ name: 'talk', kind: 'files', start: [], path, licence: 'MIT', maxBodyBytes: 10_000 }), path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const line = (record: object): string => `${JSON.stringify(record)}\n`

test('records become captures with canonical payloads, whatever the order of their fields', async () => {
  const file =
    line({ text: '말', id: 7, title: '제목', date: '2026-01-01', other: 1 }) +
    line({ id: 'b', url: 'https://example.org/b', text: '모이' })
  await withFile('talk.jsonl', file, async (source) => {
    const memory = createMemory()
    const counts = await importNight(source, memory, nights[0])
    assert.deepEqual([counts.fetched, counts.new], [2, 2])
    const outcome = memory.outcome(nights[0], '7')
    assert.ok(outcome.kind === 'captured')
    const { payload, contentType } = await payloadOf(outcome.warc)
    assert.equal(
      String(payload),
      '{"author":null,"id":"7","lang":null,"published":"2026-01-01","text":"말","title":"제목","url":null}',
    )
    assert.equal(contentType, recordContentType)
    assert.deepEqual(
      memory.settled(nights[0]).map(({ entry }) => entry.url),
      ['urn:malmoi:talk:7', 'https://example.org/b'],
    )
  })
})

test('gzip and zstd files are read; a file that is cut short says so', async () => {
  const file = Array.from({ length: 1000 }, (_, index) => line({ id: String(index), text: `글 ${index}` })).join('')
  for (const [name, content] of [
    ['a.jsonl.gz', gzipSync(file)],
    ['a.jsonl.zst', zstdCompressSync(file)],
  ] as const) {
    await withFile(name, content, async (source, path) => {
      assert.equal((await importNight(source, createMemory(), nights[0])).new, 1000)
      await writeFile(path, content.subarray(0, content.length / 2))
      await assert.rejects(importNight(source, createMemory(), nights[0]), (error: Error) => {
        assert.ok(error instanceof FailedError, String(error))
        assert.match(error.message, /is not whole or not compressed as its name says/)
        return true
      })
    })
  }
})

test('the next night keeps what is new or changed, refers to what is not, and a snapshot tells what is gone', async () => {
  const record = (id: string, text: string): string => line({ id, text })
  await withFile('talk.jsonl', record('a', '1') + record('b', '2') + record('c', '3'), async (source, path) => {
    const memory = createMemory()
    await importNight(source, memory, nights[0])
    await writeFile(path, record('d', '4') + record('b', '둘') + record('a', '1'))
    const second = await importNight(source, memory, nights[1])
    assert.deepEqual([second.new, second.changed, second.unchanged, second.gone], [1, 1, 1, 0])
    const unchanged = memory.outcome(nights[1], 'a')
    const before = memory.outcome(nights[0], 'a')
    assert.ok(unchanged.kind === 'captured' && before.kind === 'captured')
    const revisit = readMember(unchanged.warc)
    assert.deepEqual([revisit.type, revisit.headers.get('warc-refers-to')], ['revisit', before.recordId])

    const third = await importNight({ ...source, snapshot: true }, memory, nights[2])
    assert.deepEqual([third.new, third.changed, third.unchanged, third.gone], [0, 0, 3, 1])
    const gone = memory.outcome(nights[2], 'c')
    assert.ok(gone.kind === 'captured')
    assert.deepEqual([gone.status, gone.payload, readMember(gone.warc).type], [410, null, 'metadata'])
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
  await withFile('talk.jsonl', file, async (source) => {
    const memory = createMemory()
    const counts = await importNight(source, memory, nights[0])
    assert.deepEqual([counts.new, counts.refused], [2, 7])
    const reasons = memory
      .settled(nights[0])
      .flatMap(({ outcome }) => (outcome.kind === 'refused' ? [outcome.reason] : []))
    const expected = [
      /^line 3: not JSON/,
      /^line 4: not a JSON object/,
      /^line 5: "text" is missing/,
      /^line 6: "text" is empty/,
      /^line 7: longer than 10000 bytes/,
      /^line 8: the id "a" was on an earlier line/,
      /^line 9: "id" holds a control character/,
    ]
    for (const [index, pattern] of expected.entries()) assert.match(reasons[index] ?? '', pattern)
  })
})

test('an import that was stopped goes on where it was', async () => {
  const file = Array.from({ length: 1000 }, (_, index) => line({ id: String(index), text: `글 ${index}` })).join('')
  await withFile('talk.jsonl', file, async (source) => {
    const memory = createMemory()
    const stopping = new AbortController()
    const first = await importNight(source, memory, nights[0], stopping.signal, () => stopping.abort())
    assert.ok(first.new > 0 && first.new < 1000)
    const second = await importNight(source, memory, nights[0])
    assert.equal(first.new + second.new, 1000)
    assert.equal(memory.settled(nights[0]).length, 1000)
  })
})

test('a missing file and a file without records are said as what they are', async () => {
  await assert.rejects(
    importNight(webSource({ kind: 'files', path: '/nowhere/talk.jsonl' }), createMemory(), nights[0]),
    UsageError,
  )
  await withFile('talk.jsonl', 'no json\n', async (source) => {
    await assert.rejects(importNight(source, createMemory(), nights[0]), /holds no record in 1 lines/)
  })
})

test('a record without id is named by its text', () => {
  const record = recordOf('{"text":"말모이"}')
  assert.ok(typeof record !== 'string')
  assert.match(record.id, /^[0-9a-f]{64}$/)
  assert.equal(
    String(canonicalRecord(record)),
    JSON.stringify({ ...record, author: null, title: null }, [
      'author',
      'id',
      'lang',
      'published',
      'text',
      'title',
      'url',
    ]),
  )
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
  const source = webSource({ kind: 'files', path })
  const memory = createMemory()
  const first = await importNight(source, memory, nights[0])
  assert.deepEqual([first.new, first.refused], [430, 0])
  assert.equal((await importNight(source, memory, nights[1])).unchanged, 430)
})
