/** Exact similarity of two sets of shingles, in integers. Which pairs are compared is left to others. */

/** Whether intersection / union ≥ perMille / 1000, in integers. */
export function isSimilar(intersection: number, union: number, perMille: number): boolean {
  return intersection * 1000 >= perMille * union
}

/** Whether sets of these sizes can be similar at all: the smaller as intersection, the larger as union. */
export function canBeSimilar(size: number, other: number, perMille: number): boolean {
  return size < other ? isSimilar(size, other, perMille) : isSimilar(other, size, perMille)
}

/**
 * Hashes in both of two ascending sets where they are similar, else -1. It stops as soon as those still missing cannot
 * be made up for: J ≥ t needs at least t / (1 + t) of both sizes together.
 */
export function similarIntersection(a: Uint32Array, b: Uint32Array, perMille: number): number {
  const needed = Math.ceil((perMille * (a.length + b.length)) / (1000 + perMille))
  let missesLeftOfA = a.length - needed
  let missesLeftOfB = b.length - needed
  let i = 0
  let j = 0
  let common = 0
  while (missesLeftOfA >= 0 && missesLeftOfB >= 0 && i < a.length && j < b.length) {
    const x = a[i]!
    const y = b[j]!
    if (x === y) {
      common++
      i++
      j++
    } else if (x < y) {
      i++
      missesLeftOfA--
    } else {
      j++
      missesLeftOfB--
    }
  }
  return isSimilar(common, a.length + b.length - common, perMille) ? common : -1
}
