/** The shares of scripts among the letters. Digits, punctuation and symbols count for none. */
import { type LetterCounts, lettersIn } from '../prepared.ts'
import { type Rule, ratio } from '../rule.ts'

export const letterRatios: readonly Rule[] = [
  // Left to policy: language_score weighs a Latin letter as the third of a syllable that it is.
  share('hangul_ratio', 'least', null, 'Hangul, syllables and single letters', ({ hangul, jamo }) => hangul + jamo),
  share('jamo_ratio', 'most', 0.5, 'single Hangul letters (ㅋㅋ, ㅠㅠ, archaic ones)', ({ jamo }) => jamo),
  share('latin_ratio', 'most', null, 'Latin', ({ latin }) => latin),
  // Left to policy: whether the prose of the 1920s belongs to a corpus is not a question of quality.
  share('hanja_ratio', 'most', null, 'Hanja', ({ hanja }) => hanja),
  share('kana_ratio', 'most', 0.25, 'kana', ({ kana }) => kana),
]

function share(
  name: string,
  side: Rule['side'],
  threshold: number | null,
  what: string,
  part: (letters: LetterCounts) => number,
): Rule {
  return {
    name,
    measure: name,
    side,
    threshold,
    about: `share of the letters that are ${what}`,
    value: ({ letters }) => ratio(part(letters), lettersIn(letters)),
  }
}
