/**
 * The measure of extraction benchmarks: how many 4-word shingles of the true text are in the found one, and back.
 * Definition: github.com/scrapinghub/article-extraction-benchmark (words are runs of letters, digits and underscores;
 * a text of fewer words is one shingle). It reads texts, not pages.
 */
import { randomStream } from '../model/random.ts'

export interface PageScore {
  /** Shares of all shingles of the page: in both texts, only in the found one, only in the true one. */
  readonly matched: number
  readonly extra: number
  readonly missed: number
}

const WORDS_PER_SHINGLE = 4

function shingles(text: string): Map<string, number> {
  const words = text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []
  const counts = new Map<string, number>()
  const last = Math.max(0, words.length - WORDS_PER_SHINGLE)
  for (let i = 0; i <= last; i++) {
    const shingle = words.slice(i, i + WORDS_PER_SHINGLE).join(' ')
    counts.set(shingle, (counts.get(shingle) ?? 0) + 1)
  }
  return counts
}

/** Compares one found text with the true one. */
export function scorePage(truth: string, found: string): PageScore {
  const expected = shingles(truth)
  const actual = shingles(found)
  let matched = 0
  let extra = 0
  let missed = 0
  for (const shingle of new Set([...expected.keys(), ...actual.keys()])) {
    const want = expected.get(shingle) ?? 0
    const have = actual.get(shingle) ?? 0
    matched += Math.min(want, have)
    extra += Math.max(0, have - want)
    missed += Math.max(0, want - have)
  }
  const sum = matched + extra + missed
  return { matched: matched / sum, extra: extra / sum, missed: missed / sum }
}

/** Precision and recall averaged over pages, and their harmonic mean. */
export function summarise(scores: readonly PageScore[]): { precision: number; recall: number; f1: number } {
  const precision = mean(scores.map(({ matched, extra }) => ratio(matched, extra)).filter(Number.isFinite))
  const recall = mean(scores.map(({ matched, missed }) => ratio(matched, missed)).filter(Number.isFinite))
  const sum = precision + recall
  return { precision, recall, f1: sum === 0 ? 0 : (2 * precision * recall) / sum }
}

/** How F1 varies over random halves of the pages, which are drawn with a fixed seed: how much of it hangs on single pages. */
export function spreadOfHalves(
  scores: readonly PageScore[],
  halves: number,
): { least: number; low: number; median: number; high: number } {
  const random = randomStream(1, 'halves')
  const found = Array.from({ length: halves }, () => {
    const order = scores.map((score) => ({ score, key: random.uniform() })).sort((a, b) => a.key - b.key)
    return summarise(order.slice(0, Math.floor(scores.length / 2)).map(({ score }) => score)).f1
  }).sort((a, b) => a - b)
  const at = (share: number): number => found[Math.floor(share * (halves - 1))]!
  return { least: at(0), low: at(0.05), median: at(0.5), high: at(0.95) }
}

function ratio(matched: number, other: number): number {
  return matched / (matched + other)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
