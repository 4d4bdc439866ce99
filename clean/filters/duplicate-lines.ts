/**
 * How much of a text repeats itself by lines and paragraphs: menus, tables and machine-made pages do, prose does not
 * (Gopher, Rae et al. 2021, arXiv:2112.11446, table A1). dup_line_frac is FineWeb-2's for Korean, which counts no
 * words and so carries over; the others are the 99.5th percentile of prose and manuals, rounded up
 * (bench/cleaning-thresholds.ts). FineWeb-2's .1 of characters would reject bills and reports with running heads.
 */
import { type Rule, ratio } from '../rule.ts'

export const duplicateLines: readonly Rule[] = [
  {
    name: 'dup_line_frac',
    measure: 'dup_line_frac',
    side: 'most',
    threshold: 0.374,
    about: 'share of the lines that repeat an earlier one',
    value: ({ lines, repeatedLines }) => ratio(repeatedLines.pieces, lines.length),
  },
  {
    name: 'dup_line_char_frac',
    measure: 'dup_line_char_frac',
    side: 'most',
    threshold: 0.15,
    about: "share of the characters that stand in such lines (FineWeb's char_dup_ratio)",
    value: ({ repeatedLines }) => ratio(repeatedLines.units, repeatedLines.unitsInAll),
  },
  {
    name: 'dup_para_frac',
    measure: 'dup_para_frac',
    side: 'most',
    threshold: 0.25,
    about: 'share of the paragraphs that repeat an earlier one',
    value: ({ paragraphs, repeatedParagraphs }) => ratio(repeatedParagraphs.pieces, paragraphs.length),
  },
  {
    name: 'dup_para_char_frac',
    measure: 'dup_para_char_frac',
    side: 'most',
    threshold: 0.15,
    about: 'share of the characters that stand in such paragraphs',
    value: ({ repeatedParagraphs }) => ratio(repeatedParagraphs.units, repeatedParagraphs.unitsInAll),
  },
]
