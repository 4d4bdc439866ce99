/**
 * The shingle sets of rows that are compared, made from texts that the caller is asked for in groups; a bounded number
 * of them stays in memory. Which are needed is left to `resolve.ts`.
 */
import type { Position } from './changes.ts'
import { sameWords } from './columns.ts'
import { fingerprint, lettersOf } from './letters.ts'
import { shinglesOf } from './shingles.ts'
import { type State, textPosition } from './state.ts'

/** The clean texts at these positions, in their order, which is ascending by batch and place. */
export type ReadTexts = (positions: readonly Position[]) => AsyncIterable<string> | Iterable<string>

export interface ShingleSets {
  readonly texts: number
  get(row: number): Uint32Array | undefined
  /** Makes the sets of these rows available; others may go. */
  load(rows: readonly number[]): Promise<void>
}

/** @param most shingles to hold, at 4 bytes each; what one call to `load` asks for is held even beyond it */
export function shingleSets(state: State, read: ReadTexts, most: number): ShingleSets {
  const sets = new Map<number, Uint32Array>()
  let held = 0
  let texts = 0
  const makeRoom = (needed: number, wanted: ReadonlySet<number>) => {
    for (const [row, set] of sets) {
      if (held + needed <= most) return
      if (wanted.has(row)) continue
      sets.delete(row)
      held -= set.length
    }
  }
  return {
    get texts() {
      return texts
    },
    get: (row) => sets.get(row),
    async load(rows) {
      const wanted = new Set(rows)
      const missing = [...wanted].filter((row) => !sets.has(row)).sort((a, b) => byPosition(state, a, b))
      makeRoom(
        missing.reduce((sum, row) => sum + state.size.words[row]!, 0),
        wanted,
      )
      let next = 0
      for await (const text of read(missing.map((row) => textPosition(state, row)))) {
        const row = missing[next++]
        if (row === undefined) throw new RangeError(`More texts were read than the ${missing.length} asked for.`)
        const set = verifiedSet(state, row, text)
        sets.set(row, set)
        held += set.length
        texts++
      }
      if (next < missing.length) throw new RangeError(`Of ${missing.length} texts asked for, ${next} were read.`)
    },
  }
}

/** @throws RangeError where the text is not the one whose signature the state holds */
function verifiedSet(state: State, row: number, text: string): Uint32Array {
  const letters = lettersOf(text)
  if (!sameWords({ width: state.digest.width, words: fingerprint(letters) }, 0, state.digest, row)) {
    const { batch, place } = textPosition(state, row)
    throw new RangeError(`The text at place ${place} of batch ${batch} is not the one that was signed.`)
  }
  return shinglesOf(letters, state.config.shingle)
}

function byPosition({ textBatch, textPlace }: State, a: number, b: number): number {
  return textBatch.words[a]! - textBatch.words[b]! || textPlace.words[a]! - textPlace.words[b]!
}
