/**
 * Whether a text is a page that sells gambling, sex, loans, medicines and the like; scored by ../spam. The threshold is
 * above every text of the sources in bench/cleaning-thresholds.ts, of which the highest are reviews of one line.
 */
import type { Prepared } from '../prepared.ts'
import type { Rule } from '../rule.ts'

export const spamRules: readonly Rule[] = [
  scored('gambling_score', 'promotes gambling', ({ spam }) => spam.gambling),
  scored('adult_score', 'promotes prostitution or pornography', ({ spam }) => spam.adult),
  scored('spam_score', 'promotes these, loans, medicines, forgeries, accounts or tips', ({ spam }) => spam.spam),
]

function scored(name: string, what: string, value: (text: Prepared) => number): Rule {
  return {
    name,
    measure: name,
    side: 'most',
    threshold: 0.45,
    about: `how much the page ${what}, 0 to 1`,
    value,
  }
}
