/**
 * What the words of a text are like (Gopher, Rae et al. 2021, arXiv:2112.11446, table A1), counted on eojeol: about
 * four characters long, most of them with a letter, many ending in a particle. Thresholds are the 0.1th or 99.9th
 * percentile of prose and manuals (bench/cleaning-thresholds.ts), rounded to the lenient side; 8 is above the 99.5th,
 * because behind it are only texts without spaces.
 */
import { type Rule, ratio } from '../rule.ts'
import type { Words } from '../words.ts'

/** Particles and endings of one syllable, of those that FineWeb-2 takes as stop words of Korean and their variants. */
const STOP_ENDINGS = new Set(
  Array.from('의다이는에을한은를고가로도와과만서게지며면요', (ending) => ending.charCodeAt(0)),
)

/** A text of fewer words is taken for one of so many: three points in a line of chat say nothing about it. */
const LEAST_WORDS = 20

export const minMeanWordChars: Rule = {
  name: 'min_mean_word_chars',
  measure: 'mean_word_chars',
  side: 'least',
  threshold: 2,
  about: 'mean length of the words with a letter or digit, in UTF-16 code units',
  value: ({ words }) => ratio(words.unitsWithLetterOrDigit, words.withLetterOrDigit),
}

export const maxMeanWordChars: Rule = {
  ...minMeanWordChars,
  name: 'max_mean_word_chars',
  side: 'most',
  threshold: 8,
}

export const alphaWordFrac: Rule = {
  name: 'alpha_word_frac',
  measure: 'alpha_word_frac',
  side: 'least',
  threshold: 0.7,
  about: 'share of the words with a letter',
  value: ({ words }) => ratio(words.withLetter, words.count),
}

export const symbolWordRatio: Rule = {
  name: 'symbol_word_ratio',
  measure: 'symbol_word_ratio',
  side: 'most',
  threshold: 0.1,
  about: 'number signs or ellipses, whichever are more, for each word',
  value: ({ text, words }) => Math.max(occurrences(text, '#'), ellipses(text)) / Math.max(LEAST_WORDS, words.count),
}

export const stopWords: Rule = {
  name: 'stop_words',
  measure: 'stop_words',
  side: 'least',
  threshold: 2,
  about: 'different particles and endings of one syllable (의 다 는 에 을 …) at the end of words',
  value: ({ text, words }) => stopEndings(text, words),
}

function stopEndings(text: string, { count, starts, ends }: Words): number {
  const found = new Set<number>()
  for (let i = 0; i < count && found.size < STOP_ENDINGS.size; i++) {
    const end = wordEnd(text, starts[i]!, ends[i]!)
    if (end - starts[i]! < 2) continue
    const last = text.charCodeAt(end - 1)
    if (STOP_ENDINGS.has(last)) found.add(last)
  }
  return found.size
}

/** The end of a word without the ASCII punctuation behind it. */
function wordEnd(text: string, start: number, end: number): number {
  while (end > start && text.charCodeAt(end - 1) < 0x30) end--
  return end
}

/** Points in runs of three or more, and …, each run counted once. */
function ellipses(text: string): number {
  let count = occurrences(text, '…')
  for (let at = text.indexOf('...'); at !== -1; at = text.indexOf('...', at)) {
    count++
    while (text[at] === '.') at++
  }
  return count
}

function occurrences(text: string, piece: string): number {
  let count = 0
  for (let at = text.indexOf(piece); at !== -1; at = text.indexOf(piece, at + piece.length)) count++
  return count
}
