/**
 * How much of a text was decoded wrongly: replacement characters, and the patterns Hangul leaves when UTF-8 and EUC-KR
 * are read as each other or as Latin-1. Measured before normalising, which removes the control characters that are
 * part of the pattern.
 */
import type { Rule } from '../rule.ts'

/** What CP1252 makes of the bytes 80–BF, and Latin-1 of them. */
const CONTINUATION = '\\x80-\\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'
/** UTF-8 read as Latin-1 or CP1252: three bytes of a syllable (ê°€), of punctuation (â€™), two of a letter (Ã©, Â·). */
const UTF8_AS_LATIN = new RegExp(
  `[ê-í][${CONTINUATION}]{2}|â[€\\x80][${CONTINUATION}]|[ÂÃ][\\xa0-\\xbf€\\x80-\\x9f]`,
  'g',
)
/** EUC-KR read as Latin-1: at least two syllables' bytes in a row (¾È³ç). */
const EUCKR_AS_LATIN = /(?:[\xb0-\xc8][\xa1-\xfe]){2,}/g

export const mojibakeFrac: Rule = {
  name: 'mojibake_frac',
  measure: 'mojibake_frac',
  side: 'most',
  threshold: 0.01,
  about: 'share of the characters of the raw text that are U+FFFD or part of a mojibake pattern',
  value: ({ raw }) => mojibakeShare(raw),
}

/** Share of characters that are U+FFFD, half of a pair, or part of a mojibake pattern. */
export function mojibakeShare(raw: string): number {
  if (raw === '') return 0
  const text = raw.toWellFormed()
  const unused = countUnused(text)
  let broken = unused.broken
  if (unused.hasLatin1) {
    for (const pattern of [UTF8_AS_LATIN, EUCKR_AS_LATIN]) {
      for (const match of text.matchAll(pattern)) broken += match[0].length
    }
  }
  return Math.min(1, broken / text.length)
}

/**
 * Counts U+FFFD, and UTF-8 read as CP949 (�븞�뀞): syllables that nobody writes, side by side or next to Hanja or
 * U+FFFD, or after a question mark (before one it may be slang). Also tells whether there is Latin-1 to look at.
 */
function countUnused(text: string): { readonly broken: number; readonly hasLatin1: boolean } {
  let broken = 0
  let hasLatin1 = false
  let left = PLAIN
  let leftCounted = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const right = NEIGHBOURS[code]!
    hasLatin1 ||= code >= 0x80 && code <= 0xff
    const pair = right === UNUSED ? left >= UNUSED : left === UNUSED && right >= HANJA
    if (pair && !leftCounted && left !== REPLACEMENT) broken++
    if (pair || right === REPLACEMENT) broken++
    leftCounted = pair
    left = right
  }
  return { broken, hasLatin1 }
}

const PLAIN = 0
const USED = 1
const UNUSED = 2
const QUESTION = 3
const HANJA = 4
const REPLACEMENT = 5

/** What a code unit is beside an unused syllable; used ones are the 2,350 of KS X 1001, 99.9 % of what is written. */
const NEIGHBOURS: Uint8Array = neighbours()

function neighbours(): Uint8Array {
  const table = new Uint8Array(0x10000)
  table.fill(HANJA, 0x4e00, 0xa000).fill(HANJA, 0xf900, 0xfb00).fill(UNUSED, 0xac00, 0xd7a4)
  table[0x3f] = QUESTION
  table[0xfffd] = REPLACEMENT
  const euckr = new TextDecoder('euc-kr')
  for (let i = 0; i < 25 * 94; i++) {
    const bytes = Uint8Array.of(0xb0 + Math.floor(i / 94), 0xa1 + (i % 94))
    table[euckr.decode(bytes).charCodeAt(0)] = USED
  }
  return table
}
