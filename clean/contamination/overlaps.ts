/**
 * Which passages of a text also stand in an evaluation set: maximal equal runs of letters, found through an index of
 * all n-grams of the items. What becomes of such a document is the recipe's to say, not decided here.
 */
import type { ContaminationConfig, EvaluationItem, Overlap } from '../../pipeline/contract.ts'
import { lettersOf } from './letters.ts'

/** Letters of the n-grams that are looked up. An item with fewer cannot be found; of Latin letters it needs twice as many. */
const GRAM = 16
/** Of a multiplicative rolling hash modulo 2^32 (Knuth, TAOCP 6.4); odd, so that no letter is lost. */
const FACTOR = 0x01000193
/** Of the places that an n-gram stands at, so many are compared. */
const MOST_PLACES = 100

export interface ContaminationIndex {
  /** Overlaps of a text in NFC, in the order of their starts; of items that share a passage, the one that shares most. */
  overlaps(text: string): readonly Overlap[]
  readonly items: number
  /** Items that are too short to be found. */
  readonly tooShort: number
}

/** Indexes evaluation items. Memory is about 20 bytes a letter of theirs; searching is linear in a text without overlaps. */
export function contaminationIndex(
  items: Iterable<EvaluationItem>,
  { letters: least }: Pick<ContaminationConfig, 'letters'>,
): ContaminationIndex {
  const known: { readonly item: EvaluationItem; readonly start: number; readonly end: number }[] = []
  const parts: Uint16Array[] = []
  let total = 0
  let tooShort = 0
  for (const item of items) {
    const { codes } = lettersOf(item.text.normalize('NFC'))
    if (codes.length < GRAM || (codes.length < least && weightOf(codes) < GRAM * 2)) {
      tooShort++
      continue
    }
    known.push({ item, start: total, end: total + codes.length })
    parts.push(codes)
    total += codes.length
  }
  const codes = joined(parts, total)
  const grams = gramTable(codes, known)

  /** Letters equal from here on, within the item. */
  const matchLength = (text: Uint16Array, at: number, place: number): number => {
    const { end } = known[itemAt(known, place)]!
    let length = 0
    while (at + length < text.length && place + length < end && text[at + length] === codes[place + length]) length++
    return length
  }

  return {
    items: known.length,
    tooShort,
    overlaps(text) {
      const { codes: own, offsets } = lettersOf(text)
      const found: Overlap[] = []
      const rolling = rollingHash(own)
      for (let at = 0; at + GRAM <= own.length; ) {
        let [longest, place] = [0, -1]
        for (const candidate of grams.places(rolling.at(at))) {
          const length = matchLength(own, at, candidate)
          // The earliest comes last.
          if (length >= longest) [longest, place] = [length, candidate]
        }
        const owner = place === -1 ? undefined : known[itemAt(known, place)]
        if (owner === undefined || longest < Math.min(least, owner.end - owner.start)) {
          at++
          continue
        }
        const start = offsets[at]!
        const length = offsets[at + longest - 1]! + 1 - start
        found.push({ set: owner.item.set, item: owner.item.item, start, length, letters: longest })
        at += longest
      }
      return found
    },
  }
}

/** Letters, those of wide scripts counted twice: a syllable says as much as two Latin letters. */
function weightOf(codes: Uint16Array): number {
  let weight = codes.length
  for (const code of codes) if (code >= 0x1100) weight++
  return weight
}

function joined(parts: readonly Uint16Array[], total: number): Uint16Array {
  const codes = new Uint16Array(total)
  let at = 0
  for (const part of parts) {
    codes.set(part, at)
    at += part.length
  }
  return codes
}

/** Index of the item that holds a place; items are in the order of their starts. */
function itemAt(items: readonly { readonly start: number }[], place: number): number {
  let [low, high] = [0, items.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (items[middle]!.start <= place) low = middle
    else high = middle - 1
  }
  return low
}

/** Places by the hash of the n-gram that begins there, as chains in two arrays. */
function gramTable(codes: Uint16Array, items: readonly { readonly start: number; readonly end: number }[]) {
  const bits = Math.max(10, 33 - Math.clz32(codes.length))
  const first = new Int32Array(1 << bits).fill(-1)
  const next = new Int32Array(codes.length).fill(-1)
  const hashes = new Uint32Array(codes.length)
  const slotOf = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> (32 - bits)
  const rolling = rollingHash(codes)
  for (const { start, end } of items) {
    for (let place = start; place + GRAM <= end; place++) {
      const hash = rolling.at(place)
      hashes[place] = hash
      const slot = slotOf(hash)
      next[place] = first[slot]!
      first[slot] = place
    }
  }
  function* places(hash: number): Iterable<number> {
    let count = 0
    for (let place = first[slotOf(hash)]!; place !== -1 && count < MOST_PLACES; place = next[place]!) {
      if (hashes[place] !== hash) continue
      count++
      yield place
    }
  }
  return { places }
}

/** The hash of GRAM codes from a place on: moved by a step where the place is next to the last one, else made anew. */
function rollingHash(codes: Uint16Array): { at(place: number): number } {
  let power = 1
  for (let i = 1; i < GRAM; i++) power = Math.imul(power, FACTOR)
  let last = Number.NaN
  let hash = 0
  return {
    at(place) {
      if (place === last + 1) hash = Math.imul(hash - Math.imul(codes[last]!, power), FACTOR) + codes[place + GRAM - 1]!
      else if (place !== last) hash = fresh(codes, place)
      last = place
      return hash >>> 0
    },
  }
}

function fresh(codes: Uint16Array, place: number): number {
  let hash = 0
  for (let i = place; i < place + GRAM; i++) hash = Math.imul(hash, FACTOR) + codes[i]!
  return hash
}
