/**
 * The MinHash signature of a set of shingles, as the keys of its bands: sets of similarity J share a band's key with
 * probability about J^rows. A pure function of the set; who compares with whom is left to others.
 */
import type { Deduplication } from './config.ts'
import { mix } from './shingles.ts'

const GOLDEN = 0x9e3779b9

/**
 * One key of 32 bits a band. Minimum i is that of the hashes in the i-th of bands × rows equal ranges, and where a small
 * set leaves a range empty, the minimum over all hashes under a permutation of the range's own. Two sets agree in a
 * minimum exactly where that of their union lies in both, so with probability J, as under MinHash (Broder 1997); each
 * hash is looked at about once in place of bands × rows times (one-permutation hashing, Li, Owen and Zhang 2012; the
 * filling by rounds is Dahlgaard, Knudsen and Thorup's, 2017, with a single round before the last).
 */
export function bandKeys(shingles: Uint32Array, { bands, rows }: Deduplication): Uint32Array {
  const keys = new Uint32Array(bands)
  if (shingles.length === 0) return keys
  const ranges = bands * rows
  let first = 0
  for (let band = 0; band < bands; band++) {
    let key = Math.imul(band + 1, GOLDEN)
    for (let row = 0; row < rows; row++) {
      const range = band * rows + row
      const end = Math.floor(((range + 1) * 0x1_0000_0000) / ranges)
      const minimum = shingles[first]
      key = mix(key + (minimum !== undefined && minimum < end ? minimum : minimumUnder(range, shingles)))
      first = firstAtLeast(shingles, end, first)
    }
    keys[band] = key
  }
  return keys
}

/** The hashes are spread already, so multiplying by an odd number of each range's own orders them anew. */
function minimumUnder(range: number, shingles: Uint32Array): number {
  const multiplier = mix(range + 1) | 1
  let minimum = 0xffffffff
  for (let i = 0; i < shingles.length; i++) {
    const value = Math.imul(shingles[i]!, multiplier) >>> 0
    if (value < minimum) minimum = value
  }
  return minimum
}

/** Index of the first of the ascending hashes that is not below `bound`, from index `from` on. */
function firstAtLeast(sorted: Uint32Array, bound: number, from: number): number {
  let step = 1
  let low = from
  while (low + step <= sorted.length && sorted[low + step - 1]! < bound) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step - 1, sorted.length)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < bound) low = middle + 1
    else high = middle
  }
  return low
}
