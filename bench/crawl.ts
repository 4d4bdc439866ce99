/**
 * Claim: on the same loopback web, with WARC and Postgres written, at least 0.8 times the pages a second of plain Crawlee
 * CheerioCrawler, which keeps nothing. Both as whole processes, in turn, start included.
 * Run: npm ci --prefix bench && node bench/crawl.ts [hosts] [pages of each] [rounds]
 */
import { fork, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeWorkspace } from '../tests/support/command.ts'

const [hosts = 50, pages = 200, rounds = 3] = process.argv.slice(2).map(Number)
const linksOnPage = 20
const peer = join(import.meta.dirname, 'crawl-peer.mjs')

/** Pages of about 24 KB, each linking to twenty of its host, with a validator. One server for all of 127.0.0.x. */
function serve(): void {
  const sentence =
    '말모이는 우리말을 모으는 일이다. 사람들이 쓰는 말을 하나하나 적어 두었다가 뜻을 풀어 사전을 만든다. '
  const text = `<p>${sentence.repeat(60)}</p>`.repeat(2)
  const server = http.createServer((request, response) => {
    const number = request.url === '/' ? 0 : Number(request.url?.slice(1))
    if (!(number < pages)) return void response.writeHead(404).end()
    const etag = `"${number}"`
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
    const links = Array.from(
      { length: linksOnPage },
      (_, index) => `<li><a href="/${(number * linksOnPage + index + 1) % pages}">글 ${index}</a></li>`,
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

interface Timed {
  readonly seconds: number
  readonly output: string
}

async function timed(args: readonly string[], cwd: string): Promise<Timed> {
  const started = performance.now()
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (part) => {
    output += part
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - started) / 1000, output }
}

async function measure(): Promise<void> {
  const site = fork(import.meta.filename, process.argv.slice(2), { env: { ...process.env, MALMOI_BENCH_SITE: '1' } })
  const port = await new Promise<unknown>((resolve) => site.once('message', resolve))
  const starts = Array.from({ length: hosts }, (_, index) => `http://127.0.0.${index + 1}:${port}/`)
  // Start page and page 0 are the same text under two addresses.
  const total = hosts * (pages + 1)
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
    const source = { name: 'web', kind: 'news', start: starts, licence: 'CC0-1.0', delayMs: 0, allowPrivate: true }
    writeFileSync(join(folder, 'malmoi.config.ts'), `export default ${JSON.stringify({ sources: [source] })}\n`)
    const command = join(import.meta.dirname, '../bin/malmoi.js')
    const ours = await timed([command, 'crawl', '--json', '--night', '2026-03-01'], folder)
    const [batch] = JSON.parse(ours.output).batches
    if (batch.new !== total) throw new Error(`${batch.new} pages instead of ${total}`)
    const again = await timed([command, 'crawl', '--json', '--night', '2026-03-02'], folder)
    await removeWorkspace(folder)
    const line = `malmoi ${(total / ours.seconds).toFixed(0)} pages/s, second night ${(total / again.seconds).toFixed(0)}`
    if (!existsSync(join(import.meta.dirname, 'node_modules/@crawlee/cheerio'))) {
      console.log(`${line}; the peer is not installed: npm ci --prefix bench`)
      continue
    }
    const scratch = mkdtempSync(join(tmpdir(), 'malmoi-bench-peer-'))
    const theirs = await timed([peer, ...starts], scratch)
    rmSync(scratch, { recursive: true })
    if (Number(theirs.output) !== total) throw new Error(`the peer fetched ${theirs.output} pages instead of ${total}`)
    ratios.push(theirs.seconds / ours.seconds)
    console.log(
      `${line}; CheerioCrawler ${(total / theirs.seconds).toFixed(0)} pages/s; ratio ${ratios.at(-1)?.toFixed(2)}`,
    )
  }
  if (ratios.length > 0) console.log(`median ratio ${ratios.toSorted((a, b) => a - b)[ratios.length >> 1]?.toFixed(2)}`)
  site.kill()
}

if (process.env.MALMOI_BENCH_SITE === '1') serve()
else await measure()
