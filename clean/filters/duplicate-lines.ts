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
    value: ({ lines }) => ratio(repeated(lines).count, lines.length),
  },
  {
    name: 'dup_line_char_frac',
    measure: 'dup_line_char_frac',
    side: 'most',
    threshold: 0.15,
    about: "share of the characters that stand in such lines (FineWeb's char_dup_ratio)",
    value: ({ lines }) => ratio(repeated(lines).units, unitsOf(lines)),
  },
  {
    name: 'dup_para_frac',
    measure: 'dup_para_frac',
    side: 'most',
    threshold: 0.25,
    about: 'share of the paragraphs that repeat an earlier one',
    value: ({ paragraphs }) => ratio(repeated(paragraphs).count, paragraphs.length),
  },
  {
    name: 'dup_para_char_frac',
    measure: 'dup_para_char_frac',
    side: 'most',
    threshold: 0.15,
    about: 'share of the characters that stand in such paragraphs',
    value: ({ paragraphs }) => ratio(repeated(paragraphs).units, unitsOf(paragraphs)),
  },
]

/** How many pieces are equal to an earlier one, and their code units. */
function repeated(pieces: readonly string[]): { readonly count: number; readonly units: number } {
  const seen = new Set<string>()
  let count = 0
  let units = 0
  for (const piece of pieces) {
    if (seen.has(piece)) {
      count++
      units += piece.length
    } else seen.add(piece)
  }
  return { count, units }
}

function unitsOf(pieces: readonly string[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}
