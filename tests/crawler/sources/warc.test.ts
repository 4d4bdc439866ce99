import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { WARCParser } from 'warcio'
import { readWarcFile } from '../../../crawler/warc/read.ts'
import { payloadOf, readMember } from '../../../crawler/warc/record.ts'
import { FailedError, UsageError } from '../../../pipeline/contract.ts'
import { type Crawling, openCrawling, TOMORROW } from '../../support/crawling.ts'
import { links } from '../../support/local-site.ts'
import { withoutData } from '../../support/shared-data.ts'
import { warcSource, webSource } from '../../support/sources.ts'

let nights: Crawling
let folder: string
before(async () => {
  nights = await openCrawling()
  folder = await mkdtemp(join(tmpdir(), 'malmoi-warc-'))
})
after(async () => {
  await nights.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => nights.reset())

/** One record of a foreign file. */
function record(type: string, headers: Readonly<Record<string, string>>, block: string | Uint8Array): Buffer {
  const body = Buffer.from(block)
  const lines = Object.entries({ 'WARC-Type': type, ...headers, 'Content-Length': String(body.byteLength) })
  const head = `WARC/1.0\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n\r\n')])
}

const date = '2025-05-05T05:05:05Z'
const http = 'application/http; msgtype=response'
const response = (url: string, body: string, head = 'Content-Type: text/html', status = '200 OK') =>
  record(
    'response',
    { 'WARC-Target-URI': url, 'WARC-Date': date, 'WARC-Record-ID': `<urn:uuid:${url}>`, 'Content-Type': http },
    `HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`,
  )

async function file(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes)
  return join(folder, name)
}

test('pages of a foreign file are kept as they were recorded, with their own time and id', async () => {
  const records = [
    record('warcinfo', { 'WARC-Date': date }, 'software: other'),
    response('https://example.org/a?utm_source=x', '<p>하나</p>'),
    response(
      'https://example.org/b',
      `${'5\r\n<p>둘'.slice(0, 3)}<p>\r\n0\r\n\r\n`,
      'Content-Type: text/html\r\nTransfer-Encoding: chunked',
    ),
    response('https://example.org/unframed', '<p>셋</p>', 'Content-Type: text/html\r\nTransfer-Encoding: chunked'),
    response('https://example.org/missing', '없음', 'Content-Type: text/html', '404 Not Found'),
    response('https://example.org/picture', 'x', 'Content-Type: image/png'),
    response('https://example.org/reserved', '<meta name=robots content=noai>'),
    response('https://example.org/a', '<p>다시</p>'),
    record('request', { 'WARC-Target-URI': 'https://example.org/a' }, 'GET /a HTTP/1.1\r\n\r\n'),
    record('metadata', { 'WARC-Target-URI': 'dns:example.org' }, 'x'),
  ]
  for (const [name, bytes] of [
    ['plain.warc', Buffer.concat(records)],
    ['each.warc.gz', Buffer.concat(records.map((each) => gzipSync(each)))],
    ['whole.warc.gz', gzipSync(Buffer.concat(records))],
  ] as const) {
    await nights.reset()
    const source = warcSource({ name: 'archive', path: await file(name, bytes) })
    const tally = await nights.crawl(source)
    assert.deepEqual([tally.new, tally.refused], [3, 4], name)
    const kept = await nights.find('/a')
    assert.deepEqual([kept.recordId, kept.status], ['<urn:uuid:https://example.org/a?utm_source=x>', 200])
    const copy = readMember(kept.member ?? new Uint8Array())
    assert.equal(copy.headers.get('warc-date'), date)
    assert.equal(String((await payloadOf(kept.member ?? new Uint8Array())).payload), '<p>하나</p>')
    const unframed = await payloadOf((await nights.find('/unframed')).member ?? new Uint8Array())
    assert.equal(String(unframed.payload), '<p>셋</p>')
    assert.equal((await nights.find('/missing')).reason, 'answered 404')
    assert.equal((await nights.find('/picture')).reason, 'content type image/png is not text')
    assert.match((await nights.find('/reserved')).reason ?? '', /reserved from text and data mining/)
    assert.match((await nights.find('#record-8')).reason ?? '', /the id "https:\/\/example.org\/a" came before/)
    assert.equal((await nights.crawl(source, { night: TOMORROW })).unchanged, 3)
  }
})

test('WET texts are read, and patterns choose among addresses', async () => {
  const wet = (url: string, text: string) =>
    record('conversion', { 'WARC-Target-URI': url, 'WARC-Date': date, 'Content-Type': 'text/plain' }, text)
  const bytes = Buffer.concat([wet('https://example.org/news/1', '뉴스 글'), wet('https://example.org/shop/1', '물건')])
  const source = warcSource({ path: await file('a.warc.wet', bytes), include: ['/news/'] })
  const tally = await nights.crawl(source)
  assert.deepEqual([tally.new, tally.refused], [1, 1])
  assert.equal(String((await payloadOf((await nights.find('/news/1')).member ?? new Uint8Array())).payload), '뉴스 글')
  assert.equal((await nights.find('/shop/1')).reason, 'outside the scope: matches no include pattern')
})

test('what is no WARC, or is cut short, is said as what it is; a record too long is passed without being held', async () => {
  const whole = Buffer.concat([
    response('https://example.org/a', 'x'.repeat(5_000)),
    response('https://example.org/b', '나'),
  ])
  const path = await file('long.warc', whole)
  const records = await Array.fromAsync(readWarcFile(path, 1_000))
  assert.deepEqual(
    records.map(({ block }) => block?.byteLength ?? null),
    [null, records[1]?.block?.byteLength],
  )
  const tally = await nights.crawl(warcSource({ path, maxBodyBytes: 1_000 }))
  assert.deepEqual([tally.new, tally.refused], [1, 1])
  await assert.rejects(nights.crawl(warcSource({ path: '/nowhere.warc' }), { night: TOMORROW }), UsageError)
  const cut = warcSource({ path: await file('cut.warc', whole.subarray(0, 3_000)) })
  await assert.rejects(nights.crawl(cut, { night: TOMORROW }), /record 1 is cut short/)
  const other = warcSource({ path: await file('other.warc', Buffer.from('<html>\r\n\r\nno')) })
  await assert.rejects(nights.crawl(other, { night: TOMORROW }), (error) => {
    assert.ok(error instanceof FailedError)
    return /does not begin with WARC/.test(error.message)
  })
})

test('WARC files of other crawlers are read in', { skip: withoutData }, async () => {
  const path = fileURLToPath(new URL('../../../../shared/data/peers/dolma/warc', import.meta.url))
  const tally = await nights.crawl(warcSource({ path }))
  assert.ok(tally.new > 25, `${tally.new} pages`)
  assert.equal(tally.failed, 0)
})

/** A site of raw answers: what is sent is exactly this. */
async function startRawSite(answers: Readonly<Record<string, Buffer>>) {
  const requests: string[] = []
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      const request = bytes.toString('latin1')
      requests.push(request)
      const path = request.split(' ')[1] ?? ''
      socket.write(answers[path] ?? Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return { origin: `http://127.0.0.1:${port}`, requests, close: () => server.close() }
}

test('an independent reader finds every exchange of ours, byte for byte as it crossed the wire', async () => {
  const random = Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * 2654435761) >>> 24))
  const gz = gzipSync('<p>압축</p>')
  const raw = (head: string, body: Uint8Array | string) =>
    Buffer.concat([Buffer.from(`HTTP/1.1 ${head}\r\n\r\n`), Buffer.from(body)])
  const home = links('/gzip', '/chunks', '/euckr', '/odd', '/moved')
  const answers = {
    '/': raw(`200 OK\r\nContent-Type: text/html\r\nContent-Length: ${home.length}`, home),
    '/gzip': raw(`200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: ${gz.length}`, gz),
    '/chunks': raw(
      '200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked',
      Buffer.concat([
        Buffer.from('7d0;a=b\r\n'),
        random.subarray(0, 2_000),
        Buffer.from('\r\n0\r\nTrailer: x\r\n\r\n'),
      ]),
    ),
    '/euckr': raw('200 OK\r\nContent-Type: text/html; charset=euc-kr\r\nContent-Length: 2', Buffer.from([0xb0, 0xa1])),
    '/odd': raw(
      '200 \xea\xb0\x80\r\nx-MiXed:  two  spaces \r\nSet-Cookie: a=1\r\nSet-Cookie: b\r\nContent-Length: 1',
      'x',
    ),
    '/moved': raw('301 Moved\r\nLocation: /gzip\r\nContent-Length: 0', ''),
  }
  const site = await startRawSite(answers)
  try {
    await nights.crawl(webSource({ start: [`${site.origin}/`] }))
  } finally {
    site.close()
  }
  const bytes = await readFile(join(nights.folder, 'warc/local/2026-03-01.warc.gz'))
  const types: string[] = []
  const blocks = new Map<string, Buffer>()
  const requests: string[] = []
  for await (const each of new WARCParser([bytes], { parseHttp: false })) {
    const block = Buffer.concat(await Array.fromAsync(each))
    types.push(each.warcType ?? '')
    if (each.warcType === 'response') blocks.set(new URL(each.warcTargetURI ?? '').pathname, block)
    if (each.warcType === 'request') requests.push(block.toString('latin1'))
  }
  assert.equal(types[0], 'warcinfo')
  for (const [path, sent] of Object.entries(answers)) assert.deepEqual(blocks.get(path), sent, path)
  assert.deepEqual(requests.toSorted(), site.requests.toSorted())
})
