/**
 * Small segments become large ones: as soon as there are eight of one size class (each class eight times the one below)
 * they are written as one, so that years of nights leave a few dozen and each posting is written again a few times only.
 */
import { sql, type Transaction } from 'kysely'
import { readCursor } from '../cursor.ts'
import type { Database } from '../schema.ts'
import type { Posting } from './builder.ts'
import { decodePlaces, encodePlaces } from './places.ts'
import { type Segment, writeSegment } from './segment.ts'

/** A segment of so many texts is not merged again. */
export const FULL_SEGMENT = 262_144
/** Ids of a segment lie within so many, which bounds the bitmaps of a search. */
export const WIDEST_SEGMENT = 2 ** 26
const MERGED_AT_ONCE = 8
/** Whoever merges or removes holds it until the end of its transaction. */
export const SEARCH_LOCK = 7_311_004

/** Merges while there is anything to merge; leaves it to the next where another transaction is at it. */
export async function mergeSegments(trx: Transaction<Database>): Promise<void> {
  const { rows } = await sql<{ alone: boolean }>`
    select pg_try_advisory_xact_lock(${SEARCH_LOCK}::bigint) as alone`.execute(trx)
  if (!rows[0]?.alone) return
  for (;;) {
    const segments = await trx.selectFrom('search_segment').selectAll().orderBy('first').orderBy('id').execute()
    const group = mergeable(segments)
    if (!group) return
    await mergeInto(trx, group)
  }
}

/** Eight segments of a class that lie next to each other, or null. */
export function mergeable(segments: readonly Segment[]): readonly Segment[] | null {
  const small = segments.filter(({ texts }) => texts < FULL_SEGMENT)
  const classes = Map.groupBy(small, ({ texts }) => Math.floor(Math.log2(texts) / Math.log2(MERGED_AT_ONCE)))
  for (const [, members] of [...classes].toSorted(([a], [b]) => a - b)) {
    for (let at = 0; at + MERGED_AT_ONCE <= members.length; at++) {
      const group = members.slice(at, at + MERGED_AT_ONCE)
      if (spanOf(group) < WIDEST_SEGMENT) return group
    }
  }
  return null
}

function spanOf(segments: readonly Segment[]): number {
  return Math.max(...segments.map(({ last }) => last)) - Math.min(...segments.map(({ first }) => first))
}

async function mergeInto(trx: Transaction<Database>, segments: readonly Segment[]): Promise<void> {
  const first = Math.min(...segments.map((segment) => segment.first))
  const last = Math.max(...segments.map((segment) => segment.last))
  const texts = segments.reduce((sum, segment) => sum + segment.texts, 0)
  await writeSegment(trx, { first, last, texts }, mergedPostings(trx, segments, first))
  const ids = segments.map(({ id }) => id)
  await trx.deleteFrom('search_posting').where('segment_id', 'in', ids).execute()
  await trx.deleteFrom('search_segment').where('id', 'in', ids).execute()
}

async function* mergedPostings(
  trx: Transaction<Database>,
  segments: readonly Segment[],
  first: number,
): AsyncIterable<Posting> {
  const shifts = new Map(segments.map((segment) => [segment.id, segment.first - first]))
  let same: Row[] = []
  for await (const row of rowsByTerm(trx, segments)) {
    if (same[0] && same[0].term !== row.term) {
      yield joined(same, shifts)
      same = []
    }
    same.push(row)
  }
  if (same.length > 0) yield joined(same, shifts)
}

type Row = Database['search_posting']

/** Postings of one term in several segments as one. */
function joined(rows: readonly Row[], shifts: ReadonlyMap<number, number>): Posting {
  const shiftOf = (row: Row) => shifts.get(row.segment_id) ?? 0
  const places = new Uint32Array(rows.reduce((sum, row) => sum + row.texts, 0))
  let at = 0
  let sorted = true
  for (const row of rows.toSorted((a, b) => shiftOf(a) - shiftOf(b))) {
    for (const place of decodePlaces(row.places, row.texts)) {
      places[at] = place + shiftOf(row)
      sorted &&= at === 0 || (places[at] ?? 0) > (places[at - 1] ?? 0)
      at++
    }
  }
  // Segments of transactions that ran at once lie across each other.
  if (!sorted) places.sort()
  return { term: rows[0]?.term ?? 0, texts: places.length, places: encodePlaces(places) }
}

/** A cursor of each segment's index, merged by PostgreSQL, so that nothing is sorted. */
function rowsByTerm(trx: Transaction<Database>, segments: readonly Segment[]): AsyncIterable<Row> {
  const each = segments.map(
    ({ id }) => sql`(select * from search_posting where segment_id = ${id} order by segment_id, term)`,
  )
  return readCursor(trx, sql<Row>`${sql.join(each, sql` union all `)} order by term`)
}
