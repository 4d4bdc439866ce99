/** Okapi BM25 (Robertson and Zaragoza 2009): how well a text answers the pieces of a query. */
import { patternOf } from './match.ts'

/** How soon a piece that is repeated adds nothing more, and how far the length of the text counts. */
const K1 = 1.2
const B = 0.75

/** Weight of a piece that so many texts hold: ln(1 + (N - n + .5) / (n + .5)), never negative. */
export function inverseFrequency(texts: number, holding: number): number {
  const known = Math.min(holding, texts)
  return Math.log(1 + (texts - known + 0.5) / (known + 0.5))
}

/** @param weights inverse frequency of each piece */
export function createScorer(
  pieces: readonly string[],
  weights: readonly number[],
  meanLength: number,
): (text: string, bytes: number) => number {
  const patterns = pieces.map(patternOf)
  return (text, bytes) => {
    const length = K1 * (1 - B + (B * bytes) / meanLength)
    return patterns.reduce((score, pattern, index) => {
      const found = occurrences(text, pattern)
      return score + ((weights[index] ?? 0) * found * (K1 + 1)) / (found + length)
    }, 0)
  }
}

function occurrences(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
