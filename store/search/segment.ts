/** Segments of the search index as rows: written once, read by term. What is in them is builder.ts's, when they merge merge.ts's. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../schema.ts'
import type { Posting } from './builder.ts'
import { decodePlaces, type Places } from './places.ts'
import type { Term } from './terms.ts'

export interface Segment {
  readonly id: number
  /** Ids of texts: all of the segment's lie between them. */
  readonly first: number
  readonly last: number
  readonly texts: number
}

const BYTES_A_STATEMENT = 1 << 20
const ROWS_A_STATEMENT = 20_000

export async function writeSegment(
  trx: Transaction<Database>,
  segment: Omit<Segment, 'id'>,
  postings: Iterable<Posting> | AsyncIterable<Posting>,
): Promise<void> {
  const { first, last, texts } = segment
  const { id } = await trx
    .insertInto('search_segment')
    .values({ first, last, texts })
    .returning('id')
    .executeTakeFirstOrThrow()
  let some: Posting[] = []
  let bytes = 0
  for await (const posting of postings) {
    some.push(posting)
    bytes += posting.places.length
    if (bytes < BYTES_A_STATEMENT && some.length < ROWS_A_STATEMENT) continue
    await insertPostings(trx, id, some)
    some = []
    bytes = 0
  }
  await insertPostings(trx, id, some)
}

/** The bytes go as one value, cut apart there: values of their own would be sent as hexadecimal. */
export async function insertPostings(
  trx: Transaction<Database>,
  id: number,
  postings: readonly Posting[],
): Promise<void> {
  if (postings.length === 0) return
  const places = Buffer.concat(postings.map((posting) => posting.places))
  await sql`
    insert into search_posting (segment_id, term, texts, places)
    select ${id}::int, term, texts, substring(${places}::bytea from (ends - length + 1)::int for length)
    from (select *, sum(length) over (order by ord) as ends
      from unnest(${postings.map(({ term }) => term)}::int[], ${postings.map(({ texts }) => texts)}::int[],
                  ${postings.map((posting) => posting.places.length)}::int[])
        with ordinality as posting (term, texts, length, ord)) as posting
    order by ord`.execute(trx)
}

export interface Counted {
  readonly segment_id: number
  readonly term: Term
  readonly texts: number
}

/** How many texts of each segment hold each term. */
export async function countTexts(
  db: Kysely<Database>,
  segments: readonly Segment[],
  terms: readonly Term[],
): Promise<readonly Counted[]> {
  if (terms.length === 0 || segments.length === 0) return []
  const { rows } = await sql<Counted>`
    select segment_id, term, texts from search_posting
    where segment_id = any(${segments.map(({ id }) => id)}::int[]) and term = any(${terms}::int[])`.execute(db)
  return rows
}

/** The sums, over the terms from one to another, of how many texts of a segment hold them. */
export async function countRanges(
  db: Kysely<Database>,
  segments: readonly Segment[],
  ranges: readonly TermRange[],
): Promise<readonly Counted[]> {
  if (ranges.length === 0 || segments.length === 0) return []
  const { rows } = await sql<Counted>`
    select segment.id as segment_id, range.low as term,
      (select coalesce(sum(texts), 0) from search_posting
       where segment_id = segment.id and term between range.low and range.high)::float8 as texts
    from unnest(${segments.map(({ id }) => id)}::int[]) as segment (id),
      unnest(${ranges.map(({ from }) => from)}::int[], ${ranges.map(({ to }) => to)}::int[]) as range (low, high)
    `.execute(db)
  return rows
}

export interface TermRange {
  readonly from: Term
  readonly to: Term
}

/** Terms of a segment, from one to another. */
export interface Wanted extends TermRange {
  readonly segment: number
}

export interface Found {
  readonly segment: number
  readonly term: Term
  readonly places: Places
}

export async function readPostings(db: Kysely<Database>, wanted: readonly Wanted[]): Promise<readonly Found[]> {
  if (wanted.length === 0) return []
  const { rows } = await sql<Database['search_posting']>`
    select segment_id, term, texts, places
    from unnest(${wanted.map(({ segment }) => segment)}::int[], ${wanted.map(({ from }) => from)}::int[],
                ${wanted.map(({ to }) => to)}::int[]) as wanted (segment, low, high)
    join search_posting on segment_id = segment and term between low and high`.execute(db)
  return rows.map(({ segment_id, term, texts, places }) => ({
    segment: segment_id,
    term,
    places: decodePlaces(places, texts),
  }))
}
