import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { entityOf, parseMessage } from '../../../crawler/http/message.ts'
import { readWarcFile } from '../../../crawler/warc/read.ts'
import {
  exchangeRecords,
  payloadOf,
  readMember,
  resourceRecord,
  sha256,
  warcinfo,
} from '../../../crawler/warc/record.ts'
import { FailedError } from '../../../pipeline/contract.ts'

const url = 'https://example.org/a'
const date = '2026-01-02T03:04:05.678Z'
const request = Buffer.from('GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n')
const refersTo = { recordId: '<urn:uuid:00000000-0000-4000-8000-000000000000>', date, url }

function response(head: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${head}\r\n\r\n`), body])
}

function exchange(responseBytes: Uint8Array) {
  const entity = entityOf(parseMessage(responseBytes))
  return { url, date, requestBytes: request, responseBytes, entity, remoteAddress: '192.0.2.1', truncated: false }
}

async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'malmoi-warc-'))
  try {
    const path = join(folder, 'a.warc.gz')
    await writeFile(path, bytes)
    await use(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a response is read back byte for byte, and its payload without encodings', async () => {
  const page = Buffer.from('<p>안녕하세요</p>')
  const gz = gzipSync(page)
  const chunked = Buffer.concat([
    Buffer.from(`${(5).toString(16)}\r\n`),
    gz.subarray(0, 5),
    Buffer.from(`\r\n${(gz.length - 5).toString(16)};ext=1\r\n`),
    gz.subarray(5),
    Buffer.from('\r\n0\r\n\r\n'),
  ])
  const answers = [
    response('200 OK\r\nContent-Type: text/html', page),
    response('200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip', gz),
    response('200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br', brotliCompressSync(page)),
    response('200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip', chunked),
  ]
  for (const bytes of answers) {
    const { warc, recordId } = await exchangeRecords(exchange(bytes), null)
    const record = readMember(warc)
    assert.deepEqual(Buffer.from(record.block), Buffer.from(bytes))
    assert.equal(record.id, recordId)
    assert.equal(record.type, 'response')
    assert.equal(record.headers.get('warc-block-digest'), `sha256:${sha256(bytes)}`)
    const { payload, contentType, status } = await payloadOf(warc)
    assert.deepEqual([Buffer.from(payload), contentType, status], [page, 'text/html', 200])
  }
})

test('any body is read back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
      const { payload } = await payloadOf((await exchangeRecords(exchange(response('200 OK', body)), null)).warc)
      return Buffer.compare(payload, body) === 0
    }),
    { numRuns: 50 },
  )
})

test('the request follows the response and names it', async () => {
  const { warc, recordId } = await exchangeRecords(exchange(response('200 OK', Buffer.from('x'))), null)
  await withFile(warc, async (path) => {
    const [first, second, ...rest] = await Array.fromAsync(readWarcFile(path, 1e9))
    assert.deepEqual([first?.type, second?.type, rest.length], ['response', 'request', 0])
    assert.equal(second?.headers.get('warc-concurrent-to'), recordId)
    assert.deepEqual(Buffer.from(second?.block ?? []), request)
  })
})

test('a revisit holds the head alone, its profile, and what it refers to', async () => {
  const same = readMember(
    (await exchangeRecords(exchange(response('200 OK\r\nA: b', Buffer.from('x'))), refersTo)).warc,
  )
  assert.equal(same.type, 'revisit')
  assert.equal(String(same.block), 'HTTP/1.1 200 OK\r\nA: b\r\n\r\n')
  assert.match(same.headers.get('warc-profile') ?? '', /1\.1\/revisit\/identical-payload-digest$/)
  assert.equal(same.headers.get('warc-refers-to'), refersTo.recordId)
  assert.equal(same.headers.get('warc-refers-to-date'), date)
  assert.equal(same.headers.get('warc-payload-digest'), `sha256:${sha256(Buffer.from('x'))}`)

  const { warc } = await exchangeRecords(exchange(response('304 Not Modified', Buffer.alloc(0))), refersTo)
  const unmodified = readMember(warc)
  assert.match(unmodified.headers.get('warc-profile') ?? '', /server-not-modified$/)
  assert.equal(unmodified.headers.has('warc-payload-digest'), false)
  await assert.rejects(payloadOf(warc), FailedError)
})

test('an imported record is a resource', async () => {
  const payload = Buffer.from('{"id":"1","text":"말"}')
  const { warc } = await resourceRecord('urn:malmoi:talk:1', date, payload, 'application/json', null)
  assert.deepEqual(await payloadOf(warc), { payload, contentType: 'application/json', status: 200 })
})

test('record ids are unique, and the bytes of a record depend on nothing else', async () => {
  const answer = exchange(response('200 OK', Buffer.from('x')))
  const written = await Promise.all([exchangeRecords(answer, null), exchangeRecords(answer, null)])
  assert.notEqual(written[0].recordId, written[1].recordId)
  const texts = written.map(({ warc, recordId }) => readMember(warc).headers.get('warc-record-id') === recordId)
  assert.deepEqual(texts, [true, true])
})

test('a file is read record by record', async () => {
  const large = Buffer.alloc(3_000_000, 'abcdefghij')
  const random = Buffer.from(Array.from({ length: 1_500_000 }, (_, index) => (index * 2654435761) >>> 24))
  const bodies = [large, random, Buffer.from('z')].map((body) => response('200 OK', body))
  const written = await Promise.all(bodies.map((body) => exchangeRecords(exchange(body), null)))
  const head = warcinfo({ name: 'malmoi', contact: 'mailto:a@example.org' }, 'a.warc.gz')
  await withFile(Buffer.concat([head, ...written.map(({ warc }) => warc)]), async (path) => {
    const records = await Array.fromAsync(readWarcFile(path, 1e9))
    assert.deepEqual(
      records.map(({ type }) => type),
      ['warcinfo', 'response', 'request', 'response', 'request', 'response', 'request'],
    )
    assert.match(String(records[0]?.block), /http-header-user-agent: malmoi\/\S+ \(\+mailto:a@example\.org\)/)
    const answers = records.filter(({ type }) => type === 'response').map(({ block }) => Buffer.from(block ?? []))
    assert.ok(answers.every((answer, index) => answer.equals(bodies[index] ?? Buffer.alloc(0))))
  })
})
