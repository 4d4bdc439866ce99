/**
 * kill -9 at random moments of one night's crawl, each followed by the same command: at the end every page stands once
 * in the table and once in the WARC files, and no host was ever asked sooner than its delay allows, restarts included.
 * `node tests/crawl-kill.ts 20` kills twenty times and prints each.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readWarcFile } from '../crawler/warc/read.ts'
import { connect } from '../store/connect.ts'
import { createWorkspace, type TestWorkspace } from './support/command.ts'
import { type Answer, answer, links, page, type Site, startSite } from './support/local-site.ts'

const NIGHT = '2026-11-01'
const HOSTS = 4
const DELAY_MS = 25

/** A host of pages in a chain of hubs, each with ten pages, some of them slow. */
async function startHosts(pages: number): Promise<readonly Site[]> {
  const respond: Answer = (request, response) => {
    const number = request.url === '/' ? 0 : Number(request.url?.slice(1))
    if (!(number < pages)) return answer(404, 'text/plain', '')(request, response)
    const next = Array.from({ length: 10 }, (_, index) => number * 10 + index + 1).filter((each) => each < pages)
    const body = page(`글 ${number} ${links(...next.map((each) => `/${each}`))}`)
    if (number % 7 === 0) setTimeout(() => body(request, response), 5)
    else body(request, response)
  }
  const addresses = Array.from({ length: HOSTS }, (_, index) => `127.0.0.${index + 1}`)
  return await Promise.all(addresses.map((address) => startSite({ '*': respond }, address)))
}

function assertPolite(sites: readonly Site[]): void {
  for (const { host, asked } of sites)
    for (const [index, { at, path }] of asked.entries()) {
      const gap = at - (asked[index - 1]?.at ?? Number.NEGATIVE_INFINITY)
      assert.ok(gap >= DELAY_MS, `${host} was asked for ${path} ${gap.toFixed(1)} ms after the request before`)
    }
}

async function assertWhole(workspace: TestWorkspace, sites: readonly Site[], pages: number): Promise<void> {
  const { db, close } = await connect(workspace.folder, undefined)
  const captures = await db.selectFrom('capture').select(['url', 'record_id', 'status']).execute()
  const files = await db.selectFrom('warc_file').select('path').execute()
  const exchanges = await db.selectFrom('exchange').select('record_id').execute()
  await close()
  const wanted = sites.flatMap(({ origin }) =>
    Array.from({ length: pages }, (_, number) => `${origin}/${number === 0 ? '' : number}`),
  )
  const received = captures.filter(({ status }) => status === 200).map(({ url }) => url)
  assert.deepEqual(received.toSorted(), wanted.toSorted(), 'every page once in the table')
  const records: string[] = []
  for (const { path } of files)
    for await (const record of readWarcFile(join(workspace.folder, '.malmoi', path), 1e9))
      if (record.type === 'response') records.push(record.id)
  const named = [...captures, ...exchanges].map(({ record_id }) => record_id)
  assert.deepEqual(records.toSorted(), named.toSorted(), 'every exchange once in the WARC files')
}

/** Kills the crawl of `pages` pages on each host so many times, and lets it end. */
export async function killCrawl(kills: number, pages: number, report: (line: string) => void): Promise<void> {
  const sites = await startHosts(pages)
  const workspace = createWorkspace()
  try {
    const start = sites.map(({ origin }) => `${origin}/`)
    const source = { name: 'web', kind: 'news', start, licence: 'CC0-1.0', delayMs: DELAY_MS, allowPrivate: true }
    workspace.configure({ sources: [source] })
    const asked = () => sites.reduce((sum, site) => sum + site.asked.length, 0)
    for (let kill = 0; kill < kills; kill++) {
      const before = asked()
      const child = workspace.start('crawl', '--night', NIGHT)
      const ended = new Promise<string>((resolve) => child.once('exit', () => resolve('ended')))
      // Not before it asks again: a kill while it starts is none during a crawl.
      while (asked() < before + 2 && child.exitCode === null) await sleep(5)
      await Promise.race([sleep(Math.random() * 500), ended])
      assert.equal(child.exitCode, null, 'the crawl was over before it was killed: give it more pages')
      child.kill('SIGKILL')
      await ended
      report(`kill ${kill + 1} after ${asked()} requests`)
    }
    await workspace.json('crawl', '--night', NIGHT)
    assertPolite(sites)
    await assertWhole(workspace, sites, pages)
    const again = asked() - sites.length * (pages + 3)
    report(`${sites.length * pages} pages, each once; ${again} requests were under way at a kill and made again`)
  } finally {
    await workspace.remove()
    await Promise.all(sites.map((site) => site.close()))
  }
}

if (import.meta.main) await killCrawl(Number(process.argv[2] ?? 20), 400, (line) => process.stdout.write(`${line}\n`))
