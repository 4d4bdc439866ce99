/**
 * What deduplication knows between nights: a row a document in rank order, and the decision on each. The same lines of
 * batches give the same state, whatever the order and the portions in which they were applied.
 */
import type { Position } from './changes.ts'
import { type Column, column } from './columns.ts'
import { checkDeduplication, type Deduplication } from './config.ts'
import { FINGERPRINT_WORDS } from './letters.ts'

/** Links that are no row: kept, without text, not decided yet. */
export const KEPT = 0xffffffff
export const ABSENT = 0xfffffffe
export const PENDING = 0xfffffffd

/** Most documents of a state, so that places in the band index are 32 bits. */
export const MOST_ROWS = 2 ** 26

export interface State {
  readonly config: Deduplication
  /** Labels in ascending order: those that a row names. */
  batches: readonly string[]
  /** Row of the first document that first appeared in each batch; its end is the next one's start, or the count. */
  starts: Uint32Array
  count: number
  /** 96 bits of the SHA-256 of the document's id. */
  identity: Column
  /** Place in the batch where the document first appeared. */
  place: Column
  /** Where its latest line lies. */
  textBatch: Column
  textPlace: Column
  /** Fingerprint of its letters, number of shingles (0: compared exactly only), keys of its bands: the signature. */
  digest: Column
  size: Column
  keys: Column
  /** KEPT, ABSENT, or the row of its owner: of an exact copy the lowest row with the same letters, kept or not. */
  link: Column
  /** Shingles shared with the owner of a near-duplicate, else 0. */
  intersection: Column
}

/** A state without documents. @throws RangeError where the config cannot be used. */
export function createState(config: Deduplication): State {
  checkDeduplication(config)
  return {
    config,
    batches: [],
    starts: new Uint32Array(0),
    count: 0,
    identity: column(FINGERPRINT_WORDS),
    place: column(1),
    textBatch: column(1),
    textPlace: column(1),
    digest: column(FINGERPRINT_WORDS),
    size: column(1),
    keys: column(config.bands),
    link: column(1),
    intersection: column(1),
  }
}

/** The columns in the order in which they are written. */
export function columnsOf(state: State): readonly Column[] {
  const { identity, place, textBatch, textPlace, digest, size, keys, link, intersection } = state
  return [identity, place, textBatch, textPlace, digest, size, keys, link, intersection]
}

/** What was decided of a document that has a text. */
export interface Decision {
  /** Rows are ranks: the order of first appearance. */
  readonly row: number
  readonly first: Position
  readonly text: Position
  /** The kept document it was verified against; null where it is kept itself. */
  readonly owner: { readonly row: number; readonly first: Position; readonly text: Position } | null
  /** Of the sets of shingles; 1 of 1 where equal texts have too few, and 0 of 0 where the document is kept. */
  readonly intersection: number
  readonly union: number
}

/** All documents that have a text, in rank order. */
export function* decisions(state: State): Iterable<Decision> {
  const { size, link } = state
  for (let batch = 0; batch < state.batches.length; batch++) {
    const end = state.starts[batch + 1] ?? state.count
    for (let row = state.starts[batch]!; row < end; row++) {
      if (link.words[row] === ABSENT) continue
      const own = { row, first: { batch: state.batches[batch]!, place: state.place.words[row]! } }
      const text = textPosition(state, row)
      const to = link.words[row]!
      if (to === KEPT) {
        yield { ...own, text, owner: null, intersection: 0, union: 0 }
        continue
      }
      // An exact copy shares the fate of the lowest document with its letters.
      const copy = state.intersection.words[row] === 0
      const ownerRow = copy && link.words[to] !== KEPT ? link.words[to]! : to
      const owner = { row: ownerRow, first: firstPosition(state, ownerRow), text: textPosition(state, ownerRow) }
      if (ownerRow === to && copy) {
        const letters = size.words[row]! || 1
        yield { ...own, text, owner, intersection: letters, union: letters }
        continue
      }
      const intersection = state.intersection.words[copy ? to : row]!
      yield { ...own, text, owner, intersection, union: size.words[row]! + size.words[ownerRow]! - intersection }
    }
  }
}

/** Where the latest text of a row lies. */
export function textPosition({ batches, textBatch, textPlace }: State, row: number): Position {
  return { batch: batches[textBatch.words[row]!] ?? '', place: textPlace.words[row]! }
}

/** Where the document of a row first appeared: its rank. */
function firstPosition({ batches, starts, place }: State, row: number): Position {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (starts[middle]! <= row) low = middle
    else high = middle - 1
  }
  return { batch: batches[low] ?? '', place: place.words[row]! }
}
