/**
 * Half-width jamo (U+FFA1–FFDC, from terminals and machine-made lists) to syllables. NFC leaves them alone and NFKC
 * would harm other letters, so they are composed here: by the keyboard's rule, a consonant belongs to the next vowel.
 */

/** Initials, vowels and finals of the syllable block, as compatibility jamo, in the order of Unicode 3.12. */
const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const FINALS = 'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'
const HALFWIDTH = /[\uffa1-\uffbe\uffc2-\uffc7\uffca-\uffcf\uffd2-\uffd7\uffda-\uffdc]+/g
const FIRST_VOWEL = 0x314f

/** Composes every run of half-width jamo; what makes no syllable becomes a compatibility jamo (ﾡ → ㄱ). */
export function composeHalfwidthJamo(text: string): string {
  return text.replace(HALFWIDTH, compose)
}

function compose(run: string): string {
  const jamo = Array.from(run, (half) => String.fromCharCode(toCompatibility(half.charCodeAt(0))))
  let composed = ''
  for (let i = 0; i < jamo.length; ) {
    const initial = INITIALS.indexOf(jamo[i]!)
    if (initial === -1 || !isVowel(jamo[i + 1])) {
      composed += jamo[i++]!
      continue
    }
    const vowel = jamo[i + 1]!.charCodeAt(0) - FIRST_VOWEL
    const next = jamo[i + 2]
    const final = next === undefined || isVowel(jamo[i + 3]) ? 0 : FINALS.indexOf(next) + 1
    composed += String.fromCharCode(0xac00 + (initial * 21 + vowel) * 28 + final)
    i += final === 0 ? 2 : 3
  }
  return composed
}

/** The half-width block follows the order of compatibility jamo, with gaps between groups of six vowels. */
function toCompatibility(code: number): number {
  if (code <= 0xffbe) return code - 0xffa1 + 0x3131
  const offset = code - 0xffc2
  return FIRST_VOWEL + Math.floor(offset / 8) * 6 + (offset % 8)
}

function isVowel(jamo: string | undefined): boolean {
  return jamo !== undefined && jamo.charCodeAt(0) >= FIRST_VOWEL
}
