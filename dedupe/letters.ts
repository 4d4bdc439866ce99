/**
 * The form in which texts are compared: NFC without white space, since templates and line breaks differ between copies
 * and letters do not. What is done with the letters (digest, shingles) is left to others.
 */
import { hash } from 'node:crypto'

/** Code units normalised at a time, and the most where no safe place to cut is found. */
const PIECE = 4_096
const LONGEST_PIECE = 8_192

/** NFC lengthens a UTF-16 text at most threefold (UAX #15, table of maximum expansion factors). */
const NFC_EXPANSION = 3

/** Words of a fingerprint: 96 bits, so a billion texts meet by chance with a probability of 10⁻¹¹. */
export const FINGERPRINT_WORDS = 3

/**
 * The UTF-16 code units of the text in NFC, without white space (ECMAScript's `\s`). It is normalised in pieces that
 * end where nothing composes, because canonical ordering of one long run of combining marks takes quadratic time.
 */
export function lettersOf(text: string): Uint16Array {
  let letters = new Uint16Array(text.length)
  let count = 0
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start)
    const piece = text.slice(start, end).normalize('NFC')
    if (count + piece.length > letters.length) letters = grown(letters, NFC_EXPANSION * text.length)
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i)
      if (!isSpace(unit)) letters[count++] = unit
    }
    start = end
  }
  return letters.subarray(0, count)
}

/** The first 96 bits of the SHA-256 of the letters (UTF-16LE). */
export function fingerprint(letters: Uint16Array): Uint32Array<ArrayBuffer> {
  const digest = hash('sha256', new Uint8Array(letters.buffer, letters.byteOffset, letters.byteLength), 'buffer')
  return Uint32Array.from({ length: FINGERPRINT_WORDS }, (_, word) => digest.readUInt32LE(word * 4))
}

function pieceEnd(text: string, start: number): number {
  let end = start + PIECE
  while (end < text.length && end < start + LONGEST_PIECE && !startsAnew(text.charCodeAt(end))) end++
  return Math.min(end, text.length)
}

/** Never composes with what is before it: ASCII, a leading consonant, a Hangul syllable. */
function startsAnew(unit: number): boolean {
  return unit < 0x80 || (unit >= 0x1100 && unit <= 0x1112) || (unit >= 0xac00 && unit <= 0xd7a3)
}

function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
  if (unit < 0x1680) return unit === 0xa0
  if (unit < 0x2000) return unit === 0x1680
  if (unit <= 0x3000) {
    return unit <= 0x200a || unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000
  }
  return unit === 0xfeff
}

function grown(letters: Uint16Array, length: number): Uint16Array<ArrayBuffer> {
  const longer = new Uint16Array(length)
  longer.set(letters)
  return longer
}
