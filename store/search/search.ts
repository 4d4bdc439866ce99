/**
 * Search within a version. Texts are indexed once, when they are stored, and stay as long as any version holds them: so
 * the latest version and an old one are searched alike, and what a version holds is asked of its memberships.
 */
import type { Kysely } from 'kysely'
import { UsageError } from '../../pipeline/contract.ts'
import type { Hit, SearchOptions, SearchPage } from '../answers.ts'
import type { Database } from '../schema.ts'
import type { VersionRow } from '../versions.ts'
import { candidateTexts } from './candidates.ts'
import { snippetOf } from './highlight.ts'
import { detailsOf, type Member, matchingMembers, memberReader, type ReadMembers } from './members.ts'
import { parseQuery } from './parse.ts'
import { type Query, shownPieces } from './query.ts'
import { createScorer, inverseFrequency } from './rank.ts'
import { countRanges, countTexts } from './segment.ts'
import { lookupOf } from './terms.ts'
import { within } from './within.ts'

/** So many of the newest documents that match are ranked. */
export const MOST_RANKED = 2_000

/**
 * A page of the documents of a version that match a query, in the language of parse.ts.
 * @throws UsageError where the query, a source it names, or the key of the page is wrong.
 */
export async function searchVersion(
  db: Kysely<Database>,
  version: VersionRow,
  text: string,
  options: SearchOptions,
): Promise<SearchPage> {
  const query = parseQuery(text)
  return within(db, version, query, ({ trx, newest, sources }) => {
    const read = memberReader(trx, version, query, sources)
    return options.order === 'newest'
      ? newestPage(trx, query, newest, read, options)
      : rankedPage(trx, query, newest, read, options, version.bytes / Math.max(1, version.documents))
  })
}

async function newestPage(
  db: Kysely<Database>,
  query: Query,
  newest: number,
  read: ReadMembers,
  { limit, before }: SearchOptions,
): Promise<SearchPage> {
  const through = before === null ? newest : Math.min(newest, keyOf(before) - 1)
  const candidates = candidateTexts(db, query, through)
  const found = await firstMembers(matchingMembers(candidates, read, { first: 2 * limit, most: 2_000 }), limit + 1)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    hits: await hitsOf(db, query, page),
    next: found.length > limit && last ? String(last.id) : null,
  }
}

function keyOf(before: string): number {
  if (!/^\d{1,15}$/.test(before)) throw wrongKey(before)
  return Number(before)
}

async function firstMembers(groups: AsyncIterable<readonly Member[]>, count: number): Promise<readonly Member[]> {
  const found: Member[] = []
  for await (const group of groups) {
    found.push(...group)
    if (found.length >= count) break
  }
  return found.slice(0, count)
}

interface Ranked {
  readonly id: number
  readonly score: number
}

const better = (a: Ranked, b: Ranked) => b.score - a.score || b.id - a.id

/** A version never changes, and the weights go along with the key: the pages of a search are of one order. */
async function rankedPage(
  db: Kysely<Database>,
  query: Query,
  newest: number,
  read: ReadMembers,
  { limit, before }: SearchOptions,
  meanLength: number,
): Promise<SearchPage> {
  const pieces = shownPieces(query).filter((piece) => lookupOf(piece) !== null)
  const key = before === null ? null : rankKeyOf(before, pieces.length)
  const weights = key?.weights ?? (await weightsOf(db, pieces))
  const score = createScorer(pieces, weights, meanLength)
  const ranked: Ranked[] = []
  for await (const group of matchingMembers(candidateTexts(db, query, newest), read, { first: 500, most: 500 })) {
    for (const { id, text, bytes } of group) ranked.push({ id, score: score(text, bytes) })
    if (ranked.length >= MOST_RANKED) break
  }
  const left = ranked
    .slice(0, MOST_RANKED)
    .filter((one) => key === null || better(one, key) > 0)
    .sort(better)
  const page = left.slice(0, limit)
  const points = new Map(page.map(({ id, score: value }) => [id, value]))
  const members = (await read(page.map(({ id }) => id))).toSorted(
    (a, b) => (points.get(b.id) ?? 0) - (points.get(a.id) ?? 0) || b.id - a.id,
  )
  const last = page.at(-1)
  return {
    hits: await hitsOf(db, query, members, points),
    next: left.length > limit && last ? writeRankKey(last, weights) : null,
  }
}

function writeRankKey({ score, id }: Ranked, weights: readonly number[]): string {
  return Buffer.from(JSON.stringify([id, score, ...weights])).toString('base64url')
}

function rankKeyOf(before: string, pieces: number): Ranked & { readonly weights: readonly number[] } {
  const decoded = Buffer.from(before, 'base64url').toString('utf8')
  const values = /^\[[-\d.e,+]+\]$/.test(decoded) ? decoded.slice(1, -1).split(',').map(Number) : []
  const [id, score, ...weights] = values
  if (id === undefined || score === undefined || weights.length !== pieces || values.some(Number.isNaN))
    throw wrongKey(before)
  return { id, score, weights }
}

function wrongKey(before: string): UsageError {
  return new UsageError(`${before} is no key of a page of this search: give what the page before calls \`next\``)
}

/** Inverse frequency of each piece among all texts of the index: of a piece of several terms by its rarest. */
async function weightsOf(db: Kysely<Database>, pieces: readonly string[]): Promise<readonly number[]> {
  const segments = await db.selectFrom('search_segment').selectAll().execute()
  const texts = segments.reduce((sum, segment) => sum + segment.texts, 0)
  const lookups = pieces.flatMap((piece) => lookupOf(piece) ?? [])
  const terms = lookups.flatMap((lookup) => (lookup.kind === 'terms' ? lookup.terms : []))
  const ranges = lookups.flatMap((lookup) => (lookup.kind === 'range' ? [lookup] : []))
  const sums = new Map<number, number>()
  for (const row of [...(await countTexts(db, segments, terms)), ...(await countRanges(db, segments, ranges))])
    sums.set(row.term, (sums.get(row.term) ?? 0) + row.texts)
  const holding = (term: number) => sums.get(term) ?? 0
  return lookups.map((lookup) =>
    inverseFrequency(texts, lookup.kind === 'range' ? holding(lookup.from) : Math.min(...lookup.terms.map(holding))),
  )
}

/** @param points scores by id of the text */
async function hitsOf(
  db: Kysely<Database>,
  query: Query,
  members: readonly Member[],
  points?: ReadonlyMap<number, number>,
): Promise<readonly Hit[]> {
  const details = await detailsOf(
    db,
    members.map(({ id }) => id),
  )
  const pieces = shownPieces(query)
  return members.flatMap(({ id, source, day, lang, licence, bytes, text }) => {
    const known = details.get(id)
    if (!known) return []
    const { url, title, revision } = known
    const score = points?.get(id) ?? null
    return [{ source, url, title, day, lang, licence, revision, bytes, score, ...snippetOf(text, pieces) }]
  })
}
