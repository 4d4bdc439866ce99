/**
 * Which kept rows a row is compared with, and the shingle sets to compare them by, read in large groups. It decides
 * nothing: what is left out cannot be similar.
 */
import { type BandIndex, keptBelow, keptRows, likelyPartners, sharesKey } from './band-index.ts'
import { type Crowd, createCrowd } from './crowd.ts'
import type { RowSet } from './row-set.ts'
import type { ShingleSets } from './shingle-sets.ts'
import type { State } from './state.ts'

/** Rows of a bucket that are looked at before their turn, to read their texts in one group with others. */
const AHEAD = 64
/** Rows to be compared next that are read with one that is missing. */
export const NEXT = 4_096
/** Shingles of a crowd by which it tells frequent ones from rare ones: those of some thousand pages. */
const SAMPLED = 2 ** 20

export interface Limits {
  /** Shingles to read in one group. */
  readonly group: number
  /** Kept rows of a bucket from which on it is searched as a crowd. */
  readonly crowd: number
}

/** What a search goes by; the pass of `resolve.ts` moves it on. */
export interface Search {
  readonly state: State
  readonly sets: ShingleSets
  readonly limits: Limits
  index: BandIndex
  /** By bucket of the index. */
  readonly crowds: Map<number, Crowd>
  /** Rows still to be decided, and rows that are kept now and were not before. */
  readonly dirty: RowSet
  readonly fresh: RowSet
  /** Rows below were looked at ahead of their turn. */
  readAhead: number
}

/** Rows that were kept since a row was decided, below its owner. */
export function freshPartners({ index, fresh }: Search, row: number, before: number): readonly number[] {
  const { found } = keptBelow(index, row, Number.POSITIVE_INFINITY)
  return found.filter((other) => other < before && fresh.has(other))
}

/** Kept rows that can be similar, ascending. */
export async function partners(search: Search, row: number): Promise<readonly number[]> {
  const { found, crowded } = keptBelow(search.index, row, search.limits.crowd)
  if (crowded.length === 0) return found
  const rows = new Set(found)
  for (const bucket of crowded) {
    const crowd = await crowdOf(search, bucket)
    const [own] = await shinglesOf(search, row, row, () => [])
    for (const other of crowd.partners(own)) if (sharesKey(search.index, row, other)) rows.add(other)
  }
  return [...rows].sort((a, b) => a - b)
}

/** The crowd of a bucket, with all rows that it keeps by now. */
async function crowdOf(search: Search, bucket: number): Promise<Crowd> {
  const kept = keptRows(search.index, bucket)
  let crowd = search.crowds.get(bucket)
  if (crowd === undefined) {
    const sample = sampleOf(search.state, kept)
    await search.sets.load(sample)
    const sets = sample.map((row) => held(search, row))
    crowd = createCrowd(sets, search.state.config.perMille)
    search.crowds.set(bucket, crowd)
  }
  while (crowd.size < kept.length) {
    const indexed = crowd.size
    const row = kept[indexed]!
    const [shingles] = await shinglesOf(search, row, row, () => [...kept.subarray(indexed, indexed + NEXT)])
    crowd.add(row, shingles)
  }
  return crowd
}

/** The first of some rows: at least one. */
function sampleOf({ size }: State, rows: Uint32Array): readonly number[] {
  let left = SAMPLED
  return [...rows].filter((row, i) => {
    left -= size.words[row]!
    return i === 0 || left > 0
  })
}

/** The sets of two rows; where one is missing, others are read with it that are wanted next. */
export async function shinglesOf(
  search: Search,
  row: number,
  other: number,
  next: () => readonly number[],
): Promise<readonly [Uint32Array, Uint32Array]> {
  const there = [search.sets.get(row), search.sets.get(other)] as const
  if (there[0] !== undefined && there[1] !== undefined) return [there[0], there[1]]
  await search.sets.load(group(search, row, [other, ...next()]))
  return [held(search, row), held(search, other)]
}

function held({ sets }: Search, row: number): Uint32Array {
  const shingles = sets.get(row)
  if (shingles === undefined) throw new Error(`The shingles of row ${row} were read and are not there.`)
  return shingles
}

/** Rows to read now: those of this comparison, and those that rows ahead will be compared with, within the group. */
function group(search: Search, row: number, candidates: readonly number[]): readonly number[] {
  const { state, sets, dirty, index } = search
  const rows = new Set<number>()
  let shingles = 0
  const take = (wanted: number) => {
    if (rows.has(wanted) || (rows.size > 1 && shingles >= search.limits.group)) return
    rows.add(wanted)
    if (sets.get(wanted) === undefined) shingles += state.size.words[wanted]!
  }
  take(row)
  candidates.forEach(take)
  if (row < search.readAhead) return [...rows]
  const look = { decided: row, ahead: AHEAD, most: search.limits.crowd }
  let next = dirty.next(row + 1)
  for (; next >= 0 && shingles < search.limits.group; next = dirty.next(next + 1)) {
    const partners = state.size.words[next] === 0 ? [] : likelyPartners(index, next, look)
    if (partners.length === 0) continue
    take(next)
    partners.forEach(take)
  }
  search.readAhead = next < 0 ? state.count : next
  return [...rows]
}
