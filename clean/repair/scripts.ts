/** What a decoded character is: a letter of which script, a sign, or nothing that belongs into a text. */

/** `none`: unassigned, private, a noncharacter or of a block that mojibake hits by chance and hardly any text uses. */
export type Script = 'none' | 'sign' | 'latin' | 'control' | 'lost' | `script ${string}`

/** First code point, last, and what lies between; in order. What is in none of them is `none`. */
const BLOCKS: readonly (readonly [number, number, Script])[] = [
  [0x80, 0x9f, 'control'],
  [0xa0, 0xbf, 'sign'],
  [0xc0, 0xd6, 'latin'],
  [0xd7, 0xd7, 'sign'],
  [0xd8, 0xf6, 'latin'],
  [0xf7, 0xf7, 'sign'],
  [0xf8, 0x17e, 'latin'],
  [0x192, 0x192, 'latin'],
  [0x1a0, 0x1a1, 'latin'],
  [0x1af, 0x1b0, 'latin'],
  [0x218, 0x21b, 'latin'],
  [0x2c6, 0x2dd, 'sign'],
  [0x300, 0x36f, 'script combining'],
  [0x370, 0x3ff, 'script greek'],
  [0x400, 0x45f, 'script cyrillic'],
  [0x490, 0x493, 'script cyrillic'],
  [0x5d0, 0x5f4, 'script hebrew'],
  [0x600, 0x6ff, 'script arabic'],
  [0x900, 0x97f, 'script devanagari'],
  [0xb80, 0xbff, 'script tamil'],
  [0xe00, 0xe7f, 'script thai'],
  [0x1e00, 0x1eff, 'latin'],
  [0x2000, 0x2bff, 'sign'],
  [0x3000, 0x303f, 'sign'],
  [0x3040, 0x30ff, 'script han'],
  [0x3130, 0x318f, 'script hangul'],
  [0x3200, 0x33ff, 'sign'],
  [0x3400, 0x9fff, 'script han'],
  [0xac00, 0xd7a3, 'script hangul'],
  [0xf900, 0xfaff, 'script han'],
  [0xfb00, 0xfb06, 'sign'],
  [0xfe00, 0xfe0f, 'sign'],
  [0xfeff, 0xfeff, 'sign'],
  [0xff01, 0xff60, 'sign'],
  [0xfffd, 0xfffd, 'lost'],
  [0x1f000, 0x1faff, 'sign'],
  [0x20000, 0x2fa1f, 'script han'],
]

export function scriptOf(codePoint: number): Script {
  return BLOCKS.find(([first, last]) => codePoint >= first && codePoint <= last)?.[2] ?? 'none'
}
