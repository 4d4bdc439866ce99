/** Hosts that mean harm: each ends within its limits, with a reason on record, while an honest host beside them is crawled. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { extractPayload } from '../../../crawler/extract/payload.ts'
import { type Crawling, openCrawling } from '../../support/crawling.ts'
import { type Answer, answer, links, page, type Site, startSite } from '../../support/local-site.ts'
import { webSource } from '../../support/sources.ts'

const million = 1_000_000
/** Ten gigabytes of zeros in a hundred gzip members, under ten megabytes on the wire (RFC 1952: members follow on). */
const member = gzipSync(Buffer.alloc(100 * million), { level: 9 })
const bomb = Buffer.concat(Array.from({ length: 100 }, () => member))
const nested = `<!doctype html><title>깊은 글</title>${'<div>'.repeat(million)}<p>끝에 있는 글</p><a href="/behind">뒤</a>`

/** Says a little now and then, and never ends. */
const dripping: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' })
  const timer = setInterval(() => response.write('<p>.'), 30)
  response.on('close', () => clearInterval(timer))
}
/** Headers without end, one at a time. */
const endlessHead: Answer = (request) => {
  const { socket } = request
  socket.write('HTTP/1.1 200 OK\r\n')
  const timer = setInterval(() => socket.write(`X-More: ${'x'.repeat(500)}\r\n`), 1)
  socket.on('close', () => clearInterval(timer))
  socket.on('error', () => clearInterval(timer))
}
const hostile: Readonly<Record<string, Answer>> = {
  '/': page(links('/bomb', '/zstd', '/chain', '/drip', '/silent', '/head', '/nested', '/cookie')),
  '/bomb': answer(200, 'text/html', bomb, { 'content-encoding': 'gzip' }),
  '/zstd': answer(200, 'text/html', zstdCompressSync(Buffer.alloc(200 * million)), { 'content-encoding': 'zstd' }),
  '/chain': answer(200, 'text/html', 'x', { 'content-encoding': 'gzip, gzip, gzip, gzip, gzip' }),
  '/drip': dripping,
  '/silent': () => {},
  '/head': endlessHead,
  '/nested': answer(200, 'text/html', nested),
  '/cookie': answer(200, 'text/html', '쿠키', { 'set-cookie': 'id=1; Domain=127.0.0.1; Path=/' }),
  '/behind': page('뒤에 있는 글'),
}

let nights: Crawling
let sites: readonly Site[]
before(async () => {
  nights = await openCrawling()
  const closed: Answer = (request, response) =>
    request.url === '/robots.txt' ? void response.writeHead(500).end() : page('글')(request, response)
  const honest = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`/${index}`, page(`글 ${index}`)]))
  sites = await Promise.all([
    startSite(hostile),
    startSite({ '*': closed }, '127.0.0.2'),
    startSite({ ...honest, '/': page(links(...Object.keys(honest))) }, '127.0.0.3'),
  ])
})
after(async () => {
  await Promise.all(sites.map((site) => site.close()))
  await nights.close()
})

test('bombs, drips, silence, endless heads and deep nests end with their reasons, and honest hosts are crawled', async () => {
  const before = process.memoryUsage().rss
  const source = webSource({
    start: sites.map(({ origin }) => `${origin}/`),
    privateHosts: ['127.0.0.1', '127.0.0.2', '127.0.0.3'],
    timeoutMs: 250,
  })
  const tally = await nights.crawl(source)
  assert.ok(process.memoryUsage().rss - before < 1_000 * million, 'memory is bounded')
  const reasons: Readonly<Record<string, RegExp>> = {
    '/bomb': /^body larger than 10 MB$/,
    '/zstd': /^body larger than 10 MB$/,
    '/chain': /^5 content-encodings$/,
    '/drip': /sent no whole answer within 1000 ms$/,
    '/silent': /sent no answer within 250 ms$/,
    '/head': /^headers larger than 64 KiB$|sent no answer within 250 ms$/,
  }
  for (const [path, reason] of Object.entries(reasons))
    assert.match((await nights.find(path)).reason ?? '', reason, path)
  assert.match((await nights.find(`${sites[1]?.host}/`)).reason ?? '', /robots\.txt could not be had: .* answered 500/)
  assert.equal((await nights.find('/nested')).status, 200)
  assert.equal((await nights.find('/behind')).status, 200, 'a link below a million tags is found')
  assert.equal(tally.new, 2 + 1 + 1 + 31, 'start, cookie; nested; behind; the honest host')
  assert.ok(sites.every(({ asked }) => asked.every(({ headers }) => headers.cookie === undefined)))
})

test('a page of a million nested tags is extracted whole', () => {
  const { title, text } = extractPayload(Buffer.from(nested), 'text/html', 'http://127.0.0.1/')
  assert.equal(title, '깊은 글')
  assert.match(text, /끝에 있는 글/)
})
