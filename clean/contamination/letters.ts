/**
 * The letters and digits of a text, which is all that contamination compares: spacing, punctuation and case differ
 * between copies of an evaluation item.
 */

const OTHER_LETTER = /[\p{L}\p{N}]/u
/** Small letters of ASCII by code; 0 where a character is no letter or digit. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) =>
  /[a-z0-9]/i.test(String.fromCharCode(code)) ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : 0,
)

export interface Letters {
  /** UTF-16 code units. */
  readonly codes: Uint16Array
  /** Where in the text each of them stands. */
  readonly offsets: Int32Array
}

/** The letters of a text in NFC; a surrogate counts as a letter with its pair. */
export function lettersOf(text: string): Letters {
  const codes = new Uint16Array(text.length)
  const offsets = new Int32Array(text.length)
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const letter = code < 128 ? ASCII[code]! : isLetter(code) ? code : 0
    if (letter === 0) continue
    codes[length] = letter
    offsets[length++] = i
  }
  return { codes: codes.subarray(0, length), offsets: offsets.subarray(0, length) }
}

function isLetter(code: number): boolean {
  if (code >= 0xac00 && code <= 0xd7a3) return true
  return (code & 0xf800) === 0xd800 || OTHER_LETTER.test(String.fromCharCode(code))
}
