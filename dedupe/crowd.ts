/**
 * The kept rows of one band key that very many have, by the rarest of their shingles: pages of one template share keys
 * without being similar, and comparing each with all would take quadratic time. It rules out only pairs that cannot be
 * similar, so it changes no decision; comparing the others is left to `resolve.ts`.
 */

export interface Crowd {
  /** Rows added so far. */
  readonly size: number
  add(row: number, shingles: Uint32Array): void
  /** Rows added that can be similar to this set, ascending. */
  partners(shingles: Uint32Array): number[]
}

/** Of how many shingles one must be shared beyond the first: pages that have one sentence in common are told apart. */
const SHARE = 10

/** How many shingles of their prefixes similar sets share, where the smaller has so many in all. */
function sharedAtLeast(size: number): number {
  return 1 + Math.floor(size / SHARE)
}

/**
 * Prefix filter (Chaudhuri, Ganti and Kaushik 2006), for l shared shingles (Wang, Li and Feng 2012): two sets of
 * similarity t share l shingles among the first |x| - ⌈t|x|⌉ + l of each, in any one order of all shingles. The order
 * here is that of frequency in the sample, rarest first, then by hash. A row takes 12 bytes for each shingle of its
 * prefix, three tenths of all at J ≥ .8, as long as the crowd is in use.
 */
export function createCrowd(sample: Iterable<Uint32Array>, perMille: number): Crowd {
  const frequency = frequencies(sample)
  const postings = createPostings()
  let size = 0
  const leastCommon = (shingles: Uint32Array) => Math.ceil((perMille * shingles.length) / 1000)
  const prefixOf = (shingles: Uint32Array): readonly number[] => {
    const length = shingles.length - leastCommon(shingles) + sharedAtLeast(shingles.length)
    const prefix: number[] = []
    for (let i = 0; i < shingles.length && prefix.length < length; i++) {
      if (!frequency.has(shingles[i]!)) prefix.push(shingles[i]!)
    }
    if (prefix.length === length) return prefix
    const frequent = [...shingles].filter((hash) => frequency.has(hash))
    frequent.sort((a, b) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || a - b)
    return [...prefix, ...frequent.slice(0, length - prefix.length)]
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
      const shared = new Map<number, number>()
      for (const hash of prefixOf(shingles)) postings.count(hash, shared)
      const least = sharedAtLeast(leastCommon(shingles))
      return [...shared].flatMap(([row, count]) => (count >= least ? [row] : [])).sort((a, b) => a - b)
    },
  }
}

/** In how many sets of the sample each shingle is that is in more than one. */
function frequencies(sample: Iterable<Uint32Array>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const shingles of sample) for (const hash of shingles) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  return new Map([...counts].filter(([, count]) => count > 1))
}

interface Postings {
  add(hash: number, row: number): void
  /** Adds one to the count of each row that has the hash. */
  count(hash: number, rows: Map<number, number>): void
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
    count(hash, rows) {
      for (let entry = heads[hash & (heads.length - 1)]!; entry !== 0; entry = entries[entry * 3 - 1]!) {
        if (entries[entry * 3 - 3] !== hash) continue
        const row = entries[entry * 3 - 2]!
        rows.set(row, (rows.get(row) ?? 0) + 1)
      }
    },
  }
}
