/**
 * The rules of C4 (Raffel et al. 2020, JMLR 21/140, section 2.2), as measures of the whole document. All are off:
 * FineWeb-2 uses none for Korean, where a page about programming is not a page in a programming language.
 */
import { type Rule, ratio } from '../rule.ts'
import { countSentences, endsSentence } from '../sentences.ts'

const LOREM_IPSUM = /lorem ipsum/i
const JAVASCRIPT = /javascript|자바스크립트/i

export const c4Rules: readonly Rule[] = [
  {
    name: 'curly_bracket',
    measure: 'curly_bracket',
    side: 'most',
    threshold: null,
    about: 'whether there is a curly bracket, 0 or 1',
    value: ({ text }) => Number(text.includes('{')),
  },
  {
    name: 'lorem_ipsum',
    measure: 'lorem_ipsum',
    side: 'most',
    threshold: null,
    about: 'whether there is "lorem ipsum", 0 or 1',
    value: ({ text }) => Number(LOREM_IPSUM.test(text)),
  },
  {
    name: 'javascript_line_frac',
    measure: 'javascript_line_frac',
    side: 'most',
    threshold: null,
    about: 'share of the lines that speak of JavaScript',
    value: ({ lines }) => ratio(lines.filter((line) => JAVASCRIPT.test(line)).length, lines.length),
  },
  {
    name: 'terminal_punct_frac',
    measure: 'terminal_punct_frac',
    side: 'least',
    threshold: null,
    about: 'share of the characters in lines that end a sentence',
    value: ({ lines }) => ratio(unitsOf(lines.filter(endsSentence)), unitsOf(lines)),
  },
  {
    name: 'min_sentences',
    measure: 'sentences',
    side: 'least',
    threshold: null,
    about: 'sentences, by their final punctuation or ending; C4 wants 3',
    value: ({ lines }) => lines.reduce((sum, line) => sum + countSentences(line), 0),
  },
]

function unitsOf(lines: readonly string[]): number {
  return lines.reduce((sum, { length }) => sum + length, 0)
}
