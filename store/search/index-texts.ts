/** Texts enter the search index when they are first stored, and leave it when they are taken down. */
import { sql, type Transaction } from 'kysely'
import type { Database } from '../schema.ts'
import { type Builder, createBuilder, type Posting } from './builder.ts'
import { mergeSegments, SEARCH_LOCK, WIDEST_SEGMENT } from './merge.ts'
import { decodePlaces, encodePlaces, without } from './places.ts'
import { insertPostings, type Segment, writeSegment } from './segment.ts'
import { type Term, termsOf } from './terms.ts'

export interface StoredText {
  /** Of the row of `text`. */
  readonly id: number
  /** In NFC, as cleaning leaves it. */
  readonly body: string
}

/**
 * Adds texts that are not in the index, in groups of any size; called once a transaction, at its end. Ids within a group
 * may come in any order; a group whose ids do not follow those before begins a segment of its own.
 */
export async function indexTexts(
  trx: Transaction<Database>,
  groups: Iterable<readonly StoredText[]> | AsyncIterable<readonly StoredText[]>,
): Promise<void> {
  let builder = createBuilder()
  for await (const group of groups) {
    for (const { id, body } of group.toSorted((a, b) => a.id - b.id)) {
      if (!takes(builder, id)) {
        await write(trx, builder)
        builder = createBuilder()
      }
      builder.add(id, body)
    }
  }
  await write(trx, builder)
  await mergeSegments(trx)
}

/** Texts of a segment that is made in memory: 40 MB of postings. */
const MOST_AT_ONCE = 65_536

function takes(builder: Builder, id: number): boolean {
  const { texts, first, last } = builder
  return texts === 0 || (texts < MOST_AT_ONCE && id > last && id - first < WIDEST_SEGMENT)
}

async function write(trx: Transaction<Database>, builder: Builder): Promise<void> {
  if (builder.texts > 0) await writeSegment(trx, builder, builder.postings())
}

const TERMS_AT_ONCE = 500

/**
 * Removes texts so that no posting names them any more: those of their terms are written anew without them. `texts` are
 * given with their bodies, which say what the terms are. Waits for a merge that is under way.
 */
export async function removeFromIndex(trx: Transaction<Database>, texts: readonly StoredText[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(${SEARCH_LOCK}::bigint)`.execute(trx)
  const ids = texts.map(({ id }) => id)
  const { rows: segments } = await sql<Segment>`
    select id, first, last, texts from search_segment
    where exists (select from unnest(${ids}::bigint[]) as text (id) where text.id between first and last)`.execute(trx)
  const terms = new Set<Term>()
  for (const { body } of texts) for (const term of termsOf(body)) terms.add(term)
  for (const segment of segments) {
    const gone = new Set(ids.map((id) => id - segment.first))
    const found = new Set<number>()
    const all = [...terms].sort((a, b) => a - b)
    for (let at = 0; at < all.length; at += TERMS_AT_ONCE)
      await removePlaces(trx, segment, all.slice(at, at + TERMS_AT_ONCE), gone, found)
    await shrink(trx, segment, found.size)
  }
}

/** Adds to `found` the places that were there. */
async function removePlaces(
  trx: Transaction<Database>,
  segment: Segment,
  terms: readonly Term[],
  gone: ReadonlySet<number>,
  found: Set<number>,
): Promise<void> {
  const rows = await trx
    .selectFrom('search_posting')
    .selectAll()
    .where('segment_id', '=', segment.id)
    .where(sql<boolean>`term = any(${terms}::int[])`)
    .execute()
  const changed: Posting[] = []
  for (const { term, texts, places } of rows) {
    const before = decodePlaces(places, texts)
    const left = without(before, gone)
    if (left.length === before.length) continue
    for (const place of before) if (gone.has(place)) found.add(place)
    changed.push({ term, texts: left.length, places: encodePlaces(left) })
  }
  await sql`
    delete from search_posting
    where segment_id = ${segment.id} and term = any(${changed.map(({ term }) => term)}::int[])`.execute(trx)
  await insertPostings(
    trx,
    segment.id,
    changed.filter(({ texts }) => texts > 0),
  )
}

async function shrink(trx: Transaction<Database>, { id, texts }: Segment, by: number): Promise<void> {
  if (by < texts)
    await trx
      .updateTable('search_segment')
      .set({ texts: texts - by })
      .where('id', '=', id)
      .execute()
  else await trx.deleteFrom('search_segment').where('id', '=', id).execute()
}
