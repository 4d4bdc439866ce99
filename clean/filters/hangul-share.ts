/** How much of a text is Korean: Hangul among its letters. Digits, punctuation and symbols count for neither side. */

const LETTER = /\p{L}/u

/** Share of Hangul (syllables and jamo of every block) among the letters; 0 where there are none. */
export function hangulShare(text: string): number {
  let letters = 0
  let hangul = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isHangul(code)) {
      hangul++
      letters++
    } else if (code < 0x80) {
      if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) letters++
    } else if ((code & 0xfc00) === 0xd800) {
      if (LETTER.test(text.slice(i, i + 2))) letters++
      i++
    } else if (LETTER.test(text[i]!)) letters++
  }
  return letters === 0 ? 0 : hangul / letters
}

function isHangul(code: number): boolean {
  if (code < 0x1100) return false
  return (
    (code >= 0xac00 && code <= 0xd7ff) ||
    code <= 0x11ff ||
    (code >= 0x3130 && code <= 0x318f) ||
    (code >= 0xa960 && code <= 0xa97f)
  )
}
