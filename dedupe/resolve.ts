/**
 * Decides rows in rank order: keep(v) ⇔ no kept u of lower rank with edge(u, v); owner(v) is the lowest-ranked such u.
 * The recursion descends rank, so the answer is the lexicographically first maximal independent set and depends on
 * texts and ranks alone. Only rows that are PENDING, and those that their decisions can flip, are looked at.
 */
import {
  type BandIndex,
  buildBandIndex,
  keptBelow,
  keptRows,
  likelyPartners,
  rowsAbove,
  sharesKey,
} from './band-index.ts'
import { isCopy } from './copies.ts'
import { type Crowd, createCrowd } from './crowd.ts'
import { similarIntersection } from './jaccard.ts'
import { type RowSet, rowSet } from './row-set.ts'
import type { ShingleSets } from './shingle-sets.ts'
import { ABSENT, KEPT, PENDING, type State } from './state.ts'

/** Rows of a bucket that are looked at before their turn, to read their texts in one group with others. */
const AHEAD = 64
/** Rows to be compared next that are read with one that is missing. */
const NEXT = 4_096
/** Rows of a crowd by which it tells frequent shingles from rare ones. */
const SAMPLE = 512

/** How many rows were decided, and pairs compared. */
export interface Resolved {
  decided: number
  compared: number
}

export interface Limits {
  /** Shingles to read in one group. */
  readonly group: number
  /** Kept rows of a bucket from which on it is searched as a crowd. */
  readonly crowd: number
}

interface Pass {
  readonly state: State
  /** Rows that are no copies and have shingles; those whose keys the index holds; the index. */
  readonly members: RowSet
  wanted: RowSet
  index: BandIndex
  readonly sets: ShingleSets
  readonly limits: Limits
  /** By bucket of the index. */
  readonly crowds: Map<number, Crowd>
  /** Rows still to be decided, and rows that were not kept before. */
  readonly dirty: RowSet
  readonly fresh: RowSet
  /** The highest row that was decided before: above it a new kept row can flip nothing. */
  readonly lastDecided: number
  readonly ownedBy: (row: number) => Iterable<number>
  /** Rows below were looked at ahead of their turn. */
  readAhead: number
  readonly resolved: Resolved
}

/** Decides what `copies.ts` left PENDING, and what flips with it. */
export async function resolve(state: State, sets: ShingleSets, limits: Limits): Promise<Resolved> {
  const { link, size, count } = state
  const dirty = rowSet(count)
  const members = rowSet(count)
  const wanted = rowSet(count)
  let lastDecided = -1
  for (let row = 0; row < count; row++) {
    if (link.words[row] === ABSENT) continue
    const pending = link.words[row] === PENDING
    if (pending) dirty.add(row)
    else lastDecided = row
    if (size.words[row] === 0 || isCopy(state, row)) continue
    members.add(row)
    if (pending) wanted.add(row)
  }
  const pass: Pass = {
    state,
    members,
    wanted,
    index: buildBandIndex(state, members, wanted),
    sets,
    limits,
    crowds: new Map(),
    dirty,
    fresh: rowSet(count),
    lastDecided,
    ownedBy: ownership(state),
    readAhead: 0,
    resolved: { decided: 0, compared: 0 },
  }
  for (let row = dirty.next(0); row >= 0; row = dirty.next(row + 1)) {
    const owner = size.words[row] === 0 ? null : await findOwner(pass, row)
    decide(pass, row, owner)
  }
  return pass.resolved
}

interface Owner {
  readonly row: number
  readonly intersection: number
}

/**
 * The lowest kept row with an edge; 'same' where the decision before stands. A row that was decided before is known to
 * have no edge with rows that were kept then, below its owner: only rows newly kept are compared.
 */
async function findOwner(pass: Pass, row: number): Promise<Owner | 'same' | null> {
  const before = pass.state.link.words[row]!
  const candidates = before === PENDING ? await partners(pass, row) : freshPartners(pass, row, before)
  for (const [i, other] of candidates.entries()) {
    const [own, others] = await shinglesOf(pass, row, other, candidates.slice(i, i + NEXT))
    pass.resolved.compared++
    const intersection = similarIntersection(own, others, pass.state.config.perMille)
    if (intersection >= 0) return { row: other, intersection }
  }
  return before === PENDING ? null : 'same'
}

/** Rows that were kept since a row was decided, below its owner. */
function freshPartners({ index, fresh }: Pass, row: number, before: number): readonly number[] {
  const { found } = keptBelow(index, row, Number.POSITIVE_INFINITY)
  return found.filter((other) => other < before && fresh.has(other))
}

/** Kept rows that can be similar, ascending. */
async function partners(pass: Pass, row: number): Promise<readonly number[]> {
  const { found, crowded } = keptBelow(pass.index, row, pass.limits.crowd)
  if (crowded.length === 0) return found
  const rows = new Set(found)
  for (const bucket of crowded) {
    const crowd = await crowdOf(pass, bucket)
    const [own] = await shinglesOf(pass, row, row, [])
    for (const other of crowd.partners(own)) if (sharesKey(pass.index, row, other)) rows.add(other)
  }
  return [...rows].sort((a, b) => a - b)
}

