/**
 * Byte-pair encoding proper (Sennrich et al. 2016, arXiv:1508.07909, section 3.2) with SentencePiece's rules:
 * merges the most frequent pair of neighbouring symbols, again and again, with exact counts kept incrementally.
 * Works on numbers: words come as counted UTF-16, pieces leave as strings. What becomes of them bpe.ts decides.
 *
 * As there, occurrences that overlap all count (4 of "aa" in "aaaaa"), though merging takes them from the left.
 * Ties go to the shorter piece, then to the one whose code points come first, then to the older left part.
 */

import { FailedError } from '../../pipeline/contract.ts'
import { codePointAt, type WordCounts } from './count.ts'
import { createPairSet, leftOf, pairKey, rightOf } from './pairs.ts'

/** Characters of a piece, as SentencePiece's default. */
export const MAX_PIECE_LENGTH = 16

/** In `cells`: between words, and where a character outside the alphabet stands. */
const BOUNDARY = 0
/** In `cells`: neither first nor last character of its symbol. */
const INNER = -1

/**
 * All words one after another, a cell a character. The first cell of a symbol holds its number, the last one ~number
 * (where it has two or more), so both neighbours of a symbol are found without links.
 */
interface Corpus {
  readonly cells: Int32Array
  /** Occurrences of the word a cell belongs to. */
  readonly weights: Uint32Array
}

export interface Merges {
  /** Merges the best pair and returns its piece, or undefined where no pair occurs `least` times any more. */
  next(least: number): string | undefined
}

/**
 * @param alphabet code points that have a symbol; all others separate
 * @param symbols most symbols there will be, alphabet included; below 65,536
 * @param classOf script class of a code point, 0 for one that goes with any
 */
export function createMerges(
  words: WordCounts,
  alphabet: readonly number[],
  symbols: number,
  classOf: (codePoint: number) => number,
): Merges {
  const { cells, weights } = layOut(words, alphabet)
  const texts: string[] = ['']
  const points: number[][] = [[]]
  const lengths = new Uint8Array(symbols + 1)
  const classes = new Uint8Array(symbols + 1)
  for (const codePoint of alphabet) {
    lengths[texts.length] = 1
    classes[texts.length] = classOf(codePoint)
    texts.push(String.fromCodePoint(codePoint))
    points.push([codePoint])
  }
  const made = new Set<string>()
  const pairs = createPairSet(before)

  function before(a: number, b: number): boolean {
    const leftA = points[leftOf(a)]!
    const rightA = points[rightOf(a)]!
    const leftB = points[leftOf(b)]!
    const rightB = points[rightOf(b)]!
    const length = leftA.length + rightA.length
    const difference = length - leftB.length - rightB.length
    if (difference !== 0) return difference < 0
    for (let at = 0; at < length; at++) {
      const pointA = at < leftA.length ? leftA[at]! : rightA[at - leftA.length]!
      const pointB = at < leftB.length ? leftB[at]! : rightB[at - leftB.length]!
      if (pointA !== pointB) return pointA < pointB
    }
    return a < b
  }

  function mayJoin(left: number, right: number): boolean {
    if (lengths[left]! + lengths[right]! > MAX_PIECE_LENGTH) return false
    return classes[left] === 0 || classes[right] === 0 || classes[left] === classes[right]
  }

  const lostLeft = createTally(symbols + 1)
  const lostRight = createTally(symbols + 1)
  const neighbours = createTally(symbols + 1)
  /** Of each neighbour just taken up, its pair; -1 where the two may not join. */
  const pairOf = new Int32Array(symbols + 1)

  /** Takes up the pairs that `symbol` forms with its right neighbours; `starts` are its first cells, ascending. */
  function addRightPairs(symbol: number, starts: Int32Array): void {
    const length = lengths[symbol]!
    for (const start of starts) {
      const right = cells[start + length]!
      if (right !== BOUNDARY) neighbours.add(right, weights[start]!)
    }
    addPairs((right) => pairKey(symbol, right))
    for (const start of starts) {
      const right = cells[start + length]!
      if (right !== BOUNDARY && pairOf[right]! >= 0) pairs.place(pairOf[right]!, start)
    }
  }

  /** The same for left neighbours, except itself. */
  function addLeftPairs(symbol: number, starts: Int32Array): void {
    for (const start of starts) {
      const left = symbolBefore(start)
      if (left !== BOUNDARY && left !== symbol) neighbours.add(left, weights[start]!)
    }
    addPairs((left) => pairKey(left, symbol))
    for (const start of starts) {
      const left = symbolBefore(start)
      if (left === BOUNDARY || left === symbol || pairOf[left]! < 0) continue
      pairs.place(pairOf[left]!, start - lengths[left]!)
    }
  }

  function addPairs(keyOf: (neighbour: number) => number): void {
    const added: [neighbour: number, key: number][] = []
    neighbours.drain((neighbour, weight, occurrences) => {
      const key = keyOf(neighbour)
      if (mayJoin(leftOf(key), rightOf(key))) {
        pairs.add(key, weight, occurrences)
        added.push([neighbour, key])
      } else pairOf[neighbour] = -1
    })
    // Only now: adding may have renumbered.
    for (const [neighbour, key] of added) pairOf[neighbour] = pairs.find(key)
  }

  function symbolBefore(start: number): number {
    const cell = cells[start - 1]!
    return cell < 0 ? ~cell : cell
  }

  function addCharacterPairs(): void {
    const ends = new Int32Array(alphabet.length + 2)
    for (const cell of cells) ends[cell + 1]! += 1
    for (let symbol = 1; symbol < ends.length; symbol++) ends[symbol]! += ends[symbol - 1]!
    const starts = ends.slice()
    const bySymbol = new Int32Array(cells.length)
    for (let at = 0; at < cells.length; at++) bySymbol[starts[cells[at]!]!++] = at
    for (let symbol = 1; symbol <= alphabet.length; symbol++)
      addRightPairs(symbol, bySymbol.subarray(ends[symbol], ends[symbol + 1]))
  }

  /** Puts `merged` where `left` and `right` meet; returns where, and lowers the counts of the pairs that vanish. */
  function replace(left: number, right: number, merged: number, positions: Int32Array): Int32Array {
    const leftLength = lengths[left]!
    const rightLength = lengths[right]!
    const places = new Int32Array(positions.length)
    let count = 0
    for (const start of positions) {
      const middle = start + leftLength
      if (cells[start] !== left || cells[middle] !== right) continue
      const end = middle + rightLength
      const previous = symbolBefore(start)
      // A neighbour merged just now has already cost its pair.
      if (previous !== BOUNDARY && previous !== merged) lostLeft.add(previous, weights[start]!)
      const next = cells[end]!
      if (next !== BOUNDARY) lostRight.add(next, weights[start]!)
      if (leftLength > 1) cells[middle - 1] = INNER
      if (rightLength > 1) cells[middle] = INNER
      cells[start] = merged
      cells[end - 1] = ~merged
      places[count++] = start
    }
    lostLeft.drain((previous, weight) => decrease(pairKey(previous, left), weight))
    lostRight.drain((next, weight) => decrease(pairKey(right, next), weight))
    return places.subarray(0, count)
  }

  function decrease(key: number, by: number): void {
    const pair = pairs.find(key)
    if (pair >= 0) pairs.decrease(pair, by)
  }

  addCharacterPairs()
  return {
    next(least) {
      for (;;) {
        const best = pairs.best()
        if (best < 0 || pairs.count(best) < least) return undefined
        const key = pairs.key(best)
        const left = leftOf(key)
        const right = rightOf(key)
        const text = texts[left]! + texts[right]!
        const positions = pairs.positions(best)
        pairs.remove(best)
        // The same piece from other parts is no new piece; like SentencePiece, leave it unmerged.
        if (made.has(text)) continue
        made.add(text)
        const merged = texts.length
        texts.push(text)
        points.push([...points[left]!, ...points[right]!])
        lengths[merged] = lengths[left]! + lengths[right]!
        classes[merged] = classes[left]! || classes[right]!
        const places = replace(left, right, merged, positions)
        addLeftPairs(merged, places)
        addRightPairs(merged, places)
        return text
      }
    },
  }
}

