/**
 * Claim: on loopback, with no delay, one host gives at least 300 small pages a second, and a night without change no
 * less. Run: node bench/crawl.ts [pages]. The site runs in a child process; the frontier is in memory.
 */
import { fork } from 'node:child_process'
import http from 'node:http'
import { crawlSource } from '../crawler/crawl.ts'
import { createMemory } from '../tests/crawler/memory-frontier.ts'
import { webSource } from '../tests/crawler/web-source.ts'

const pages = Number(process.argv[2] ?? 3000)
const linksOnPage = 30

/** Pages of about 12 KB that link to each other, each with a validator. */
function serve(): void {
  const text = '말모이는 우리말을 모으는 일이다. '.repeat(250)
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/'
    const number = path === '/' ? 0 : Number(path.slice(1))
    if (!(number < pages)) return void response.writeHead(404).end()
    const etag = `"${number}"`
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
    const links = Array.from(
      { length: linksOnPage },
      (_, index) => `<a href="/${(number * linksOnPage + index + 1) % pages}">다음</a>`,
    )
    const body = `<!doctype html><html><body>${links.join(' ')}<p>${text}</p></body></html>`
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag }).end(body)
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (address !== null && typeof address === 'object') process.send?.(address.port)
  })
}

async function measure(): Promise<void> {
  const site = fork(import.meta.filename, [String(pages)], { env: { ...process.env, MALMOI_BENCH_SITE: '1' } })
  const port = await new Promise<unknown>((resolve) => site.once('message', resolve))
  const memory = createMemory()
  const source = webSource({ start: [`http://127.0.0.1:${port}/`], exclude: ['/*/'], maxPages: pages * 2 })
  for (const night of ['2026-03-01', '2026-03-02']) {
    const started = performance.now()
    const counts = await crawlSource(source, {
      frontier: memory.open(night),
      userAgent: { name: 'malmoi', contact: null },
      night,
    })
    const seconds = (performance.now() - started) / 1000
    const answered = counts.fetched + counts.notModified + counts.missing
    console.log(
      `${night}: ${counts.fetched} fetched, ${counts.notModified} not modified, ${counts.missing} missing in ${seconds.toFixed(2)} s: ` +
        `${Math.round(answered / seconds)} answers/s, ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
    )
  }
  site.kill()
}

if (process.env.MALMOI_BENCH_SITE === '1') serve()
else await measure()
