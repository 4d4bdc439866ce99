/**
 * The runs of words that a text repeats, for lengths 2 to 10 in one go. A run of n words repeats only where its first
 * n − 1 do, so each length looks only at what the one before left: in prose almost nothing. Exact: a run is known by the
 * run of its first n − 1 words and its last word, both numbers that equal runs share.
 */
import type { Words } from './words.ts'

export interface RepeatedRun {
  /** Code units in all occurrences of the most frequent run (of several the longest), if it occurs twice; else 0. */
  readonly top: number
  /** Code units in runs that came before; counting goes on behind such a run, so that no word counts twice. */
  readonly duplicate: number
}

const LONGEST = 10
const NONE: RepeatedRun = { top: 0, duplicate: 0 }

/** Where runs of some length begin that occur at least twice, in order, and a number for each that equal runs share. */
interface Candidates {
  readonly at: Int32Array
  readonly run: Int32Array
}

/** By the number of words in a run, 2 to 10. The counting is Gopher's (Rae et al. 2021, arXiv:2112.11446, A.1.1). */
export function repeatedRuns(words: Words): readonly RepeatedRun[] {
  const byLength: RepeatedRun[] = [NONE, NONE]
  let candidates = repeatedWords(words)
  for (let n = 2; n <= LONGEST; n++) {
    if (candidates.at.length === 0) {
      byLength.push(NONE)
      continue
    }
    const { runs, counts } = longerRuns(words, candidates, n)
    byLength.push({ top: unitsOfTop(words, runs, counts, n), duplicate: unitsOfDuplicates(words, runs, counts, n) })
    candidates = only(runs, (run) => counts[run]! > 1)
  }
  return byLength
}

function repeatedWords({ ids, occurrences, count }: Words): Candidates {
  const at = new Int32Array(count)
  for (let i = 0; i < count; i++) at[i] = i
  return only({ at, run: ids }, (id) => occurrences[id]! > 1)
}

function only({ at, run }: Candidates, keeps: (run: number) => boolean): Candidates {
  const [kept, runs] = [new Int32Array(at.length), new Int32Array(at.length)]
  let count = 0
  for (let i = 0; i < at.length; i++) {
    if (!keeps(run[i]!)) continue
    kept[count] = at[i]!
    runs[count++] = run[i]!
  }
  return { at: kept.subarray(0, count), run: runs.subarray(0, count) }
}

/** Numbers runs of n words by a hash table over (run of n − 1 words, last word), and counts them. */
function longerRuns({ ids, occurrences, count }: Words, { at, run }: Candidates, n: number) {
  let size = 16
  while (size < at.length * 2) size *= 2
  const slots = new Int32Array(size)
  const [shorter, last, counts] = [new Int32Array(at.length), new Int32Array(at.length), new Int32Array(at.length)]
  const [found, runs] = [new Int32Array(at.length), new Int32Array(at.length)]
  let distinct = 0
  let candidates = 0
  for (let i = 0; i < at.length; i++) {
    const end = at[i]! + n - 1
    if (end >= count) break
    const id = ids[end]!
    if (occurrences[id]! < 2) continue
    let slot = (Math.imul(run[i]!, 0x9e3779b1) ^ Math.imul(id, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & (size - 1)
    let number = slots[slot]! - 1
    while (number >= 0 && (shorter[number] !== run[i] || last[number] !== id)) {
      slot = (slot + 1) & (size - 1)
      number = slots[slot]! - 1
    }
    if (number < 0) {
      number = distinct++
      slots[slot] = number + 1
      shorter[number] = run[i]!
      last[number] = id
    }
    counts[number]!++
    found[candidates] = at[i]!
    runs[candidates++] = number
  }
  return { runs: { at: found.subarray(0, candidates), run: runs.subarray(0, candidates) }, counts }
}

function unitsOfTop(words: Words, { at, run }: Candidates, counts: Int32Array, n: number): number {
  let [most, units] = [2, 0]
  for (let i = 0; i < at.length; i++) {
    const count = counts[run[i]!]!
    if (count < most) continue
    const here = count * unitsOf(words, at[i]!, n)
    if (count > most || here > units) [most, units] = [count, here]
  }
  return units
}

function unitsOfDuplicates(words: Words, { at, run }: Candidates, counts: Int32Array, n: number): number {
  const seen = new Uint8Array(at.length)
  let units = 0
  let next = 0
  for (let i = 0; i < at.length; i++) {
    if (at[i]! < next || counts[run[i]!]! < 2) continue
    if (seen[run[i]!] === 0) seen[run[i]!] = 1
    else {
      units += unitsOf(words, at[i]!, n)
      next = at[i]! + n
    }
  }
  return units
}

function unitsOf(words: Words, at: number, n: number): number {
  let units = 0
  for (let i = at; i < at + n; i++) units += words.ends[i]! - words.starts[i]!
  return units
}
