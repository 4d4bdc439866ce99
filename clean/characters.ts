/**
 * What kind of character a UTF-16 code unit is: the script of a letter, or digit, mark, punctuation, space. One table
 * look-up a character, so that a text is classified in one pass. It knows characters, not words or languages.
 */

export const SPACE = 0
export const NEWLINE = 1
/** Syllables, U+AC00–D7A3. */
export const HANGUL = 2
/** Single Hangul letters: compatibility jamo (ㅋ), conjoining and archaic ones. */
export const JAMO = 3
export const LATIN = 4
export const HANJA = 5
export const KANA = 6
export const OTHER_LETTER = 7
export const DIGIT = 8
export const MARK = 9
/** Punctuation and symbols of every kind; ㆍ too, a letter to Unicode but a middle dot to those who write it. */
export const PUNCTUATION = 10
export const OTHER = 11
const SURROGATE = 12
export const KINDS = 12

const RANGES: readonly (readonly [first: number, last: number, kind: number])[] = [
  [0x1100, 0x11ff, JAMO],
  [0x3005, 0x3007, HANJA],
  [0x3041, 0x3096, KANA],
  [0x309d, 0x309f, KANA],
  [0x30a1, 0x30fa, KANA],
  [0x30fc, 0x30ff, KANA],
  [0x3131, 0x318c, JAMO],
  [0x318e, 0x318e, JAMO],
  [0x31f0, 0x31ff, KANA],
  [0x3400, 0x4dbf, HANJA],
  [0x4e00, 0x9fff, HANJA],
  [0xa960, 0xa97f, JAMO],
  [0xac00, 0xd7a3, HANGUL],
  [0xd7b0, 0xd7ff, JAMO],
  [0xd800, 0xdfff, SURROGATE],
  [0xe000, 0xf8ff, OTHER],
  [0xf900, 0xfaff, HANJA],
  [0xff66, 0xff9d, KANA],
]

/** In the order of asking; what none of them names is OTHER. */
const PATTERNS: readonly (readonly [RegExp, number])[] = [
  [/[\p{P}\p{S}\u318d]/u, PUNCTUATION],
  [/\p{Script=Latin}/u, LATIN],
  [/\p{L}/u, OTHER_LETTER],
  [/\p{N}/u, DIGIT],
  [/\p{M}/u, MARK],
  [/\n/, NEWLINE],
  [/\s/, SPACE],
]

const TABLE = new Uint8Array(0x10000)
for (const [first, last, kind] of RANGES) TABLE.fill(kind, first, last + 1)
for (let code = 0; code <= 0xffff; code++) {
  if (TABLE[code] === SPACE) TABLE[code] = kindByPattern(String.fromCharCode(code))
}

function kindByPattern(character: string): number {
  return PATTERNS.find(([pattern]) => pattern.test(character))?.[1] ?? OTHER
}

/** The kind of the character that begins at `index`. Of a pair, both halves are asked about at the first. */
export function kindAt(text: string, index: number): number {
  const kind = TABLE[text.charCodeAt(index)]!
  return kind === SURROGATE ? kindOfPair(text, index) : kind
}

/** Code units of the character at `index`: 2 for a surrogate pair. */
export function unitsAt(text: string, index: number): 1 | 2 {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00 ? 2 : 1
}

function kindOfPair(text: string, index: number): number {
  if (unitsAt(text, index) === 1) return OTHER
  const point = text.codePointAt(index)!
  // Planes 2 and 3 are Hanja and nothing else.
  return point >= 0x20000 && point <= 0x3ffff ? HANJA : kindByPattern(String.fromCodePoint(point))
}

export function isLetter(kind: number): boolean {
  return kind >= HANGUL && kind <= OTHER_LETTER
}
