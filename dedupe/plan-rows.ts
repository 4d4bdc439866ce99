/**
 * Which rows a state has once lines are applied, and in which order: of each document the first position is its rank and
 * the latest line its text. Nothing is changed here.
 */
import { type Changes, NO_TEXT } from './changes.ts'
import { type RowTable, rowTable, sameWords } from './columns.ts'
import type { State } from './state.ts'

/** No row. */
export const NONE = 0xffffffff

/** The rows to come, in rank order. */
export interface RowPlan {
  /** Where the words of each come from: an old row, or the number of old rows plus a line. */
  readonly from: Uint32Array
  /** The old row whose decision still holds, since neither letters nor rank changed; else NONE. */
  readonly was: Uint32Array
  readonly firstBatch: Uint32Array
  readonly place: Uint32Array<ArrayBuffer>
}

/** Documents that are placed anew: their ranks, and where their words come from. */
interface Entering {
  readonly ranks: Float64Array
  readonly from: Uint32Array
  count: number
}

/** Batch number and place as one number: exact for 2²¹ batches. */
function rankOf(batch: number, place: number): number {
  return batch * 0x1_0000_0000 + place
}

/**
 * @param firstBatch the number of the first batch of each old row; batches are numbered in the order of their labels
 * @throws RangeError where two documents have one position
 */
export function planRows(state: State, changes: Changes, firstBatch: Uint32Array): RowPlan {
  const groups = groupLines(changes)
  const stays = new Uint32Array(state.count)
  const entering: Entering = {
    ranks: new Float64Array(changes.count),
    from: new Uint32Array(changes.count),
    count: 0,
  }
  for (let row = 0; row < state.count; row++) {
    const head = groups.table.find(state.identity, row)
    stays[row] = head < 0 ? row : oldDocument(state, changes, { row, head, groups, entering, firstBatch })
  }
  for (const head of groups.heads()) {
    if (groups.met[head] === 1 || groups.gone[head] === 1) continue
    enter(entering, lineRank(changes, groups.first[head]!), state.count + groups.latest[head]!)
  }
  return interleave(state, changes, { stays, entering, firstBatch })
}

/** Where the words of an old row come from that lines speak of; NONE where it goes, or moves forward. */
function oldDocument(
  state: State,
  changes: Changes,
  {
    row,
    head,
    groups,
    entering,
    firstBatch,
  }: {
    readonly row: number
    readonly head: number
    readonly groups: Groups
    readonly entering: Entering
    readonly firstBatch: Uint32Array
  },
): number {
  groups.met[head] = 1
  if (groups.gone[head] === 1) return NONE
  const latest = groups.latest[head]!
  const newer = lineRank(changes, latest) >= rankOf(state.textBatch.words[row]!, state.textPlace.words[row]!)
  const from = newer ? state.count + latest : row
  const first = lineRank(changes, groups.first[head]!)
  if (first >= rankOf(firstBatch[row]!, state.place.words[row]!)) return from
  enter(entering, first, from)
  return NONE
}

/** Old rows that stay and documents that enter, merged by rank. */
function interleave(
  state: State,
  changes: Changes,
  {
    stays,
    entering,
    firstBatch,
  }: {
    readonly stays: Uint32Array
    readonly entering: Entering
    readonly firstBatch: Uint32Array
  },
): RowPlan {
  const order = Uint32Array.from({ length: entering.count }, (_, i) => i).sort(
    (a, b) => entering.ranks[a]! - entering.ranks[b]!,
  )
  const kept = stays.reduce((sum, from) => sum + (from === NONE ? 0 : 1), 0)
  const length = kept + entering.count
  const plan = {
    from: new Uint32Array(length),
    was: new Uint32Array(length).fill(NONE),
    firstBatch: new Uint32Array(length),
    place: new Uint32Array(length),
  }
  let filled = 0
  let before = -1
  const append = (rank: number, from: number, was: number) => {
    if (rank === before)
      throw new RangeError(`Two documents have one position: place ${rank % 0x1_0000_0000} of a batch.`)
    before = rank
    plan.from[filled] = from
    plan.was[filled] = was
    plan.firstBatch[filled] = Math.floor(rank / 0x1_0000_0000)
    plan.place[filled++] = rank % 0x1_0000_0000
  }
  let next = 0
  const enterBelow = (bound: number) => {
    for (; next < order.length && entering.ranks[order[next]!]! <= bound; next++) {
      append(entering.ranks[order[next]!]!, entering.from[order[next]!]!, NONE)
    }
  }
  for (let row = 0; row < state.count; row++) {
    const from = stays[row]!
    if (from === NONE) continue
    const rank = rankOf(firstBatch[row]!, state.place.words[row]!)
    enterBelow(rank)
    append(rank, from, hasSameText(state, changes, row, from) ? row : NONE)
  }
  enterBelow(Number.POSITIVE_INFINITY)
  return plan
}

function hasSameText(state: State, changes: Changes, row: number, from: number): boolean {
  if (from === row) return true
  const line = from - state.count
  const size = changes.size.words[line]!
  if (size !== state.size.words[row]) return false
  return size === NO_TEXT || sameWords(state.digest, row, changes.digest, line)
}

function enter(entering: Entering, rank: number, from: number): void {
  entering.ranks[entering.count] = rank
  entering.from[entering.count++] = from
}

function lineRank(changes: Changes, line: number): number {
  return rankOf(changes.batch.words[line]!, changes.place.words[line]!)
}

/** Lines by document; a document stands under its head, the line that was added first. */
interface Groups {
  readonly table: RowTable
  /** Of each head: the line of the lowest position, and of the highest. */
  readonly first: Uint32Array
  readonly latest: Uint32Array
  readonly gone: Uint8Array
  /** Set where the document is in the state already. */
  readonly met: Uint8Array
  heads(): Iterable<number>
}

function groupLines(changes: Changes): Groups {
  const { count } = changes
  const table = rowTable(changes.identity, count)
  const first = new Uint32Array(count)
  const latest = new Uint32Array(count)
  const gone = new Uint8Array(count)
  for (let line = 0; line < count; line++) {
    const head = table.add(line)
    if (changes.gone.words[line] === 1) gone[head] = 1
    if (head === line) first[line] = latest[line] = line
    if (lineRank(changes, line) < lineRank(changes, first[head]!)) first[head] = line
    if (lineRank(changes, line) > lineRank(changes, latest[head]!)) latest[head] = line
  }
  function* heads() {
    for (let line = 0; line < count; line++) if (table.find(changes.identity, line) === line) yield line
  }
  return { table, first, latest, gone, met: new Uint8Array(count), heads }
}
