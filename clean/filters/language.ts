/** Whether a text is Korean, as a whole and line by line. */
import { languageScore as scoreOf } from '../language.ts'
import { lettersIn } from '../prepared.ts'
import { type Rule, ratio } from '../rule.ts'

/** A line counts as Korean from the score on at which half of what it says is. */
const KOREAN_LINE = 0.5

export const languageScore: Rule = {
  name: 'language_score',
  measure: 'language_score',
  side: 'least',
  threshold: 0.5,
  about: 'how much of the text is Korean, 0 to 1; three Latin letters weigh one syllable',
  value: ({ letters }) => scoreOf(letters),
}

/** Left to policy: tables of names in a Korean page are lines in other languages. */
export const koreanLineFrac: Rule = {
  name: 'korean_line_frac',
  measure: 'korean_line_frac',
  side: 'least',
  threshold: null,
  about: `share of the lines with letters whose own language score is at least ${KOREAN_LINE}`,
  value: ({ lettersOfLines }) => {
    const scores = lettersOfLines.filter((letters) => lettersIn(letters) > 0).map(scoreOf)
    return ratio(scores.filter((score) => score >= KOREAN_LINE).length, scores.length)
  },
}
