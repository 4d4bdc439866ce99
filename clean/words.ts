/**
 * The words of a text as numbers: equal words, equal numbers, so that counting and comparing runs of words costs no
 * strings. Exact: words with the same hash are compared letter by letter. Where words begin and end is the caller's.
 */
import { DIGIT, HANGUL, OTHER_LETTER } from './characters.ts'

/** Words are what white space separates (eojeol). Arrays are by word, in order. */
export interface Words {
  readonly count: number
  /** Where it begins and ends in the text, in UTF-16 code units. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** From 0 on, in the order of first appearance. */
  readonly ids: Int32Array
  /** By id: how many words there are of it. */
  readonly occurrences: readonly number[]
  /** Words with a letter; words with a letter or digit. */
  readonly withLetter: number
  readonly withLetterOrDigit: number
  /** Code units of all words; of those with a letter or digit. */
  readonly units: number
  readonly unitsWithLetterOrDigit: number
}

export interface WordCollector {
  /** The next word: its place in the text, and the kinds of its characters as bits. */
  add(start: number, end: number, kinds: number): void
  finish(): Words
}

const LETTERS = (1 << (OTHER_LETTER + 1)) - (1 << HANGUL)
const LETTERS_OR_DIGITS = LETTERS | (1 << DIGIT)
const FIRST_SLOTS = 256

/** Collects the words of one text. Memory: 12 bytes for every two code units, and the different words. */
export function collectWords(text: string): WordCollector {
  const most = (text.length >> 1) + 1
  const [starts, ends, ids] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)]
  const intern = internWords(text, starts, ends)
  let count = 0
  let withLetter = 0
  let withLetterOrDigit = 0
  let units = 0
  let unitsWithLetterOrDigit = 0
  return {
    add(start, end, kinds) {
      starts[count] = start
      ends[count] = end
      ids[count] = intern.idOf(count)
      count++
      units += end - start
      if ((kinds & LETTERS) !== 0) withLetter++
      if ((kinds & LETTERS_OR_DIGITS) !== 0) {
        withLetterOrDigit++
        unitsWithLetterOrDigit += end - start
      }
    },
    finish: () => ({
      count,
      starts: starts.subarray(0, count),
      ends: ends.subarray(0, count),
      ids: ids.subarray(0, count),
      occurrences: intern.occurrences,
      withLetter,
      withLetterOrDigit,
      units,
      unitsWithLetterOrDigit,
    }),
  }
}

/** A hash table with open addressing; a slot holds id + 1. */
function internWords(text: string, starts: Int32Array, ends: Int32Array) {
  let slots = new Int32Array(FIRST_SLOTS)
  const firsts: number[] = []
  const hashes: number[] = []
  const occurrences: number[] = []

  function idOf(word: number): number {
    const [start, end] = [starts[word]!, ends[word]!]
    const hash = hashOf(text, start, end)
    let slot = hash & (slots.length - 1)
    for (let id = slots[slot]! - 1; id >= 0; id = slots[slot]! - 1) {
      if (hashes[id] === hash && sameWord(text, start, end, starts[firsts[id]!]!, ends[firsts[id]!]!)) {
        occurrences[id]!++
        return id
      }
      slot = (slot + 1) & (slots.length - 1)
    }
    const id = firsts.length
    firsts.push(word)
    hashes.push(hash)
    occurrences.push(1)
    slots[slot] = id + 1
    if (firsts.length * 2 > slots.length) slots = enlarged(slots.length * 2, hashes)
    return id
  }
  return { idOf, occurrences }
}

function enlarged(size: number, hashes: readonly number[]): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(size)
  for (let id = 0; id < hashes.length; id++) {
    let slot = hashes[id]! & (size - 1)
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
    slots[slot] = id + 1
  }
  return slots
}

/** Multiplicative hashing of code units with a final mix (Knuth, TAOCP 3, 6.4). */
function hashOf(text: string, start: number, end: number): number {
  let hash = end - start
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

function sameWord(text: string, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false
  for (let i = 0; i < end - start; i++) {
    if (text.charCodeAt(start + i) !== text.charCodeAt(otherStart + i)) return false
  }
  return true
}
