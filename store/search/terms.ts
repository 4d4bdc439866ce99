/**
 * What a text is looked up by: pairs of neighbouring UTF-16 units within runs of letters and digits, case folded.
 * Knows texts and numbers only.
 */

/** A term: two units as one signed 32-bit integer; the second is 0 where the first ends its run. */
export type Term = number

/** Letters, digits and marks (Hangul, hanja, Latin, …) in lower case; 0 for all that parts words. */
const FOLDED = foldTable()
const SURROGATE = /[\ud800-\udfff]/
const BEYOND = /[\u{10000}-\u{10ffff}]/gu

/** Calls `visit` with every term of the text in its order, as often as it stands there. The text is in NFC. */
export function eachTerm(text: string, visit: (term: Term) => void): void {
  const units = SURROGATE.test(text) ? text.replace(BEYOND, foldCase) : text
  let first = 0
  for (let i = 0; i < units.length; i++) {
    const unit = FOLDED[units.charCodeAt(i)] ?? 0
    if (first !== 0) visit((first << 16) | unit)
    first = unit
  }
  if (first !== 0) visit(first << 16)
}

/** The terms of a text, each once. */
export function termsOf(text: string): ReadonlySet<Term> {
  const terms = new Set<Term>()
  eachTerm(text, (term) => terms.add(term))
  return terms
}

/** What every text that contains a piece of text, whatever stands around it, has in the index. */
export type Lookup =
  /** All of these terms. */
  | { readonly kind: 'terms'; readonly terms: readonly Term[] }
  /** One of the terms that begin with this unit: the piece is a single letter. */
  | { readonly kind: 'range'; readonly from: Term; readonly to: Term }

/** Null where the piece holds no letter and no digit. */
export function lookupOf(piece: string): Lookup | null {
  const terms = [...termsOf(piece)]
  const last = terms.at(-1)
  if (last === undefined) return null
  // What ends the piece need not end a run of the text.
  const open = (FOLDED[piece.charCodeAt(piece.length - 1)] ?? 0) !== 0
  if (!open) return { kind: 'terms', terms }
  const whole = termsOf(piece.slice(0, -1)).size === 0 ? [] : closedTerms(piece)
  return whole.length > 0 ? { kind: 'terms', terms: whole } : { kind: 'range', from: last, to: last | 0xffff }
}

/** Terms of the piece but the one that says that its last letter ends a run. */
function closedTerms(piece: string): readonly Term[] {
  const all: Term[] = []
  eachTerm(piece, (term) => all.push(term))
  return [...new Set(all.slice(0, -1))]
}

function foldTable(): Uint16Array {
  const counted = /^[\p{L}\p{N}\p{M}]$/u
  const table = new Uint16Array(0x1_0000)
  for (let unit = 1; unit < table.length; unit++) {
    // Syllables, hanja and halves of what lies beyond have no case; asking for each would take 15 ms.
    const plain = (unit >= 0xac00 && unit <= 0xd7a3) || (unit >= 0x4e00 && unit <= 0x9fff) || (unit & 0xf800) === 0xd800
    const character = String.fromCharCode(unit)
    if (plain) table[unit] = unit
    else if (counted.test(character)) table[unit] = foldCase(character).charCodeAt(0)
  }
  // Three pairs that are the same but for case, though their capitals are several characters.
  for (const [from, to] of [
    [0x1fd3, 0x0390],
    [0x1fe3, 0x03b0],
    [0xfb05, 0xfb06],
  ] as const)
    table[from] = to
  return table
}

/** One character in lower case, by way of its capital, so that ς and σ are one; as long as before. */
function foldCase(character: string): string {
  const capital = character.toUpperCase()
  const small = (capital.length === character.length ? capital : character).toLowerCase()
  return small.length === character.length ? small : character
}
