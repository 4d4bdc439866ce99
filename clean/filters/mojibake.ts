/**
 * How much of a text was decoded wrongly: replacement characters, and the patterns Hangul leaves when UTF-8 and EUC-KR
 * are read as each other or as Latin-1. Measured before normalising, which removes the control characters that are
 * part of the pattern.
 */

/** What CP1252 makes of the bytes 80–BF, and Latin-1 of them. */
const CONTINUATION = '\\x80-\\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'
/** UTF-8 read as Latin-1 or CP1252: three bytes of a syllable (ê°€), of punctuation (â€™), two of a letter (Ã©, Â·). */
const UTF8_AS_LATIN = new RegExp(
  `[ê-í][${CONTINUATION}]{2}|â[€\\x80][${CONTINUATION}]|[ÂÃ][\\xa0-\\xbf€\\x80-\\x9f]`,
  'g',
)
/** EUC-KR read as Latin-1: at least two syllables' bytes in a row (¾È³ç). */
const EUCKR_AS_LATIN = /(?:[\xb0-\xc8][\xa1-\xfe]){2,}/g
/** UTF-8 read as CP949: syllables that nobody writes, side by side or next to Hanja, `?` or U+FFFD (�븞�뀞). */
const HANGUL_OR_NEIGHBOUR = /[\uac00-\ud7a3\u4e00-\u9fff\uf900-\ufaff?\ufffd]{2,}/g

/** Share of characters that are U+FFFD or part of a mojibake pattern. */
export function mojibakeShare(raw: string): number {
  if (raw === '') return 0
  let broken = 0
  for (let at = raw.indexOf('\ufffd'); at !== -1; at = raw.indexOf('\ufffd', at + 1)) broken++
  for (const pattern of [UTF8_AS_LATIN, EUCKR_AS_LATIN]) {
    for (const match of raw.matchAll(pattern)) broken += match[0].length
  }
  for (const match of raw.matchAll(HANGUL_OR_NEIGHBOUR)) broken += rarePairs(match[0])
  return Math.min(1, broken / raw.length)
}

/**
 * Characters of a run that stand in a suspicious pair: an unused syllable beside another one, beside a Hanja or U+FFFD,
 * or after a question mark (before one it may be slang).
 */
function rarePairs(run: string): number {
  const inPair = new Set<number>()
  for (let i = 1; i < run.length; i++) {
    const [left, right] = [run[i - 1]!, run[i]!]
    const pair = isUnused(right) ? isSuspicious(left) : isUnused(left) && right !== '?' && isSuspicious(right)
    if (pair) inPair.add(i - 1).add(i)
  }
  let count = 0
  for (const i of inPair) if (run[i] !== '\ufffd') count++
  return count
}

function isSuspicious(character: string): boolean {
  return character < '\uac00' || character > '\ud7a3' || isUnused(character)
}

function isUnused(character: string): boolean {
  return character >= '\uac00' && character <= '\ud7a3' && !USED.has(character)
}

/** The 2,350 syllables of KS X 1001: all that Korean was written with until Unicode, and 99.9 % of what it is now. */
const USED: ReadonlySet<string> = new Set(
  Array.from({ length: 25 * 94 }, (_, i) =>
    new TextDecoder('euc-kr').decode(Uint8Array.of(0xb0 + Math.floor(i / 94), 0xa1 + (i % 94))),
  ),
)
