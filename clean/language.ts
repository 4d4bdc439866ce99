/**
 * Whether letters are Korean text, from their scripts alone: Hangul writes no other language, so what must be weighed
 * is only how much of something else there is. Works on a line as on a page; it reads no words.
 */
import type { LetterCounts } from './prepared.ts'
import { ratio } from './rule.ts'

/** A syllable is written with two to three Latin letters; words of other alphabets run about as long. */
const LETTERS_PER_SYLLABLE = 3
/** Hanja beside this share of Hangul, and no kana, is the mixed script of Korean; beside less it is Chinese. */
const HANGUL_IN_MIXED_SCRIPT = 0.2

/**
 * 0 (another language, or no letters) to 1 (Korean alone): what is written in Hangul, or in the Hanja of a mixed text,
 * as a share of all, in syllables.
 */
export function languageScore({ hangul, jamo, latin, hanja, kana, other }: LetterCounts): number {
  const ownHanja = hangul >= (hangul + hanja + kana) * HANGUL_IN_MIXED_SCRIPT && kana <= hangul ? hanja : 0
  const korean = hangul + jamo + ownHanja
  const foreign = hanja - ownHanja + kana + (latin + other) / LETTERS_PER_SYLLABLE
  return ratio(korean, korean + foreign)
}
