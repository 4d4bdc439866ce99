/**
 * The view of a text in which personal data is looked for: full-width forms, odd hyphens, dots and spaces as their
 * ASCII likes, characters without a look left out. Positions lead back to the text itself, which stays as it is.
 */
import type { Range } from './personal.ts'

export interface Folded {
  readonly text: string
  /** The range of the original that a range of `text` stands for. */
  readonly origin: (range: Range) => Range
}

const HYPHENS = '‐‑‒–—―−ㅡー﹣ｰ⁃⸺'
const DOTS = '·ㆍ・․‧∙•'
const TILDES = '〜∼'
const SPACES = '\u00a0\u2002\u2003\u2007\u2009\u202f\u3000'
const INVISIBLE = /[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+/g
const ODD = new RegExp(`[${HYPHENS}${DOTS}${TILDES}${SPACES}\uff01-\uff5e]`, 'g')
const LIKES: ReadonlyMap<string, string> = new Map([
  ...Array.from(HYPHENS, (odd) => [odd, '-'] as const),
  ...Array.from(DOTS, (odd) => [odd, '.'] as const),
  ...Array.from(TILDES, (odd) => [odd, '~'] as const),
  ...Array.from(SPACES, (odd) => [odd, ' '] as const),
  ...Array.from({ length: 0x5e }, (_, i) => [String.fromCharCode(0xff01 + i), String.fromCharCode(0x21 + i)] as const),
])

/** Folds a text; linear, and without a copy where there is nothing to fold. */
export function fold(text: string): Folded {
  const gaps: { readonly at: number; readonly removed: number }[] = []
  let removed = 0
  const visible = text.replace(INVISIBLE, (run: string, at: number) => {
    gaps.push({ at: at - removed, removed: removed + run.length })
    removed += run.length
    return ''
  })
  const folded = visible.replace(ODD, (odd) => LIKES.get(odd) ?? odd)
  if (gaps.length === 0) return { text: folded, origin: (range) => range }
  const shift = (at: number): number => {
    // The last gap at or before the position: binary search, as a text may be nothing but gaps.
    let low = 0
    let high = gaps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (gaps[middle]!.at <= at) low = middle + 1
      else high = middle
    }
    return at + (gaps[low - 1]?.removed ?? 0)
  }
  return { text: folded, origin: ({ start, end }) => ({ start: shift(start), end: shift(end - 1) + 1 }) }
}
