/** A set of rows that is read in ascending order while it grows: a bit a row. */
export interface RowSet {
  readonly size: number
  add(row: number): void
  has(row: number): boolean
  /** The lowest row of the set that is at least `from`, or -1. */
  next(from: number): number
}

export function rowSet(count: number): RowSet {
  const words = new Uint32Array((count + 31) >>> 5)
  let size = 0
  return {
    get size() {
      return size
    },
    add(row) {
      const bit = 1 << (row & 31)
      if ((words[row >>> 5]! & bit) === 0) size++
      words[row >>> 5]! |= bit
    },
    has: (row) => ((words[row >>> 5]! >>> (row & 31)) & 1) === 1,
    next(from) {
      for (let word = from >>> 5; word < words.length; word++) {
        const bits = (word === from >>> 5 ? words[word]! & (-1 << (from & 31)) : words[word]!) >>> 0
        if (bits !== 0) return word * 32 + (31 - Math.clz32(bits & -bits))
      }
      return -1
    },
  }
}
