/**
 * Applies lines to a state, in place, column by column. Decisions that hold stay; rows that must be decided anew are
 * left PENDING for `resolve.ts`.
 */
import { type Changes, NO_TEXT } from './changes.ts'
import { gathered } from './columns.ts'
import { NONE, planRows, type RowPlan } from './plan-rows.ts'
import { ABSENT, MOST_ROWS, PENDING, type State } from './state.ts'

/** Empties `changes`. @throws RangeError where two documents have one position: the state is then of no further use */
export function mergeChanges(state: State, changes: Changes): void {
  const labels = [...new Set([...state.batches, ...changes.batches.keys()])].toSorted((a, b) => (a < b ? -1 : 1))
  const numberOf = new Map(labels.map((label, number) => [label, number]))
  const numbers = (names: Iterable<string>) => Uint32Array.from(names, (label) => numberOf.get(label) ?? NONE)
  const oldNumbers = numbers(state.batches)
  renumber(state.textBatch.words, state.count, oldNumbers)
  renumber(changes.batch.words, changes.count, numbers(changes.batches.keys()))

  const plan = planRows(state, changes, firstBatches(state, oldNumbers))
  if (plan.from.length > MOST_ROWS) throw new RangeError(`A state cannot hold ${plan.from.length} documents.`)
  const link = survivingLinks(state, plan)
  const intersection = plan.was.map((row) => (row === NONE ? 0 : state.intersection.words[row]!))
  gatherColumns(state, changes, plan)
  for (let row = 0; row < link.length; row++) if (state.size.words[row] === NO_TEXT) link[row] = ABSENT
  state.link = { width: 1, words: link }
  state.intersection = { width: 1, words: new Uint32Array(intersection) }
  nameBatches(state, labels, plan.firstBatch)
}

function gatherColumns(state: State, changes: Changes, { from, place }: RowPlan): void {
  const rows = state.count
  // The widest first, while the least of the others lies in memory twice.
  state.keys = gathered(state.keys, rows, changes.keys, from)
  state.identity = gathered(state.identity, rows, changes.identity, from)
  state.digest = gathered(state.digest, rows, changes.digest, from)
  state.size = gathered(state.size, rows, changes.size, from)
  state.textBatch = gathered(state.textBatch, rows, changes.batch, from)
  state.textPlace = gathered(state.textPlace, rows, changes.place, from)
  state.place = { width: 1, words: place }
  state.count = from.length
  changes.gone.words = new Uint32Array(0)
  changes.batches.clear()
  changes.count = 0
}

/** The links of rows that keep their decision, by new rows; where the owner does not keep its own, PENDING. */
function survivingLinks(state: State, { was }: RowPlan): Uint32Array<ArrayBuffer> {
  const rowNow = new Uint32Array(state.count).fill(PENDING)
  for (let row = 0; row < was.length; row++) if (was[row] !== NONE) rowNow[was[row]!] = row
  const links = new Uint32Array(was.length)
  for (let row = 0; row < was.length; row++) {
    const link = was[row] === NONE ? PENDING : state.link.words[was[row]!]!
    links[row] = link < state.count ? rowNow[link]! : link
  }
  return links
}

/** Keeps the labels that a row names, and finds where each batch's rows start. */
function nameBatches(state: State, labels: readonly string[], firstBatch: Uint32Array): void {
  const named = new Uint8Array(labels.length)
  for (let row = 0; row < state.count; row++) named[firstBatch[row]!] = named[state.textBatch.words[row]!] = 1
  state.batches = labels.filter((_, number) => named[number] === 1)
  let next = 0
  const numbers = Uint32Array.from(labels, (_, number) => (named[number] === 1 ? next++ : NONE))
  renumber(state.textBatch.words, state.count, numbers)
  state.starts = new Uint32Array(state.batches.length).fill(state.count)
  for (let row = state.count - 1; row >= 0; row--) state.starts[numbers[firstBatch[row]!]!] = row
  // A batch in which no document appeared first starts where the next one does.
  for (let batch = state.starts.length - 2; batch >= 0; batch--) {
    state.starts[batch] = Math.min(state.starts[batch]!, state.starts[batch + 1]!)
  }
}

function firstBatches(state: State, numbers: Uint32Array): Uint32Array {
  const batches = new Uint32Array(state.count)
  for (let batch = 0; batch < numbers.length; batch++) {
    batches.fill(numbers[batch]!, state.starts[batch], state.starts[batch + 1] ?? state.count)
  }
  return batches
}

function renumber(words: Uint32Array, count: number, numbers: Uint32Array): void {
  for (let row = 0; row < count; row++) words[row] = numbers[words[row]!]!
}