/** The crowd of a bucket, with all rows that it keeps by now. */
async function crowdOf(pass: Pass, bucket: number): Promise<Crowd> {
  const kept = keptRows(pass.index, bucket)
  let crowd = pass.crowds.get(bucket)
  if (crowd === undefined) {
    const sample = [...kept.subarray(0, SAMPLE)]
    await pass.sets.load(sample)
    crowd = createCrowd(
      sample.map((row) => pass.sets.get(row) ?? new Uint32Array(0)),
      pass.state.config.perMille,
    )
    pass.crowds.set(bucket, crowd)
  }
  while (crowd.size < kept.length) {
    const row = kept[crowd.size]!
    const [shingles] = await shinglesOf(pass, row, row, kept.subarray(crowd.size, crowd.size + NEXT))
    crowd.add(row, shingles)
  }
  return crowd
}

/** The sets of two rows; where one is missing, others are read with it that are wanted next. */
async function shinglesOf(
  pass: Pass,
  row: number,
  other: number,
  next: Iterable<number>,
): Promise<readonly [Uint32Array, Uint32Array]> {
  const there = [pass.sets.get(row), pass.sets.get(other)] as const
  if (there[0] !== undefined && there[1] !== undefined) return [there[0], there[1]]
  await pass.sets.load(group(pass, row, [other, ...next]))
  const [own, others] = [pass.sets.get(row), pass.sets.get(other)]
  if (own === undefined || others === undefined)
    throw new Error(`The shingles of rows ${row} and ${other} are not there.`)
  return [own, others]
}

function decide(pass: Pass, row: number, owner: Owner | 'same' | null): void {
  pass.resolved.decided++
  if (owner === 'same') return
  const { link, intersection, size } = pass.state
  const wasKept = link.words[row] === KEPT
  link.words[row] = owner?.row ?? KEPT
  intersection.words[row] = owner?.intersection ?? 0
  if (owner === null) {
    pass.fresh.add(row)
    if (row < pass.lastDecided && size.words[row] !== 0) flipAbove(pass, row)
  } else if (wasKept) orphan(pass, row)
}

/** Rows above a row newly kept may lose their place to it, or get it for a lower owner. */
function flipAbove({ state, index, dirty }: Pass, row: number): void {
  for (const above of rowsAbove(index, row)) {
    const to = state.link.words[above]!
    if (to === KEPT || (to < PENDING && to > row)) dirty.add(above)
  }
}

/** What a row owned that is kept no longer must be decided from nothing, so the index must hold its keys. */
function orphan(pass: Pass, row: number): void {
  let missing = false
  for (const owned of pass.ownedBy(row)) {
    // Its copies go on sharing its fate.
    if (pass.state.link.words[owned] !== row || isCopy(pass.state, owned)) continue
    pass.state.link.words[owned] = PENDING
    pass.dirty.add(owned)
    missing ||= !pass.wanted.has(owned)
  }
  if (!missing) return
  pass.wanted = pass.members
  pass.index = buildBandIndex(pass.state, pass.members, pass.members)
  pass.crowds.clear()
}

/** Rows to read now: those of this comparison, and those that rows ahead will be compared with, within the group. */
function group(pass: Pass, row: number, candidates: readonly number[]): readonly number[] {
  const { state, sets, dirty, index } = pass
  const rows = new Set<number>()
  let shingles = 0
  const take = (wanted: number) => {
    if (rows.has(wanted) || (rows.size > 1 && shingles >= pass.limits.group)) return
    rows.add(wanted)
    if (sets.get(wanted) === undefined) shingles += state.size.words[wanted]!
  }
  take(row)
  candidates.forEach(take)
  if (row < pass.readAhead) return [...rows]
  const look = { decided: row, ahead: AHEAD, most: pass.limits.crowd }
  let next = dirty.next(row + 1)
  for (; next >= 0 && shingles < pass.limits.group; next = dirty.next(next + 1)) {
    const partners = state.size.words[next] === 0 ? [] : likelyPartners(index, next, look)
    if (partners.length === 0) continue
    take(next)
    partners.forEach(take)
  }
  pass.readAhead = next < 0 ? state.count : next
  return [...rows]
}

/** What each row owned before the pass; the lists are made when the first kept row is lost. */
function ownership({ link, count }: State): (row: number) => Iterable<number> {
  let lists: { readonly first: Uint32Array; readonly next: Uint32Array } | null = null
  const make = () => {
    const first = new Uint32Array(count)
    const next = new Uint32Array(count)
    for (let row = count - 1; row >= 0; row--) {
      const owner = link.words[row]!
      if (owner >= count) continue
      next[row] = first[owner]!
      first[owner] = row + 1
    }
    return { first, next }
  }
  return function* (row) {
    lists ??= make()
    for (let owned = lists.first[row]!; owned !== 0; owned = lists.next[owned - 1]!) yield owned - 1
  }
}
