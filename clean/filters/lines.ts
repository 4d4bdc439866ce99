/**
 * What the lines of a text are like: prose ends its lines with sentences, menus and lists do not. Rules of FineWeb
 * (Penedo et al. 2024, arXiv:2406.17557) and Gopher (Rae et al. 2021, arXiv:2112.11446). Thresholds: line_punct_frac is FineWeb-2's, under the
 * 0.5th percentile of prose; new_line_ratio above all of it (.33); bullets and ellipses are Gopher's, above the 99.5th.
 */
import { type Rule, ratio } from '../rule.ts'
import { endsInEllipsis, hasSentenceEnd } from '../sentences.ts'

/** As in FineWeb: a line of at most so many characters is short. */
const SHORT_LINE = 30
/** Of fewer lines than this, one more or less says nothing: shares are taken as if there were so many. */
const LEAST_LINES = 5
/** What items of lists begin with on Korean pages; a hyphen or an asterisk only with a space behind it (** hides a name). */
const BULLETS = new Set('•·ㆍ∙‣▪▲△▶▷►■□◆◇●○◎★☆※☞➤➔→')
const SPACED_BULLETS = new Set('-–—*+')

export const lineRules: readonly Rule[] = [
  {
    name: 'line_punct_frac',
    measure: 'line_punct_frac',
    side: 'least',
    threshold: 0.062,
    about: 'share of the lines in which a sentence ends, by punctuation or by a final ending',
    value: ({ lines }) => 1 - shareOfMany(lines, (line) => !hasSentenceEnd(line)),
  },
  {
    name: 'short_line_frac',
    measure: 'short_line_frac',
    side: 'most',
    threshold: null,
    about: `share of the lines of at most ${SHORT_LINE} characters`,
    value: ({ lines }) => shareOf(lines, ({ length }) => length <= SHORT_LINE),
  },
  {
    name: 'new_line_ratio',
    measure: 'new_line_ratio',
    side: 'most',
    threshold: 0.4,
    about: 'line ends for each word, blank lines aside',
    value: ({ lines, words }) => ratio(Math.max(0, lines.length - 1), words.count),
  },
  {
    name: 'bullet_line_frac',
    measure: 'bullet_line_frac',
    side: 'most',
    threshold: 0.9,
    about: 'share of the lines that begin with a bullet',
    value: ({ lines }) => shareOfMany(lines, beginsWithBullet),
  },
  {
    name: 'ellipsis_line_frac',
    measure: 'ellipsis_line_frac',
    side: 'most',
    threshold: 0.3,
    about: 'share of the lines that end in an ellipsis',
    value: ({ lines }) => shareOfMany(lines, endsInEllipsis),
  },
]

function beginsWithBullet(line: string): boolean {
  return BULLETS.has(line[0]!) || (line[1] === ' ' && SPACED_BULLETS.has(line[0]!))
}

function shareOf(lines: readonly string[], is: (line: string) => boolean): number {
  return ratio(countOf(lines, is), lines.length)
}

function shareOfMany(lines: readonly string[], is: (line: string) => boolean): number {
  return countOf(lines, is) / Math.max(LEAST_LINES, lines.length)
}

function countOf(lines: readonly string[], is: (line: string) => boolean): number {
  let count = 0
  for (const line of lines) if (is(line)) count++
  return count
}
