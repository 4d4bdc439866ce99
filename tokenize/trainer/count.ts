/**
 * Counts the distinct segments of a text: all that BPE needs to know of it. Memory grows with the distinct
 * segments, not with the text.
 */

import { ALONE, createSegmenter } from '../segments.ts'
import { createWordTable, type WordTable } from '../word-table.ts'
import { scriptClass } from './scripts.ts'

export interface WordCounts {
  readonly words: WordTable
  /** Occurrences of word i. */
  readonly counts: Float64Array
}

export async function countWords(texts: Iterable<string> | AsyncIterable<string>): Promise<WordCounts> {
  const words = createWordTable()
  const segment = createSegmenter(classOf)
  let counts = new Float64Array(1 << 12)
  function visit(units: Uint16Array, length: number): void {
    const word = words.intern(units, length)
    if (word === counts.length) {
      const grown = new Float64Array(counts.length * 2)
      grown.set(counts)
      counts = grown
    }
    counts[word]! += 1
  }
  for await (const text of texts) segment(text, visit)
  return { words, counts: counts.subarray(0, words.size()) }
}

/**
 * The characters that get a piece of their own, most frequent first (ties: lower code point first): as few as
 * cover the share `coverage` of all characters, the rest goes to bytes. Line breaks end a SentencePiece training
 * sentence and never count; nor does NUL, which SentencePiece passes over.
 */
export function chooseAlphabet({ words, counts }: WordCounts, coverage: number): number[] {
  const occurrences = new Float64Array(0x110000)
  let total = 0
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index]!
    const word = words.word(index)
    for (let at = 0; at < word.length; at++) {
      const codePoint = codePointAt(word, at)
      if (codePoint > 0xffff) at++
      if (RESERVED.has(codePoint)) continue
      occurrences[codePoint]! += count
      total += count
    }
  }
  const seen: number[] = []
  for (let codePoint = 0; codePoint < occurrences.length; codePoint++)
    if (occurrences[codePoint]! > 0) seen.push(codePoint)
  seen.sort((a, b) => occurrences[b]! - occurrences[a]! || a - b)
  let covered = 0
  let length = 0
  // In single precision, as SentencePiece compares: in double precision a character more may be kept.
  while (length < seen.length && Math.fround(covered / total) < Math.fround(coverage))
    covered += occurrences[seen[length++]!]!
  return seen.slice(0, length)
}

/** Code point at a position of well-formed UTF-16. */
export function codePointAt(units: Uint16Array, at: number): number {
  const unit = units[at]!
  return (unit & 0xfc00) === 0xd800 ? (unit - 0xd800) * 0x400 + (units[at + 1]! - 0xdc00) + 0x10000 : unit
}

const RESERVED: ReadonlySet<number> = new Set([0x00, 0x0a])

const classOf = (codePoint: number): number => (RESERVED.has(codePoint) ? ALONE : scriptClass(codePoint))
