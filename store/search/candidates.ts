/**
 * The texts that may match a query, newest first: every one that does is among them. A text is the newer the later it was
 * stored. Segments are read as they are needed, so that a common word costs little and a rare one one look into each.
 */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'
import type { Places } from './places.ts'
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
const IDS_AT_ONCE = 2_000

/**
 * Ids of texts, descending, in groups of at most 2,000. Read in one transaction of isolation `repeatable read`: a merge that ends
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
  let waiting = new Float64Array(0)
  let target = TEXTS_AT_FIRST
  for (let at = 0; at < segments.length; target *= 2) {
    const batch = firstOf(segments.slice(at), target)
    at += batch.length
    waiting = ascending([waiting, ...(await textsOf(db, lookups, batch))])
    // What is still unread may hold ids in between, where transactions ran at once.
    const unread = segments[at]?.last ?? Number.NEGATIVE_INFINITY
    let end = waiting.findLastIndex((id) => id <= through) + 1
    const known = waiting.findLastIndex((id) => id <= unread) + 1
    for (; end > known; end -= IDS_AT_ONCE)
      yield [...waiting.subarray(Math.max(known, end - IDS_AT_ONCE), end)].reverse()
    waiting = waiting.slice(0, known)
  }
}

/** Ids of several lists, each once. */
function ascending(lists: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const list of lists.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))) {
    all.set(list, at)
    at += list.length
  }
  let i = 1
  while (i < all.length && (all[i] ?? 0) > (all[i - 1] ?? 0)) i++
  if (i >= all.length) return all
  // Segments of transactions that ran at once lie across each other.
  return all.sort().filter((id, index) => index === 0 || id !== all[index - 1])
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

/** Of each segment, ascending. */
async function textsOf(
  db: Kysely<Database>,
  lookups: Lookups,
  segments: readonly Segment[],
): Promise<readonly Float64Array[]> {
  const counts = countsBySegment(
    await countTexts(db, segments, termsOfLookups(lookups)),
    await countRanges(db, segments, rangesOfLookups(lookups)),
  )
  const readings = segments.map((segment) => ({ segment, reading: readingOf(lookups, segment, counts(segment)) }))
  const wanted = readings.flatMap(({ segment, reading }) =>
    rangesToRead(reading).map((range) => ({ ...range, segment: segment.id })),
  )
  const found = Map.groupBy(await readPostings(db, wanted), ({ segment }) => segment)
  return readings.map(({ segment, reading }) =>
    idsOf(placesOf(reading, segment, found.get(segment.id) ?? []), segment.first),
  )
}

function idsOf(places: Places, first: number): Float64Array {
  const ids = new Float64Array(places)
  for (let i = 0; i < ids.length; i++) ids[i] = (ids[i] ?? 0) + first
  return ids
}
