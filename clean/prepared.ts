/**
 * A text taken apart once for all rules: counts by kind of character, lines, paragraphs, and words as numbers. What is
 * made of them is the business of filters/.
 */
import { HANGUL, HANJA, JAMO, KANA, KINDS, kindAt, LATIN, NEWLINE, OTHER_LETTER, unitsAt } from './characters.ts'
import { type RepeatedRun, repeatedRuns } from './repeated-runs.ts'
import { type SpamScores, spamScores } from './spam/score.ts'
import { lettersOnly } from './terms.ts'
import { collectWords, type Words } from './words.ts'

/** Characters by script among the letters, in code points. */
export interface LetterCounts {
  readonly hangul: number
  readonly jamo: number
  readonly latin: number
  readonly hanja: number
  readonly kana: number
  readonly other: number
}

/** Pieces of a text that are equal to an earlier one: how many, and code units in them and in all pieces. */
export interface Repeats {
  readonly pieces: number
  readonly units: number
  readonly unitsInAll: number
}

/** All letters, of whatever script. */
export function lettersIn({ hangul, jamo, latin, hanja, kana, other }: LetterCounts): number {
  return hangul + jamo + latin + hanja + kana + other
}

export interface Prepared {
  /** As it came, for what normalising removes. */
  readonly raw: string
  /** The normal form; of a longer text the first MEASURED_UNITS. */
  readonly text: string
  /** Code points of the whole normal form. */
  readonly chars: number
  readonly letters: LetterCounts
  /** Lines with something on them, surrounding spaces off. */
  readonly lines: readonly string[]
  /** The letters of each of these lines. */
  readonly lettersOfLines: readonly LetterCounts[]
  /** What blank lines separate. */
  readonly paragraphs: readonly string[]
  readonly repeatedLines: Repeats
  readonly repeatedParagraphs: Repeats
  readonly words: Words
  /** By the number of words, 2 to 10: the runs of words that come twice. */
  readonly runs: readonly RepeatedRun[]
  /** For finding terms (terms.ts): letters and digits in lower case, one space between words. */
  readonly lettersOnly: Uint16Array
  readonly spam: SpamScores
}

/** A bound on memory and time, four times the longest document of the default: measures of what is longer are of its beginning. */
const MEASURED_UNITS = 1 << 22

/** Takes a text apart. `normal` is its normal form, well-formed; `raw` what it was made from. */
export function prepare(raw: string, normal: string): Prepared {
  const text = normal.length > MEASURED_UNITS ? normal.slice(0, MEASURED_UNITS) : normal
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const trimmed = line.trim()
    if (trimmed !== '') lines.push(trimmed)
  }
  const { letters, lettersOfLines, words } = scan(text)
  const plain = lettersOnly(text)
  const paragraphs = paragraphsOf(text)
  return {
    raw,
    text,
    chars: codePoints(normal),
    letters,
    lines,
    lettersOfLines,
    paragraphs,
    repeatedLines: repeatsAmong(lines),
    repeatedParagraphs: repeatsAmong(paragraphs),
    words,
    runs: repeatedRuns(words),
    lettersOnly: plain,
    spam: spamScores(text, plain),
  }
}

function paragraphsOf(text: string): readonly string[] {
  return text.split('\n\n').filter((paragraph) => paragraph.trim() !== '')
}

function repeatsAmong(all: readonly string[]): Repeats {
  const seen = new Set<string>()
  let [pieces, units, unitsInAll] = [0, 0, 0]
  for (const piece of all) {
    unitsInAll += piece.length
    if (seen.has(piece)) {
      pieces++
      units += piece.length
    } else seen.add(piece)
  }
  return { pieces, units, unitsInAll }
}

/** Code points of a well-formed text. */
export function codePoints(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) count--
  return count
}

/** The one pass over characters. */
function scan(text: string): Pick<Prepared, 'letters' | 'lettersOfLines' | 'words'> {
  const counts = new Int32Array(KINDS)
  const before = new Int32Array(KINDS)
  const lettersOfLines: LetterCounts[] = []
  const words = collectWords(text)
  let start = -1
  let seen = 0
  let lineHasText = false
  for (let i = 0; i < text.length; i++) {
    const kind = kindAt(text, i)
    if (kind > NEWLINE) {
      counts[kind]!++
      seen |= 1 << kind
      if (start === -1) start = i
      if (unitsAt(text, i) === 2) i++
      continue
    }
    if (start !== -1) {
      words.add(start, i, seen)
      lineHasText = true
      start = -1
      seen = 0
    }
    if (kind === NEWLINE && lineHasText) {
      lettersOfLines.push(letterCounts(counts, before))
      before.set(counts)
      lineHasText = false
    }
  }
  if (start !== -1) words.add(start, text.length, seen)
  if (start !== -1 || lineHasText) lettersOfLines.push(letterCounts(counts, before))
  return { letters: letterCounts(counts, new Int32Array(KINDS)), lettersOfLines, words: words.finish() }
}

function letterCounts(now: Int32Array, before: Int32Array): LetterCounts {
  return {
    hangul: now[HANGUL]! - before[HANGUL]!,
    jamo: now[JAMO]! - before[JAMO]!,
    latin: now[LATIN]! - before[LATIN]!,
    hanja: now[HANJA]! - before[HANJA]!,
    kana: now[KANA]! - before[KANA]!,
    other: now[OTHER_LETTER]! - before[OTHER_LETTER]!,
  }
}
