/** Values to equal bins whose edges a person can read. */
import type { Histogram } from './data.ts'

const BINS = 40
/** Beyond this share of the values a distribution is all tail: the last bin holds it. */
const SHOWN = 0.995
/** A threshold so many times the highest value shown would flatten the rest. */
const FAR = 4

/** Bins of a sample, with the threshold among them unless it is far off: then it is shown at the edge. */
export function histogram(values: readonly number[], threshold: number | null): Histogram {
  const sorted = Float64Array.from(values).sort()
  const top = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * SHOWN))] ?? 1
  const near = threshold !== null && threshold <= top * FAR ? threshold : null
  const low = Math.min(sorted[0] ?? 0, near ?? Number.POSITIVE_INFINITY)
  const high = Math.max(top, (near ?? top) * 1.25, low + Number.EPSILON)
  return binned(values, low, high, false)
}

/** Bins of the logarithm of positive values. */
export function logarithmicHistogram(values: readonly number[]): Histogram {
  const logarithms = values.filter((value) => value > 0).map(Math.log2)
  const low = Math.floor(logarithms.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY))
  const high = Math.ceil(logarithms.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY))
  return logarithms.length === 0 ? binned([], 0, 1, true) : binned(logarithms, low, Math.max(high, low + 1), true)
}

function binned(values: readonly number[], from: number, to: number, logarithmic: boolean): Histogram {
  const width = (to - from) / BINS
  const counts = new Array<number>(BINS).fill(0)
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((value - from) / width)))
    counts[bin] = counts[bin]! + 1
  }
  return { from, width, counts, logarithmic }
}
