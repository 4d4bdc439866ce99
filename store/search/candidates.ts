/**
 * The texts that may match a query, newest first: every one that does is among them. A text is the newer the later it was
 * stored. Segments are read as they are needed, so that a common word costs little and a rare one one look into each.
 */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'
import type { Query } from './query.ts'
import {
  countsBySegment,
  type Lookups,
  lookupsOf,
  placesOf,
  rangesOfLookups,
  rangesToRead,
  readingOf,
  termsOfLookups,
} from './reading.ts'
import { countRanges, countTexts, readPostings, type Segment } from './segment.ts'

/** Texts of the segments that are looked into first; then twice as many, and so on. */
const TEXTS_AT_FIRST = 65_536

/**
 * Ids of texts, descending, in groups of any size. Read in one transaction of isolation `repeatable read`: a merge that ends
 * between two of its statements would hide texts.
 *
 * @param through no id above it
 */
export async function* candidateTexts(
  db: Kysely<Database>,
  query: Query,
  through: number,
): AsyncIterable<readonly number[]> {
  const lookups = lookupsOf(query)
  const segments = await db
    .selectFrom('search_segment')
    .selectAll()
    .where('first', '<=', through)
    .orderBy('last', 'desc')
    .orderBy('id')
    .execute()
  let waiting: number[] = []
  let target = TEXTS_AT_FIRST
  for (let at = 0; at < segments.length; target *= 2) {
    const batch = firstOf(segments.slice(at), target)
    at += batch.length
    const found = await textsOf(db, lookups, batch)
    const unread = segments[at]?.last ?? Number.NEGATIVE_INFINITY
    waiting = [...new Set([...waiting, ...found])].filter((id) => id <= through).sort((a, b) => b - a)
    // What is still unread may hold ids in between, where transactions ran at once.
    const known = waiting.findLastIndex((id) => id > unread) + 1
    if (known > 0) yield waiting.slice(0, known)
    waiting = waiting.slice(known)
  }
}

/** The first segments that have together so many texts; at least one. */
function firstOf(segments: readonly Segment[], target: number): readonly Segment[] {
  let texts = 0
  const end = segments.findIndex((segment) => {
    texts += segment.texts
    return texts >= target
  })
  return end === -1 ? segments : segments.slice(0, end + 1)
}

async function textsOf(db: Kysely<Database>, lookups: Lookups, segments: readonly Segment[]): Promise<number[]> {
  const counts = countsBySegment(
    await countTexts(db, segments, termsOfLookups(lookups)),
    await countRanges(db, segments, rangesOfLookups(lookups)),
  )
  const readings = segments.map((segment) => ({ segment, reading: readingOf(lookups, segment, counts(segment)) }))
  const wanted = readings.flatMap(({ segment, reading }) =>
    rangesToRead(reading).map((range) => ({ ...range, segment: segment.id })),
  )
  const found = Map.groupBy(await readPostings(db, wanted), ({ segment }) => segment)
  return readings.flatMap(({ segment, reading }) =>
    Array.from(placesOf(reading, segment, found.get(segment.id) ?? []), (place) => place + segment.first),
  )
}
