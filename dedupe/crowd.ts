/**
 * The kept rows of one band key that very many have, by the rarest of their shingles: pages of one template share keys
 * without being similar, and comparing each with all would take quadratic time. It rules out only pairs that cannot be
 * similar, so it changes no decision; comparing the others is left to `resolve.ts`.
 */

/** Shingles of a sample whose frequencies are counted. */
const SAMPLED = 2 ** 20

export interface Crowd {
  /** Rows added so far. */
  readonly size: number
  add(row: number, shingles: Uint32Array): void
  /** Rows added that can be similar to this set, ascending. */
  partners(shingles: Uint32Array): number[]
}

/**
 * Prefix filter (Chaudhuri, Ganti and Kaushik 2006): two sets of similarity t share a shingle among the first
 * |x| - ⌈t|x|⌉ + 1 of each, in any one order of all shingles. The order here is that of frequency in the sample, rarest
 * first. A row takes 12 bytes for each fifth of its shingles, at J ≥ .8, as long as the crowd is in use.
 */
export function createCrowd(sample: Iterable<Uint32Array>, perMille: number): Crowd {
  const frequency = frequencies(sample)
  const postings = createPostings()
  let size = 0
  const prefixOf = (shingles: Uint32Array): Float64Array => {
    const length = shingles.length - Math.ceil((perMille * shingles.length) / 1000) + 1
    const order = Float64Array.from(shingles, (hash) => (frequency.get(hash) ?? 0) * 0x1_0000_0000 + hash)
    return order
      .sort()
      .subarray(0, length)
      .map((place) => place % 0x1_0000_0000)
  }
  return {
    get size() {
      return size
    },
    add(row, shingles) {
      for (const hash of prefixOf(shingles)) postings.add(hash, row)
      size++
    },
    partners(shingles) {
      const rows = new Set<number>()
      for (const hash of prefixOf(shingles)) postings.collect(hash, rows)
      return [...rows].sort((a, b) => a - b)
    },
  }
}

/** In how many sets of the sample each shingle is. */
function frequencies(sample: Iterable<Uint32Array>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  let left = SAMPLED
  for (const shingles of sample) {
    left -= shingles.length
    if (left < 0) break
    for (const hash of shingles) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  }
  return counts
}

interface Postings {
  add(hash: number, row: number): void
  collect(hash: number, rows: Set<number>): void
}

/** Lists of rows by hash: entries (hash, row, next) chained from as many heads as there is room for entries. */
function createPostings(): Postings {
  let heads = new Uint32Array(1024)
  let entries = new Uint32Array(3 * 1024)
  let count = 0
  const chain = (entry: number) => {
    const head = entries[entry * 3]! & (heads.length - 1)
    entries[entry * 3 + 2] = heads[head]!
    heads[head] = entry + 1
  }
  const grow = () => {
    const longer = new Uint32Array(entries.length * 2)
    longer.set(entries)
    entries = longer
    heads = new Uint32Array(heads.length * 2)
    for (let entry = 0; entry < count; entry++) chain(entry)
  }
  return {
    add(hash, row) {
      if ((count + 1) * 3 > entries.length) grow()
      entries[count * 3] = hash
      entries[count * 3 + 1] = row
      chain(count++)
    },
    collect(hash, rows) {
      for (let entry = heads[hash & (heads.length - 1)]!; entry !== 0; entry = entries[entry * 3 - 1]!) {
        if (entries[entry * 3 - 3] === hash) rows.add(entries[entry * 3 - 2]!)
      }
    },
  }
}
