/**
 * Marks that machine translation leaves in Korean: a verb split from its noun (설정 합니다, 지정 된), pronouns that Korean
 * leaves out, and passives by 에 의해. Scored and left to policy: careful translators write some of it too.
 */
import { type Rule, ratio } from '../rule.ts'

/**
 * A form of 하다 or 되다 that stands alone behind a noun. What may stand before one in good Korean, and so is excluded by
 * its last syllable: particles, adverbs and connective endings (해야 합니다, 하게 된, 하려고 하는).
 */
const SPLIT_VERB =
  /[가-힣a-z)][가-힣)](?<![을를은는이가에로게도지히만며고야록려면나서와과못안잘다라자의께터럼보데니듯해]) (?:합니다|됩니다|하는|되는|된|하지|되지|하세요|하십시오|하여|하고|하거나|하면|되면|되어|되었습니다|했습니다|하려면|할 수|될 수)(?![가-힣])/g
const FOREIGN_TURNS =
  /(?:^|[\s(])(?:당신[은의이을에]|귀하[는의가를]|그것[은을이의]|그들[은의이을]|그녀[는의가를])|에 의해 |로부터의 /g

export const machineTranslationScore: Rule = {
  name: 'machine_translation_score',
  measure: 'machine_translation_score',
  side: 'most',
  threshold: null,
  about: 'marks of machine translation (split verbs, pronouns, passives) for each word',
  value: ({ text, words }) => ratio(matches(text, SPLIT_VERB) + matches(text, FOREIGN_TURNS), words.count),
}

function matches(text: string, pattern: RegExp): number {
  let count = 0
  for (const _ of text.matchAll(pattern)) count++
  return count
}
