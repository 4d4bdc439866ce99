/** How much of a text are runs of words that it repeats: templates, keyword stuffing, pages that a program filled. */
import { type Rule, ratio } from '../rule.ts'

/** The 99.5th percentile of prose (bench/cleaning-thresholds.ts), rounded up: on eojeol, two or three morphemes each. */
const TOP: readonly (readonly [n: number, threshold: number])[] = [
  [2, 0.16],
  [3, 0.18],
  [4, 0.18],
]
const DUPLICATE: readonly (readonly [n: number, threshold: number])[] = [
  [5, 0.22],
  [6, 0.2],
  [7, 0.18],
  [8, 0.17],
  [9, 0.16],
  [10, 0.15],
]

export const repeatedNGrams: readonly Rule[] = [
  ...TOP.map(
    ([n, threshold]): Rule => ({
      name: `top_${n}_gram_frac`,
      measure: `top_${n}_gram_frac`,
      side: 'most',
      threshold,
      about: `share of the letters of all words that the most frequent run of ${n} words takes, where it comes twice`,
      // Its occurrences may overlap.
      value: ({ runs, words }) => Math.min(1, ratio(runs[n]!.top, words.units)),
    }),
  ),
  ...DUPLICATE.map(
    ([n, threshold]): Rule => ({
      name: `dup_${n}_gram_frac`,
      measure: `dup_${n}_gram_frac`,
      side: 'most',
      threshold,
      about: `share of the letters of all words that stand in a run of ${n} words that came before`,
      value: ({ runs, words }) => ratio(runs[n]!.duplicate, words.units),
    }),
  ),
]
