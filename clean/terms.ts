/**
 * Finds weighted terms in a text, also where their letters are set apart to hide them (카★지★노, 카 지 노). A trie walked
 * from the positions where a term may begin, the longest term wins: linear in the text times the longest term. It knows
 * no term itself.
 */
import { DIGIT, isLetter, kindAt, NEWLINE, unitsAt } from './characters.ts'

/** How a term is written in a list: spaces in it may be left out by the text, `^` before it asks for the start of a word. */
export type TermList<Name extends string> = readonly {
  readonly name: Name
  /** How much one occurrence counts. 0: it is found so that a shorter term inside it is not. */
  readonly weight: number
  /** Separated by commas; at least two letters each. */
  readonly terms: string
}[]

export interface TermFinder<Name extends string> {
  /** The sum of weights by list name over the letters of a text; a name that was not found is absent. */
  weigh(letters: Uint16Array): ReadonlyMap<Name, number>
}

interface Term<Name extends string> {
  readonly name: Name
  readonly weight: number
}

interface Node<Name extends string> {
  readonly next: Map<number, Node<Name>>
  /** The term that ends here, wherever it begins; and the one that has to begin a word. */
  term: Term<Name> | null
  wordStartTerm: Term<Name> | null
}

const BLANK = 0x20
const PAIR_BITS = 0xffff

/** Builds a finder for several lists; lists may share a name. @throws RangeError for a term of one letter. */
export function createTermFinder<Name extends string>(lists: TermList<Name>): TermFinder<Name> {
  const root = createNode<Name>()
  const pairs = new Uint8Array(PAIR_BITS + 1)
  for (const { name, weight, terms } of lists) {
    for (const written of terms.split(',')) {
      for (const spelling of spellings(written.trim())) {
        if (spelling.length < 2) throw new RangeError(`the term "${written}" is too short`)
        pairs[pairOf(spelling.charCodeAt(0), spelling.charCodeAt(1))] = 1
        addTerm(root, spelling, written.trim().startsWith('^'), { name, weight })
      }
    }
  }
  return {
    weigh(letters) {
      const sums = new Map<Name, number>()
      for (let at = 0; at + 1 < letters.length; at++) {
        if (pairs[pairOf(letters[at]!, letters[at + 1]!)] === 0) continue
        const found = longestAt(root, letters, at)
        if (found === null) continue
        sums.set(found.term.name, (sums.get(found.term.name) ?? 0) + found.term.weight)
        at = found.end - 1
      }
      return sums
    },
  }
}

/** Where two letters mark the same bit by chance, the trie says no. */
function pairOf(first: number, second: number): number {
  return (Math.imul(first, 0x9e3779b1) >>> 16) ^ second
}

function createNode<Name extends string>(): Node<Name> {
  return { next: new Map(), term: null, wordStartTerm: null }
}

function spellings(written: string): ReadonlySet<string> {
  const spelled = written.replace(/^\^/, '').toLowerCase()
  return new Set([spelled, spelled.replaceAll(' ', '')])
}

function addTerm<Name extends string>(root: Node<Name>, spelling: string, wordStart: boolean, term: Term<Name>): void {
  let node = root
  for (let i = 0; i < spelling.length; i++) {
    const code = spelling.charCodeAt(i)
    const next = node.next.get(code) ?? createNode<Name>()
    node.next.set(code, next)
    node = next
  }
  if (wordStart) node.wordStartTerm = term
  else node.term = term
}

function longestAt<Name extends string>(root: Node<Name>, letters: Uint16Array, at: number) {
  const startsWord = at === 0 || letters[at - 1] === BLANK
  let best: { readonly term: Term<Name>; readonly end: number } | null = null
  let node: Node<Name> | undefined = root
  for (let i = at; i < letters.length; i++) {
    node = node.next.get(letters[i]!)
    if (!node) break
    const term = (startsWord ? node.wordStartTerm : null) ?? node.term
    if (term) best = { term, end: i + 1 }
  }
  return best
}

/**
 * UTF-16 code units of the letters and digits of a text, ASCII in lower case, words separated by one space. Symbols
 * inside a word are left out, and so are spaces between words of a single letter.
 */
export function lettersOnly(text: string): Uint16Array {
  const letters = new Uint16Array(text.length + 1)
  let end = 0
  let wordStart = 0
  let afterSingle = false
  for (let i = 0; i < text.length; i++) {
    const kind = kindAt(text, i)
    const units = unitsAt(text, i)
    if (isLetter(kind) || kind === DIGIT) {
      const code = text.charCodeAt(i)
      letters[end++] = code >= 0x41 && code <= 0x5a ? code | 0x20 : code
      if (units === 2) letters[end++] = text.charCodeAt(i + 1)
    } else if (kind <= NEWLINE && end > wordStart) {
      const single = end === wordStart + 1
      if (single && afterSingle) letters[wordStart - 1] = letters[--end]!
      afterSingle = single
      letters[end++] = BLANK
      wordStart = end
    }
    if (units === 2) i++
  }
  if (afterSingle && end === wordStart + 1) letters[wordStart - 1] = letters[--end]!
  return letters.subarray(0, end > 0 && letters[end - 1] === BLANK ? end - 1 : end)
}
