/** A portion of work applied to the state: rows merged, copies collapsed, the rest decided. The way in for a caller. */
import type { Changes } from './changes.ts'
import { collapseCopies } from './copies.ts'
import { mergeChanges } from './merge.ts'
import { type Resolved, resolve } from './resolve.ts'
import { type ReadTexts, shingleSets } from './shingle-sets.ts'
import type { State } from './state.ts'

/** Shingles held while pairs are compared: 128 MB. */
const HELD = 2 ** 25

/** Kept rows with one band key from which on they are searched by their rarest shingles. */
const CROWD = 1_000

export interface Applied extends Resolved {
  /** Texts that were read to compare them. */
  readonly read: number
}

/**
 * Brings the state to where the lines lead, in place; `changes` is empty afterwards. Any order and portions of the same
 * lines lead to the same state. A call that throws leaves a state that is of no further use: load it again.
 * @param held most shingles to hold in memory, 4 bytes each; half of that is read in one group
 * @param crowd kept documents with one band key from which on not all are compared; it changes no decision
 * @throws RangeError where two documents have one position, or a text read is not the one that was signed
 */
export async function applyChanges(
  state: State,
  changes: Changes,
  read: ReadTexts,
  { held = HELD, crowd = CROWD }: { readonly held?: number; readonly crowd?: number } = {},
): Promise<Applied> {
  mergeChanges(state, changes)
  collapseCopies(state)
  const sets = shingleSets(state, read, held)
  const resolved = await resolve(state, sets, { group: held / 2, crowd })
  return { ...resolved, read: sets.texts }
}
