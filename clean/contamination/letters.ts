/**
 * The letters and digits of a text, which is all that contamination compares: spacing, punctuation and case differ
 * between copies of an evaluation item.
 */
import { DIGIT, isLetter, kindAt, unitsAt } from '../characters.ts'

export interface Letters {
  /** UTF-16 code units; ASCII in lower case. */
  readonly codes: Uint16Array
  /** Where in the text each of them stands. */
  readonly offsets: Int32Array
}

/** The letters of a text in NFC, each with its place. */
export function lettersOf(text: string): Letters {
  const codes = new Uint16Array(text.length)
  const offsets = new Int32Array(text.length)
  let length = 0
  for (let i = 0; i < text.length; ) {
    const kind = kindAt(text, i)
    const end = i + unitsAt(text, i)
    if (isLetter(kind) || kind === DIGIT) {
      for (let unit = i; unit < end; unit++) {
        const code = text.charCodeAt(unit)
        codes[length] = code >= 0x41 && code <= 0x5a ? code | 0x20 : code
        offsets[length++] = unit
      }
    }
    i = end
  }
  return { codes: codes.subarray(0, length), offsets: offsets.subarray(0, length) }
}
