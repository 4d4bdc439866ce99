/**
 * A text as the set of its shingles: every run of `size` letters, hashed to 32 bits. Sets of hashes are what similarity
 * is computed over: two different shingles that share a hash count as one, which for a text of a thousand letters
 * happens to one shingle in ten thousand texts, and moves its similarity by a thousandth.
 */

/** Odd, with well spread bits: the base of the rolling polynomial modulo 2³². */
const BASE = 0x5ad1e9b7

/** Ascending hashes without repeats; empty where the text is shorter than a shingle. Letters are UTF-16 code units. */
export function shinglesOf(letters: Uint16Array, size: number): Uint32Array {
  const count = letters.length - size + 1
  if (size < 1 || count < 1) return new Uint32Array(0)
  let leaving = 1
  for (let i = 1; i < size; i++) leaving = Math.imul(leaving, BASE)
  const hashes = new Uint32Array(count)
  let rolling = 0
  for (let i = 0; i < size - 1; i++) rolling = (Math.imul(rolling, BASE) + letters[i]!) | 0
  for (let i = 0; i < count; i++) {
    rolling = (Math.imul(rolling, BASE) + letters[i + size - 1]!) | 0
    hashes[i] = mix(rolling)
    rolling = (rolling - Math.imul(letters[i]!, leaving)) | 0
  }
  return unique(hashes.sort())
}

/** Spreads the bits of a 32-bit integer (the finaliser of MurmurHash3); a bijection. */
export function mix(value: number): number {
  let bits = value
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** Sorted hashes without repeats, in place. */
function unique(sorted: Uint32Array): Uint32Array {
  let kept = 1
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] !== sorted[kept - 1]) sorted[kept++] = sorted[i]!
  }
  return sorted.slice(0, kept)
}
