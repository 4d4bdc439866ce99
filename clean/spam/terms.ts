/**
 * Finds weighted terms in a text, also where their letters are set apart to hide them (카★지★노, 카 지 노). A trie walked
 * from every position, the longest term wins: linear in the text times the longest term. It knows no term itself.
 */
import { DIGIT, isLetter, kindAt, NEWLINE, unitsAt } from '../characters.ts'

/** How a term is written in a list: spaces in it may be left out by the text, `^` before it asks for the start of a word. */
export type TermList<Name extends string> = readonly {
  readonly name: Name
  /** How much one occurrence counts. 0: it is found so that a shorter term inside it is not. */
  readonly weight: number
  /** Separated by commas. */
  readonly terms: string
}[]

interface Term<Name extends string> {
  readonly name: Name
  readonly weight: number
  readonly wordStart: boolean
}

interface Node<Name extends string> {
  readonly next: Map<number, Node<Name>>
  term: Term<Name> | null
}

export interface TermFinder<Name extends string> {
  /** The sum of weights by list name over a text in the form of `lettersOnly`; a name that was not found is absent. */
  weigh(letters: string): ReadonlyMap<Name, number>
}

/** Builds a finder for several lists; lists may share a name. */
export function createTermFinder<Name extends string>(lists: TermList<Name>): TermFinder<Name> {
  const root: Node<Name> = { next: new Map(), term: null }
  for (const { name, weight, terms } of lists) {
    for (const written of terms.split(',')) addTerm(root, written.trim(), name, weight)
  }
  const begins = new Uint8Array(0x10000)
  for (const code of root.next.keys()) begins[code] = 1
  return {
    weigh(letters) {
      const sums = new Map<Name, number>()
      for (let at = 0; at < letters.length; at++) {
        if (begins[letters.charCodeAt(at)] === 0) continue
        const found = longestAt(root, letters, at)
        if (found === null) continue
        const { name, weight } = found.term
        sums.set(name, (sums.get(name) ?? 0) + weight)
        at = found.end - 1
      }
      return sums
    },
  }
}

function addTerm<Name extends string>(root: Node<Name>, written: string, name: Name, weight: number): void {
  const wordStart = written.startsWith('^')
  const spelled = (wordStart ? written.slice(1) : written).toLowerCase()
  for (const spelling of new Set([spelled, spelled.replaceAll(' ', '')])) {
    let node = root
    for (let i = 0; i < spelling.length; i++) {
      const code = spelling.charCodeAt(i)
      let next = node.next.get(code)
      if (!next) {
        next = { next: new Map(), term: null }
        node.next.set(code, next)
      }
      node = next
    }
    node.term = { name, weight, wordStart }
  }
}

function longestAt<Name extends string>(root: Node<Name>, letters: string, at: number) {
  const startsWord = at === 0 || letters[at - 1] === ' '
  let best: { readonly term: Term<Name>; readonly end: number } | null = null
  let node: Node<Name> | undefined = root
  for (let i = at; i < letters.length; i++) {
    node = node.next.get(letters.charCodeAt(i))
    if (!node) break
    if (node.term && (startsWord || !node.term.wordStart)) best = { term: node.term, end: i + 1 }
  }
  return best
}

/**
 * Letters and digits of a text in lower case, words separated by one space. Symbols inside a word are left out, and so
 * are spaces between words of a single letter.
 */
export function lettersOnly(text: string): string {
  const words: string[] = []
  let run = ''
  for (const word of wordsOfLetters(text)) {
    if (word.length === 1) {
      run += word
      continue
    }
    if (run !== '') words.push(run)
    run = ''
    words.push(word)
  }
  if (run !== '') words.push(run)
  return words.join(' ')
}

function* wordsOfLetters(text: string): Iterable<string> {
  let word = ''
  let start = -1
  for (let i = 0; i <= text.length; i += i < text.length ? unitsAt(text, i) : 1) {
    const kind = i < text.length ? kindAt(text, i) : NEWLINE
    const counts = isLetter(kind) || kind === DIGIT
    if (counts && start === -1) start = i
    if (!counts && start !== -1) {
      word += text.slice(start, i)
      start = -1
    }
    if (kind <= NEWLINE && word !== '') {
      yield word.toLowerCase()
      word = ''
    }
  }
}
