/**
 * The eight-bit character sets that bytes are mistaken for, backwards: which byte a character would have been. Knows
 * characters, not what a run of them means (utf8-run.ts, korean.ts).
 */
import iconv from 'iconv-lite'

export interface Charset {
  /** The byte of a UTF-16 unit, 0x80–0xff, or 0 where it has none. */
  readonly bytes: Uint8Array
}

/** The commonest first. The first of all is Latin-1 and CP1252 in one, as programs mix them up themselves. */
export const CHARSETS: readonly Charset[] = [
  charset('windows-1252', 'iso-8859-1'),
  charset('windows-1250'),
  charset('iso-8859-2'),
  charset('windows-1251'),
  charset('windows-1257'),
  charset('macintosh'),
  charset('cp437'),
]

/** A byte that the charset leaves undefined stands for itself, as a C1 control: so browsers decode it. */
function charset(...names: readonly string[]): Charset {
  const bytes = new Uint8Array(0x10000)
  for (const name of names) {
    for (let byte = 0x80; byte <= 0xff; byte++) {
      const character = iconv.decode(Buffer.of(byte), name)
      bytes[character === '\ufffd' ? byte : character.charCodeAt(0)] = byte
    }
  }
  return { bytes }
}

/** Bits of a UTF-16 unit, one for each charset in which its byte is of a class: see CLASSES. */
const MARKS = new Uint32Array(0x10000)
const WIDTH = CHARSETS.length
const ALL = (1 << WIDTH) - 1
/** UTF-8: begins a sequence, continues one. EUC-KR: first and second byte of a syllable. */
const CLASSES: readonly (readonly [number, number])[] = [
  [0xc2, 0xf4],
  [0x80, 0xbf],
  [0xb0, 0xc8],
  [0xa1, 0xfe],
]
for (const [bit, { bytes }] of CHARSETS.entries()) {
  for (let unit = 0x80; unit < 0x10000; unit++) {
    for (const [i, [least, most]] of CLASSES.entries()) {
      const byte = bytes[unit]!
      if (byte >= least && byte <= most) MARKS[unit]! |= 1 << (i * WIDTH + bit)
    }
  }
}

export interface Suspects {
  /** Charsets, as bits, in which the text has the first bytes of a character in UTF-8. */
  readonly utf8: number
  /** Those in which it has two syllables of EUC-KR in a row. */
  readonly eucKr: number
}

/** One scan over the text: for nearly every text that nothing is to be looked at. */
export function suspects(text: string): Suspects {
  let utf8 = 0
  let eucKr = 0
  let before = 0
  let syllable = 0
  let syllableBefore = 0
  for (let i = 0; i < text.length; i++) {
    const marks = MARKS[text.charCodeAt(i)]!
    utf8 |= before & (marks >>> WIDTH)
    const pair = (before >>> (2 * WIDTH)) & (marks >>> (3 * WIDTH))
    eucKr |= pair & syllableBefore
    syllableBefore = syllable
    syllable = pair
    before = marks
  }
  return { utf8: utf8 & ALL, eucKr: eucKr & ALL }
}
