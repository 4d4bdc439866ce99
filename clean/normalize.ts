/**
 * One spelling for every text before anything measures, compares or encodes it: NFC (never NFKC, which takes ㅋ apart),
 * half-width jamo composed, characters without a look removed, white space plain. It repairs no mojibake and judges
 * nothing; normalising twice changes nothing.
 */
import { kindAt, MARK, unitsAt } from './characters.ts'
import { composeHalfwidthJamo } from './halfwidth.ts'

/** Line ends of every system; form feed and the Unicode separators end a line too. */
const LINE_ENDS = /\r\n?|[\f\u0085\u2028]/g
const PARAGRAPH_SEPARATOR = /\u2029/g
/** Spaces of other widths, and the Hangul fillers people use as invisible letters. */
const SPACES = /[\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]/g
/**
 * Removed: control characters, soft hyphen, zero-width and bidi controls, U+FEFF, interlinear and tag characters,
 * noncharacters, and U+2581, SentencePiece's own space. The zero-width joiner is handled apart.
 */
const INVISIBLE =
  /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u2581\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/gu
/** It joins emoji (👩‍👧); elsewhere in a Korean text it is debris. */
const LONE_JOINER =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})/gu
/**
 * Combining marks beyond the 30 of a stream-safe text (UAX #15, section 13): no writing has them, and NFC sorts them in
 * quadratic time.
 */
const MOST_MARKS = 30
const EXCESS_MARKS = /(?<=\p{M}{30})\p{M}+/gu
/** Whether one of the above may have something to do; most texts are spared them. */
const TOUCHED =
  /[\0-\x08\x0c-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2581\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]/
/** Whether white space is other than single spaces, line ends and single blank lines. */
const UNEVEN = /[\t\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]| {2}| \n|\n |\n\n\n|^[ \n]|[ \n]$/
const INDENT = /^[ \t]*/

/** The normal form of a text. Lone surrogates become U+FFFD, so that the damage can still be measured. */
export function normalize(text: string): string {
  const plain = TOUCHED.test(text) ? withoutInvisible(text) : text
  const safe = hasExcessMarks(plain) ? plain.replace(EXCESS_MARKS, '') : plain
  const composed = composeHalfwidthJamo(safe).normalize('NFC')
  return UNEVEN.test(composed) ? normalizeLines(composed) : composed
}

function withoutInvisible(text: string): string {
  return text
    .toWellFormed()
    .replace(LINE_ENDS, '\n')
    .replace(PARAGRAPH_SEPARATOR, '\n\n')
    .replace(INVISIBLE, '')
    .replace(LONE_JOINER, '')
}

/** Asked first: the pattern alone would take as long as all the rest of normalising. */
function hasExcessMarks(text: string): boolean {
  let run = 0
  for (let i = 0; i < text.length; i += unitsAt(text, i)) {
    run = kindAt(text, i) === MARK ? run + 1 : 0
    if (run > MOST_MARKS) return true
  }
  return false
}

/** Trailing spaces off, runs of spaces within a line single, at most one blank line, none at the ends. */
function normalizeLines(text: string): string {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const normal = normalizeLine(line)
    if (normal === '' && (lines.length === 0 || lines.at(-1) === '')) continue
    lines.push(normal)
  }
  if (lines.at(-1) === '') lines.pop()
  return lines.join('\n')
}

/** Indentation by spaces and tabs means something in code and stays, a tab as four spaces; that by other spaces does not. */
function normalizeLine(line: string): string {
  if (!UNEVEN.test(line)) return line
  const indent = line.match(INDENT)?.[0] ?? ''
  const rest = line.slice(indent.length).replace(SPACES, ' ')
  const body = rest.replace(/[ \t]+/g, ' ').trim()
  if (body === '') return ''
  return rest.startsWith(' ') ? body : indent.replaceAll('\t', '    ') + body
}
