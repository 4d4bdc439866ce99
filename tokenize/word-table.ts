/**
 * Numbers distinct words: 0, 1, 2… in order of first sight. An open-addressing table over one arena of UTF-16
 * units, because a JavaScript Map of strings takes four times as long here and holds at most 2^24 entries.
 */

export interface WordTable {
  size(): number
  /** Number of the word `units[0..length)`; it is added where it is new. */
  intern(units: Uint16Array, length: number): number
  /** A view of a word's units, valid until the next intern. */
  word(index: number): Uint16Array
  /** Units of all words together. */
  units(): number
}

export function createWordTable(): WordTable {
  let slots = new Int32Array(1 << 12)
  let hashes = new Int32Array(1 << 11)
  /** Word i lies at arena[starts[i]..starts[i + 1]). */
  let starts = new Float64Array((1 << 11) + 1)
  let arena = new Uint16Array(1 << 14)
  let size = 0

  function add(units: Uint16Array, length: number, hash: number): void {
    const start = starts[size]!
    if (start + length > arena.length) {
      const grown = new Uint16Array(Math.max(arena.length * 2, start + length))
      grown.set(arena)
      arena = grown
    }
    for (let i = 0; i < length; i++) arena[start + i] = units[i]!
    hashes[size] = hash
    starts[++size] = start + length
    if (size === hashes.length) grow()
  }

  function grow(): void {
    const moreHashes = new Int32Array(size * 2)
    moreHashes.set(hashes)
    hashes = moreHashes
    const moreStarts = new Float64Array(size * 2 + 1)
    moreStarts.set(starts)
    starts = moreStarts
    slots = new Int32Array(size * 4)
    const mask = slots.length - 1
    for (let index = 0; index < size; index++) {
      let slot = hashes[index]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = index + 1
    }
  }

  return {
    size: () => size,
    units: () => starts[size]!,
    word: (index) => arena.subarray(starts[index], starts[index + 1]),
    intern(units, length) {
      let hash = length
      for (let i = 0; i < length; i++) hash = Math.imul(hash ^ units[i]!, 0x9e3779b1) ^ (hash >>> 15)
      hash ^= hash >>> 13
      const mask = slots.length - 1
      let slot = hash & mask
      for (let entry = slots[slot]!; entry !== 0; entry = slots[slot]!) {
        const index = entry - 1
        if (hashes[index] === hash) {
          const start = starts[index]!
          if (starts[index + 1]! - start === length) {
            let i = 0
            while (i < length && arena[start + i] === units[i]) i++
            if (i === length) return index
          }
        }
        slot = (slot + 1) & mask
      }
      slots[slot] = size + 1
      add(units, length, hash)
      return size - 1
    },
  }
}
