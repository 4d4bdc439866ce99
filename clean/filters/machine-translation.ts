/**
 * Marks that machine translation leaves in Korean: a verb split from its noun (설정 합니다, 지정 된), pronouns that Korean
 * leaves out, and passives by 에 의해. Scored and left to policy: careful translators write some of it too.
 */
import type { Prepared } from '../prepared.ts'
import { type Rule, ratio } from '../rule.ts'

/** Forms of 하다 and 되다 that stand alone behind a noun. */
const SPLIT_VERBS = wordSet(
  '합니다 됩니다 하는 되는 된 하지 되지 하세요 하십시오 하여 하고 하거나 하면 되면 되어 되었습니다 했습니다 하려면 할 될',
)
/** Last letters of what may stand before one in good Korean: particles, adverbs, connective endings (해야 합니다, 하게 된). */
const MAY_PRECEDE = new Set('을를은는이가에로게도지히만며고야록려면나서와과못안잘다라자의께터럼보데니듯해')
const FOREIGN = wordSet(
  '당신은 당신의 당신이 당신을 귀하는 귀하의 귀하가 그것은 그것을 그것이 그들은 그들의 그녀는 그녀의 의해',
)
/** The first letters of all of these: nearly every word is done after a look at its first. */
const BEGINNINGS = new Set([...SPLIT_VERBS, ...FOREIGN].map((word) => word.charCodeAt(0)))
const LONGEST_WORD = 8

export const machineTranslationScore: Rule = {
  name: 'machine_translation_score',
  measure: 'machine_translation_score',
  side: 'most',
  threshold: null,
  about: 'marks of machine translation (split verbs, pronouns, passives) for each word',
  value: (text) => ratio(marks(text), text.words.count),
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '))
}

function marks({ text, words: { count, starts, ends } }: Prepared): number {
  let found = 0
  for (let i = 0; i < count; i++) {
    const [start, end] = [starts[i]!, ends[i]!]
    if (end - start > LONGEST_WORD || !BEGINNINGS.has(text.charCodeAt(start))) continue
    const word = text.slice(start, end).replace(/[.,:;!?)]{1,3}$/, '')
    if (FOREIGN.has(word)) found++
    else if (SPLIT_VERBS.has(word) && i > 0 && isNoun(text, starts[i - 1]!, ends[i - 1]!)) found++
  }
  return found
}

/** Two letters or more, the last of them a syllable or a closing bracket that no particle is. */
function isNoun(text: string, start: number, end: number): boolean {
  const last = text[end - 1]!
  return end - start > 1 && (last === ')' || (last >= '가' && last <= '힣')) && !MAY_PRECEDE.has(last)
}
