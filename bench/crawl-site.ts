/**
 * The loopback web of the crawl benchmarks, as a process of its own: `hosts` are addresses 127.0.0.x of one server. It
 * sends its port first; then, whenever it is asked by a message, the shortest gap between two requests of a host.
 */
import { fork } from 'node:child_process'
import http from 'node:http'

const LINKS_ON_PAGE = 20

export interface BenchSite {
  readonly starts: readonly string[]
  /** Milliseconds between the two requests that came to one host soonest after each other since this was last asked. */
  shortestGap(): Promise<number>
  close(): void
}

export async function startBenchSite(hosts: number, pages: number): Promise<BenchSite> {
  const child = fork(import.meta.filename, [String(pages)])
  const next = () => new Promise<number>((resolve) => child.once('message', (value) => resolve(Number(value))))
  const port = await next()
  return {
    starts: Array.from({ length: hosts }, (_, index) => `http://127.0.0.${index + 1}:${port}/`),
    async shortestGap() {
      child.send('gap')
      return await next()
    },
    close: () => child.kill(),
  }
}

/** Pages of about 24 KB, each linking to twenty of its host, with a validator. */
function serve(pages: number): void {
  const sentence =
    '말모이는 우리말을 모으는 일이다. 사람들이 쓰는 말을 하나하나 적어 두었다가 뜻을 풀어 사전을 만든다. '
  const text = `<p>${sentence.repeat(60)}</p>`.repeat(2)
  const last = new Map<string, number>()
  let shortest = Number.POSITIVE_INFINITY
  process.on('message', () => {
    process.send?.(shortest)
    shortest = Number.POSITIVE_INFINITY
    last.clear()
  })
  const server = http.createServer((request, response) => {
    const { host = '' } = request.headers
    const now = performance.now()
    shortest = Math.min(shortest, now - (last.get(host) ?? Number.NEGATIVE_INFINITY))
    last.set(host, now)
    const number = request.url === '/' ? 0 : Number(request.url?.slice(1))
    if (!(number < pages)) return void response.writeHead(404).end()
    const etag = `"${number}"`
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
    const links = Array.from(
      { length: LINKS_ON_PAGE },
      (_, index) => `<li><a href="/${(number * LINKS_ON_PAGE + index + 1) % pages}">글 ${index}</a></li>`,
    )
    const body = `<nav><ul>${links.join('')}</ul></nav><article><h1>글 ${number}</h1>${text}</article>`
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag })
    response.end(`<!doctype html><html lang="ko"><head><title>글 ${number}</title></head><body>${body}</body></html>`)
  })
  server.listen(0, '0.0.0.0', () => {
    const address = server.address()
    if (address !== null && typeof address === 'object') process.send?.(address.port)
  })
}

if (import.meta.main) serve(Number(process.argv[2]))
