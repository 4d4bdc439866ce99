/**
 * Claim: within a version, a word is found newest first in less than 20 ms, however many documents there are, and ranked
 * among the newest 2,000 in less than 100 ms; the index takes half of the text and is built at 10,000 documents a second.
 *   node bench/search.ts [thousands of documents]      of 2 KB, made of real sentences, in an embedded database
 */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { SearchOptions } from '../store/answers.ts'
import { connect } from '../store/connect.ts'
import { indexTexts, type StoredText } from '../store/search/index-texts.ts'
import { searchVersion } from '../store/search/search.ts'
import type { VersionRow } from '../store/versions.ts'
import { removeWorkspace } from '../tests/support/command.ts'
import { putTexts, putVersion } from '../tests/support/stored-texts.ts'
import { randomNumbers, sentences } from './near-duplicates-texts.ts'

const documents = Number(process.argv[2] ?? 200) * 1000
const BYTES = 2_048
const AT_ONCE = 5_000
const RUNS = 100
const RARE = '희귀낱말'
const RARE_TEXTS = 40

const pool = sentences()

/** Text `number`: sentences by a seeded choice, up to 2 KB. */
function textOf(number: number): string {
  const random = randomNumbers(number)
  const parts = number % (documents / RARE_TEXTS) === 1 ? [RARE] : []
  for (let bytes = 0; bytes < BYTES; ) {
    const sentence = pool[random(pool.length)] ?? ''
    parts.push(sentence)
    bytes += Buffer.byteLength(sentence)
  }
  return parts.join('\n')
}

/** Words of so many syllables, taken from texts of the corpus, so that common ones come often. */
function words(syllables: number, count: number): readonly string[] {
  const random = randomNumbers(syllables)
  const pattern = new RegExp(`(?<![가-힣])[가-힣]{${syllables}}`, 'g')
  return Array.from({ length: count }, () => {
    const found = textOf(random(documents)).match(pattern) ?? []
    return found[random(found.length)] ?? '사람'
  })
}

const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
const { db, close } = await connect(folder, undefined)
const seconds = (since: number) => (performance.now() - since) / 1000

/** Nine tenths, without one in ten, are version 2; the rest was stored after it. */
async function load(): Promise<VersionRow> {
  const began = performance.now()
  await put(0, documents * 0.9, 1)
  const version = await putVersion(db, 'bench', 2)
  await put(documents * 0.9, documents, 3)
  await sql`vacuum analyze text, member, revision, document`.execute(db)
  console.log(`${documents} documents put into the tables in ${seconds(began).toFixed(0)} s`)
  return version
}

async function put(from: number, to: number, added: number): Promise<void> {
  for (let at = from; at < to; at += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, to - at) }, (_, index) => at + index)
    const texts = numbers.map((number) => ({ body: textOf(number), added, removed: number % 10 === 0 ? 2 : null }))
    await putTexts(db, 'bench', texts)
  }
}

/** The bodies as a stage has them: in memory, some hundred at a time. The time for reading them is taken off. */
async function build(): Promise<void> {
  let reading = 0
  async function* stored(): AsyncIterable<readonly StoredText[]> {
    for (let after = 0; ; ) {
      const began = performance.now()
      const rows = await db
        .selectFrom('text')
        .select(['id', 'body'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(500)
        .execute()
      reading += seconds(began)
      const last = rows.at(-1)
      if (!last) return
      after = last.id
      yield rows
    }
  }
  const before = await processorTime()
  const began = performance.now()
  await db.transaction().execute((trx) => indexTexts(trx, stored()))
  const took = seconds(began) - reading
  const processor = ((await processorTime()) - before) / documents
  const peak = (process.resourceUsage().maxRSS / 1e3).toFixed(0)
  await sql`vacuum analyze search_posting, search_segment`.execute(db)
  const { rows } = await sql<{ index: number; texts: number; rows: number; segments: number }>`
    select pg_total_relation_size('search_posting') + pg_total_relation_size('search_segment') as index,
      pg_total_relation_size('text') as texts, (select count(*) from search_posting) as rows,
      (select count(*) from search_segment) as segments`.execute(db)
  const [size] = rows
  if (!size) throw new Error('no sizes')
  console.log(
    `index: ${(documents / took).toFixed(0)} documents/s, processors ${(processor * 1000).toFixed(0)} µs a document with reading it, peak RSS ${peak} MB; ${(size.index / documents).toFixed(0)} bytes a text beside ${(size.texts / documents).toFixed(0)} of the text, ${size.segments} segments, ${size.rows} postings rows`,
  )
}

/** Milliseconds on a processor, ours and of all processes of the database that serve us. */
async function processorTime(): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pid from pg_stat_activity where usename is not null`.execute(db)
  const nanoseconds = rows.map(({ pid }) => {
    const file = `/proc/${pid}/schedstat`
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) : 0
  })
  const { user, system } = process.cpuUsage()
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6 + (user + system) / 1e3
}

/** By the clock, and by the processors' time, which the load of the machine does not change. */
async function measure(
  version: VersionRow,
  name: string,
  queries: readonly string[],
  order: SearchOptions['order'],
): Promise<void> {
  const ask = (query: string) => searchVersion(db, version, query, { order, limit: 20, before: null })
  for (const query of queries.slice(0, 10)) await ask(query)
  const times: number[] = []
  let hits = 0
  const before = await processorTime()
  for (const query of queries) {
    const began = performance.now()
    hits += (await ask(query)).hits.length
    times.push(performance.now() - began)
  }
  const processor = ((await processorTime()) - before) / queries.length
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(1)
  const found = (hits / queries.length).toFixed(1)
  console.log(
    `${name}: p50 ${at(0.5)} ms, p90 ${at(0.9)}, p99 ${at(0.99)}; processors ${processor.toFixed(1)} ms; ${found} hits a page`,
  )
}

try {
  const version = await load()
  await build()
  const measured = (name: string, queries: readonly string[], order: SearchOptions['order']) =>
    measure(version, name, queries, order)
  const two = words(2, RUNS)
  const many = (query: string) => Array.from({ length: RUNS }, () => query)
  await measured('two syllables, newest', two, 'newest')
  await measured('two syllables, ranked', two, 'rank')
  await measured('one syllable, newest', words(1, RUNS), 'newest')
  await measured('one syllable, ranked', words(1, RUNS), 'rank')
  await measured('a rare word, newest', many(RARE), 'newest')
  await measured('a rare word, ranked', many(RARE), 'rank')
  await measured('a word that is nowhere', many('없는낱말이다'), 'newest')
  const [a, b, c] = [words(2, RUNS), words(3, RUNS).toReversed(), two.toReversed()]
  await measured(
    'three words',
    a.map((word, at) => `${word} ${b[at]} ${c[at]}`),
    'newest',
  )
  await measured('three common words', many('사람 문제 경우'), 'newest')
  await measured('a phrase', many('"할 수 있습니다"'), 'newest')
  await measured('one word without another, of a source', many('사람 -문제 source:town'), 'newest')
} finally {
  await close()
  await removeWorkspace(folder)
}
