/**
 * Decides rows in rank order: keep(v) ⇔ no kept u of lower rank with edge(u, v); owner(v) is the lowest-ranked such u.
 * The recursion descends rank, so the answer is the lexicographically first maximal independent set and depends on
 * texts and ranks alone. Only rows that are PENDING, and those that their decisions can flip, are looked at.
 */
import { buildBandIndex, rowsAbove } from './band-index.ts'
import { freshPartners, type Limits, NEXT, partners, type Search, shinglesOf } from './candidates.ts'
import { isCopy } from './copies.ts'
import { similarIntersection } from './jaccard.ts'
import { type RowSet, rowSet } from './row-set.ts'
import type { ShingleSets } from './shingle-sets.ts'
import { ABSENT, KEPT, PENDING, type State } from './state.ts'

/** How many rows were decided, and pairs compared. */
export interface Resolved {
  decided: number
  compared: number
}

interface Pass extends Search {
  /** Rows that are no copies and have shingles, and those of them whose keys the index holds. */
  readonly members: RowSet
  wanted: RowSet
  /** The highest row that was decided before: above it a new kept row can flip nothing. */
  readonly lastDecided: number
  readonly ownedBy: (row: number) => Iterable<number>
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
    const [own, others] = await shinglesOf(pass, row, other, () => candidates.slice(i, i + NEXT))
    pass.resolved.compared++
    const intersection = similarIntersection(own, others, pass.state.config.perMille)
    if (intersection >= 0) return { row: other, intersection }
  }
  return before === PENDING ? null : 'same'
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
