/**
 * Paragraphs that several kept documents hold: the lowest-ranked document owns a paragraph, later ones lose it. A rule by
 * rank alone, without counts, so a collection that grows gives what a rebuild gives. What near-duplicates are, and how
 * the text is stored, is not its concern.
 */
import { hash } from 'node:crypto'
import type { ParagraphRule } from '../pipeline/contract.ts'
import { lettersOf } from './letters.ts'

/**
 * Of the blocks that recur in 1,571 pages of technical documentation 94 % are shorter than 40 letters: headings, labels
 * and heads of tables, which order the page they stand on. Those from 40 on are notices, licences and sentences copied whole.
 */
export const repeatedParagraphs: ParagraphRule = { leastLetters: 40, leastRemaining: 100 }

/** The paragraphs of a text in order: 64 bits of hash and the letters of each. */
export interface Paragraphs {
  /** Two words a paragraph: of the SHA-256 of its letters. Among 10 million, two meet by chance once in 370,000 corpora. */
  readonly hashes: Uint32Array
  readonly letters: Uint32Array
}

export interface Removal {
  /** Place of the paragraph in its text. */
  readonly paragraph: number
  readonly owner: number
}

/** What is left of a document. `owner` is that of the longest repeated paragraph, where the document goes whole. */
export type ParagraphDecision =
  | { readonly kept: true; readonly removed: readonly Removal[] }
  | { readonly kept: false; readonly owner: number; readonly removed: readonly Removal[] }

/** The blocks of a text, which blank lines separate: white space at both ends belongs to none. */
export function splitParagraphs(text: string): readonly string[] {
  const paragraphs: string[] = []
  let lines: string[] = []
  for (const line of text.split('\n')) {
    if (line.trim() !== '') {
      lines.push(line)
      continue
    }
    if (lines.length > 0) paragraphs.push(lines.join('\n'))
    lines = []
  }
  if (lines.length > 0) paragraphs.push(lines.join('\n'))
  return paragraphs
}

/** A pure function of the text, to be computed on any thread. */
export function paragraphsOf(text: string): Paragraphs {
  const parts = splitParagraphs(text)
  const hashes = new Uint32Array(parts.length * 2)
  const letters = new Uint32Array(parts.length)
  for (const [i, part] of parts.entries()) {
    const units = lettersOf(part)
    const digest = hash('sha256', new Uint8Array(units.buffer, units.byteOffset, units.byteLength), 'buffer')
    hashes[i * 2] = digest.readUInt32LE(0)
    hashes[i * 2 + 1] = digest.readUInt32LE(4)
    letters[i] = units.length
  }
  return { hashes, letters }
}

/** The text without its paragraphs at these places. */
export function withoutParagraphs(text: string, removed: readonly number[]): string {
  if (removed.length === 0) return text
  const gone = new Set(removed)
  return splitParagraphs(text)
    .filter((_, i) => !gone.has(i))
    .join('\n\n')
}

/**
 * A function to call with each kept document in rank order; owners are named by the number of calls before their own.
 * A repeat within one document stays. A document that goes whole owns nothing. It is evaluated whole each time: ten
 * million paragraphs take seconds, and what one takedown can change has no bound.
 */
export function paragraphOwners(rule: ParagraphRule): (document: Paragraphs) => ParagraphDecision {
  const owners = ownerTable()
  let documents = 0
  return ({ hashes, letters }) => {
    const own = documents++
    const removed: Removal[] = []
    let remaining = 0
    let longest: Removal | null = null
    for (let paragraph = 0; paragraph < letters.length; paragraph++) {
      const length = letters[paragraph]!
      const owner = length < rule.leastLetters ? -1 : owners.find(hashes[paragraph * 2]!, hashes[paragraph * 2 + 1]!)
      if (owner < 0) {
        remaining += length
        continue
      }
      const removal = { paragraph, owner }
      removed.push(removal)
      if (longest === null || length > letters[longest.paragraph]!) longest = removal
    }
    if (longest !== null && remaining < rule.leastRemaining) return { kept: false, owner: longest.owner, removed }
    for (let paragraph = 0; paragraph < letters.length; paragraph++) {
      if (letters[paragraph]! >= rule.leastLetters) owners.add(hashes[paragraph * 2]!, hashes[paragraph * 2 + 1]!, own)
    }
    return { kept: true, removed }
  }
}

interface OwnerTable {
  find(low: number, high: number): number
  /** Leaves the owner that a paragraph has. */
  add(low: number, high: number, owner: number): void
}

/** Open addressing, three words an entry: 12 bytes for each of between 1.5 and 3 places a paragraph. */
function ownerTable(): OwnerTable {
  let mask = 2 ** 12 - 1
  let entries = new Uint32Array((mask + 1) * 3)
  let count = 0
  const placeOf = (low: number, high: number): number => {
    let place = low & mask
    while (entries[place * 3 + 2] !== 0 && (entries[place * 3] !== low || entries[place * 3 + 1] !== high)) {
      place = (place + 1) & mask
    }
    return place
  }
  const set = (low: number, high: number, owner: number) => {
    const place = placeOf(low, high)
    if (entries[place * 3 + 2] !== 0) return
    entries[place * 3] = low
    entries[place * 3 + 1] = high
    entries[place * 3 + 2] = owner + 1
    count++
  }
  const grow = () => {
    const old = entries
    mask = mask * 2 + 1
    entries = new Uint32Array((mask + 1) * 3)
    count = 0
    for (let i = 0; i < old.length; i += 3) if (old[i + 2] !== 0) set(old[i]!, old[i + 1]!, old[i + 2]! - 1)
  }
  return {
    find: (low, high) => entries[placeOf(low, high) * 3 + 2]! - 1,
    add(low, high, owner) {
      set(low, high, owner)
      if (count * 3 > mask * 2) grow()
    },
  }
}
