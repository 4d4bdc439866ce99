/**
 * Claim: ten million known addresses, all of them due, cost a night neither memory nor speed: PostgreSQL finds the next
 * ones by index, and the process holds only what it has handed out.
 *   node bench/frontier.ts [millions]      a first night on an empty frontier, and the same number of pages on a full one
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { connect } from '../store/connect.ts'
import { removeWorkspace } from '../tests/support/command.ts'
import { startBenchSite } from './crawl-site.ts'

const known = Number(process.argv[2] ?? 10) * 1e6
const hosts = 50
const pagesANight = 200
const command = join(import.meta.dirname, '../bin/malmoi.js')

const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
const site = await startBenchSite(hosts, known / hosts)
// Keeps the database running between the nights.
const { db, close } = await connect(folder, undefined)

/** Crawls a night; pages a second of the whole process, its peak resident bytes, and scans of the frontier by kind. */
async function night(date: string): Promise<string> {
  const before = await scans()
  const started = performance.now()
  const child = spawn(process.execPath, [command, 'crawl', '--json', '--night', date], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  let peak = ''
  child.stdout.on('data', (part) => {
    output += part
    peak = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the crawl ended with ${code}`)
  const seconds = (performance.now() - started) / 1000
  const [batch] = JSON.parse(output).batches
  const rss = (Number(/^VmHWM:\s*(\d+)/m.exec(peak)?.[1]) * 1024) / 1e6
  const { seq, idx } = await scans()
  const read = `${seq - before.seq} scans of the whole frontier, ${idx - before.idx} by index`
  return `${batch.fetched} pages, ${(batch.fetched / seconds).toFixed(0)} pages/s, peak RSS ${rss.toFixed(0)} MB, ${read}`
}

async function scans(): Promise<{ readonly seq: number; readonly idx: number }> {
  const { rows } = await sql<{ seq: number; idx: number }>`
    select seq_scan as seq, idx_scan as idx from pg_stat_user_tables where relname = 'frontier'`.execute(db)
  return rows[0] ?? { seq: 0, idx: 0 }
}

/** All pages of the site, each with its document, due for years. */
async function fill(): Promise<void> {
  for (const start of site.starts) {
    await sql`
      with page as (
        select ${start} || number as key from generate_series(0, ${known / hosts - 1}::integer) as number),
      added as (
        insert into document (source_id, key, first_batch_id)
        select source.id, key, (select min(id) from batch) from page, source on conflict do nothing)
      insert into frontier (source_id, hash, host_id, key, depth, hops, priority, due, revisit)
      select source.id, substr(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 1, 32)::uuid, host.id, key, 1, 0, 3,
        date '2020-01-01' + (random() * 1000)::integer, 8
      from page, source, host where host.name = ${new URL(start).host} on conflict do nothing`.execute(db)
  }
}

try {
  const source = { name: 'web', kind: 'news', start: site.starts, licence: 'CC0-1.0', delayMs: 0, allowPrivate: true }
  const config = { sources: [{ ...source, maxPagesPerHost: pagesANight }] }
  writeFileSync(join(folder, 'malmoi.config.ts'), `export default ${JSON.stringify(config)}\n`)
  console.log(`empty frontier: ${await night('2026-03-01')}`)
  const started = performance.now()
  await fill()
  const { rows } = await sql<{ rows: number; table: string; indexes: string }>`
    select count(*) as rows, pg_size_pretty(pg_relation_size('frontier')) as table,
      pg_size_pretty(pg_indexes_size('frontier')) as indexes from frontier`.execute(db)
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(`${rows[0]?.rows} addresses in ${seconds} s: table ${rows[0]?.table}, indexes ${rows[0]?.indexes}`)
  console.log(`full frontier: ${await night('2026-03-02')}`)
  console.log(`full frontier: ${await night('2026-03-03')}`)
} finally {
  await close()
  site.close()
  await removeWorkspace(folder)
}