/** Adds up weights by symbol; draining visits the symbols in order of first sight and leaves it empty. */
interface Tally {
  add(symbol: number, weight: number): void
  drain(visit: (symbol: number, weight: number, occurrences: number) => void): void
}

function createTally(symbols: number): Tally {
  const occurrences = new Int32Array(symbols)
  const weighed = new Float64Array(symbols)
  const seen = new Int32Array(symbols)
  let size = 0
  return {
    add(symbol, weight) {
      if (occurrences[symbol] === 0) seen[size++] = symbol
      occurrences[symbol]! += 1
      weighed[symbol]! += weight
    },
    drain(visit) {
      for (const symbol of seen.subarray(0, size)) {
        visit(symbol, weighed[symbol]!, occurrences[symbol]!)
        occurrences[symbol] = 0
        weighed[symbol] = 0
      }
      size = 0
    },
  }
}

/** Words of one symbol have no pairs and are left out. */
function layOut({ words, counts }: WordCounts, alphabet: readonly number[]): Corpus {
  const symbolOf = new Uint16Array(0x110000)
  alphabet.forEach((codePoint, index) => {
    symbolOf[codePoint] = index + 1
  })
  const cells = new Int32Array(words.units() + counts.length + 2)
  const weights = new Uint32Array(cells.length)
  let size = 1
  for (let index = 0; index < counts.length; index++) {
    const word = words.word(index)
    const count = counts[index]!
    if (count > 0xffffffff) {
      throw new FailedError(
        `"${String.fromCharCode(...word)}" occurs ${count} times, more than the trainer counts (2^32 - 1)`,
        'train the tokenizer on a smaller version or a sample of it',
      )
    }
    const start = size
    for (let at = 0; at < word.length; at++) {
      const codePoint = codePointAt(word, at)
      if (codePoint > 0xffff) at++
      cells[size] = symbolOf[codePoint]!
      weights[size++] = count
    }
    if (size === start + 1) size = start
    else cells[size++] = BOUNDARY
  }
  cells[size++] = BOUNDARY
  return { cells: cells.subarray(0, size), weights: weights.subarray(0, size) }
}
