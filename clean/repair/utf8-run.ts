/**
 * Sequences of UTF-8 (RFC 3629) among characters that an eight-bit charset made of its bytes. It reads what is there
 * and what it would be; whether to believe it is decided in mojibake.ts.
 */
import type { Charset } from './charsets.ts'
import { type Script, scriptOf } from './scripts.ts'

/** One character as its bytes were misread. */
export interface Sequence {
  readonly start: number
  readonly end: number
  /** The character meant, U+FFFD where one of its bytes was lost. */
  readonly decoded: string
  readonly script: Script
  /** A C1 control is among the misread characters: no text has one. */
  readonly hasControl: boolean
  /** A sign that is no letter is among them. */
  readonly hasSign: boolean
  /** A byte was lost, or stands for itself as a space (A0, a no-break space, is often made one). */
  readonly isLossy: boolean
}

const LETTER = /[\p{Lu}\p{Ll}\p{Lo}]/u
/** Two surrogates that were encoded one by one (CESU-8). */
const SURROGATES = 2

/** The sequence that begins at a place, or null. */
export function sequenceAt(text: string, start: number, charset: Charset): Sequence | null {
  const lead = charset.bytes[text.charCodeAt(start)]!
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  if (lead < 0xc2 || lead > 0xf4) return null
  let point = lead & (0xff >> (length + 1))
  let lossy = false
  let lost = false
  for (let i = 1; i < length; i++) {
    const unit = text.charCodeAt(start + i)
    let byte = charset.bytes[unit] ?? 0
    if (unit === 0x20) {
      byte = 0xa0
      lossy = true
    } else if (unit === 0xfffd) {
      byte = 0x80
      lossy = true
      lost = true
    }
    if (byte < 0x80 || byte > 0xbf) return null
    point = (point << 6) | (byte & 0x3f)
  }
  if (length === 3 && point < 0x800) return null
  if (length === 4 && (point < 0x10000 || point > 0x10ffff)) return null
  const end = start + length
  if (!lost && point >= 0xd800 && point < 0xe000) return surrogatePair(text, start, point, charset)
  const sequence = describe(text, start, end, lost ? 0xfffd : point, lossy)
  // à is a word: the space behind it is one more often than it is its second byte.
  return text[end - 1] === ' ' && point === 0xe0 ? { ...sequence, decoded: 'à ' } : sequence
}

function surrogatePair(text: string, start: number, high: number, charset: Charset): Sequence | null {
  const bytes = [3, 4, 5].map((i) => charset.bytes[text.charCodeAt(start + i)] ?? 0)
  const [a = 0, b = 0, c = 0] = bytes
  if (high >= 0xdc00 || a !== 0xed || b < 0xb0 || b > 0xbf || c < 0x80 || c > 0xbf) return null
  const low = 0xdc00 | ((b & 0x0f) << 6) | (c & 0x3f)
  const point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
  return describe(text, start, start + 3 * SURROGATES, point, false)
}

function describe(text: string, start: number, end: number, point: number, isLossy: boolean): Sequence {
  let hasControl = false
  let hasSign = false
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80 && unit < 0xa0) hasControl = true
    if (!LETTER.test(text[i]!)) hasSign = true
  }
  return { start, end, decoded: String.fromCodePoint(point), script: scriptOf(point), hasControl, hasSign, isLossy }
}
