/**
 * Claims: on the same loopback web, with WARC and Postgres written, at least 0.8 times the pages a second of plain Crawlee
 * CheerioCrawler, which keeps nothing (whole processes, in turn, start included); and with a delay, no host is asked
 * sooner than it allows, measured at the server.
 *   npm ci --prefix bench && node bench/crawl.ts      also --hosts, --pages, --rounds, --delay
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { removeWorkspace } from '../tests/support/command.ts'
import { startBenchSite } from './crawl-site.ts'

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '50' },
    pages: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    delay: { type: 'string', default: '200' },
  },
})
const [hosts, pages, rounds, delayMs] = [values.hosts, values.pages, values.rounds, values.delay].map(Number) as [
  number,
  number,
  number,
  number,
]
const command = join(import.meta.dirname, '../bin/malmoi.js')
const peer = join(import.meta.dirname, 'crawl-peer.mjs')
// Start page and page 0 are the same text under two addresses.
const total = hosts * (pages + 1)

/** Gives the seconds of a whole process, and what it printed. */
async function timed(args: readonly string[], cwd: string): Promise<{ seconds: number; output: string }> {
  const started = performance.now()
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.on('data', (part) => {
    output += part
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - started) / 1000, output }
}

/** Crawls everything on so many nights, each timed. */
async function crawl(starts: readonly string[], delay: number, nights: readonly string[]): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
  const source = { name: 'web', kind: 'news', start: starts, licence: 'CC0-1.0', delayMs: delay, allowPrivate: true }
  writeFileSync(join(folder, 'malmoi.config.ts'), `export default ${JSON.stringify({ sources: [source] })}\n`)
  try {
    const times: number[] = []
    for (const [index, night] of nights.entries()) {
      const { seconds, output } = await timed([command, 'crawl', '--json', '--night', night], folder)
      const [batch] = JSON.parse(output).batches
      if (index === 0 && batch.new !== total) throw new Error(`${batch.new} pages instead of ${total}`)
      times.push(seconds)
    }
    return times
  } finally {
    await removeWorkspace(folder)
  }
}

async function crawlByPeer(starts: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-peer-'))
  try {
    const { seconds, output } = await timed([peer, ...starts], folder)
    if (Number(output) !== total) throw new Error(`the peer fetched ${output} pages instead of ${total}`)
    return seconds
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const site = await startBenchSite(hosts, pages)
try {
  const rate = (seconds = Number.NaN): string => `${(total / seconds).toFixed(0)} pages/s`
  const hasPeer = existsSync(join(import.meta.dirname, 'node_modules/@crawlee/cheerio'))
  if (!hasPeer) console.log('the peer is not installed: npm ci --prefix bench')
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const [first = Number.NaN, second] = await crawl(site.starts, 0, ['2026-03-01', '2026-03-02'])
    const theirs = hasPeer ? await crawlByPeer(site.starts) : Number.NaN
    ratios.push(theirs / first)
    const ratio = `ratio ${(theirs / first).toFixed(2)}`
    console.log(`malmoi ${rate(first)}, second night ${rate(second)}; CheerioCrawler ${rate(theirs)}; ${ratio}`)
  }
  console.log(`median ratio ${ratios.toSorted((a, b) => a - b)[ratios.length >> 1]?.toFixed(2)}`)
  await site.shortestGap()
  const [slow = Number.NaN] = await crawl(site.starts, delayMs, ['2026-03-01'])
  const gap = (await site.shortestGap()).toFixed(1)
  console.log(`with ${delayMs} ms: ${total} pages of ${hosts} hosts in ${slow.toFixed(0)} s; shortest gap ${gap} ms`)
} finally {
  site.close()
}
