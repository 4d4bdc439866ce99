/**
 * The pairs of neighbouring symbols: how often each occurs, where, and which occurs most. Counts are exact and
 * only ever fall once a pair is in (a merge makes new pairs, it never adds to old ones), which is what lets the
 * queue be lazy. Knows nothing of text; merges.ts keeps the counts.
 */

/** Pair of symbols as one number; symbols are below 65,536. */
export const pairKey = (left: number, right: number): number => ((left << 16) | right) >>> 0
export const leftOf = (key: number): number => key >>> 16
export const rightOf = (key: number): number => key & 0xffff

export interface PairSet {
  /** Number of the pair, -1 where it is not in, or no more. Numbers hold until the next `add`. */
  find(key: number): number
  /** Adds a pair that is not in, with room for `occurrences` positions; returns its number. */
  add(key: number, count: number, occurrences: number): number
  /** Records one position of a pair just added. */
  place(pair: number, position: number): void
  decrease(pair: number, by: number): void
  count(pair: number): number
  key(pair: number): number
  /** Positions in ascending order; some may have gone stale. Valid until the next `add`. */
  positions(pair: number): Int32Array
  remove(pair: number): void
  /** The most frequent pair, -1 where none is left. */
  best(): number
}

/**
 * @param before whether the first of two equally frequent pairs (as keys) goes first
 */
export function createPairSet(before: (a: number, b: number) => boolean): PairSet {
  let keys = new Uint32Array(1 << 12)
  let counts = new Float64Array(1 << 12)
  /** Pair i has room for its positions in pool[starts[i]..starts[i] + rooms[i]), of which `filled[i]` are placed. */
  let starts = new Int32Array(1 << 12)
  let rooms = new Int32Array(1 << 12)
  let filled = new Int32Array(1 << 12)
  let pool = new Int32Array(1 << 16)
  let poolSize = 0
  let size = 0
  let slots = new Int32Array(1 << 14)
  /**
   * A binary heap of the pairs that occur at least `threshold` times; rarer ones wait, most of them for ever.
   * `seen` is the count at the time of pushing: an entry that has fallen since is pushed anew.
   */
  let heap = new Int32Array(1 << 12)
  let seen = new Float64Array(1 << 12)
  let heapSize = 0
  let threshold = Number.POSITIVE_INFINITY

  function slotOf(key: number): number {
    const mask = slots.length - 1
    let hash = Math.imul(key, 0x9e3779b1)
    hash ^= hash >>> 15
    let slot = hash & mask
    for (let entry = slots[slot]!; entry !== 0 && keys[entry - 1] !== key; entry = slots[slot]!)
      slot = (slot + 1) & mask
    return slot
  }

  /** Drops the pairs that occur no more, and makes room for as many again. */
  function compact(): void {
    let live = 0
    let livePositions = 0
    for (let pair = 0; pair < size; pair++) {
      if (counts[pair]! <= 0) continue
      live++
      livePositions += rooms[pair]!
    }
    const capacity = Math.max(1 << 12, 2 ** Math.ceil(Math.log2(live * 1.5 + 1)))
    const old = { keys, counts, starts, rooms, filled, pool, size }
    keys = new Uint32Array(capacity)
    counts = new Float64Array(capacity)
    starts = new Int32Array(capacity)
    rooms = new Int32Array(capacity)
    filled = new Int32Array(capacity)
    pool = new Int32Array(Math.max(1 << 16, Math.ceil(livePositions * 1.5)))
    slots = new Int32Array(capacity * 2)
    size = 0
    poolSize = 0
    for (let pair = 0; pair < old.size; pair++) {
      const count = old.counts[pair]!
      if (count <= 0) continue
      const start = old.starts[pair]!
      const room = old.rooms[pair]!
      keys[size] = old.keys[pair]!
      counts[size] = count
      starts[size] = poolSize
      rooms[size] = room
      filled[size] = old.filled[pair]!
      pool.set(old.pool.subarray(start, start + room), poolSize)
      poolSize += room
      slots[slotOf(keys[size]!)] = ++size
    }
    refill()
  }

  function refill(): void {
    heapSize = 0
    for (let pair = 0; pair < size; pair++) if (counts[pair]! > 0 && counts[pair]! >= threshold) push(pair)
  }

  function first(a: number, countA: number, b: number, countB: number): boolean {
    return countA > countB || (countA === countB && before(keys[a]!, keys[b]!))
  }

  function push(pair: number): void {
    if (heapSize === heap.length) {
      const moreHeap = new Int32Array(heapSize * 2)
      moreHeap.set(heap)
      heap = moreHeap
      const moreSeen = new Float64Array(heapSize * 2)
      moreSeen.set(seen)
      seen = moreSeen
    }
    const count = counts[pair]!
    let at = heapSize++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!first(pair, count, heap[parent]!, seen[parent]!)) break
      heap[at] = heap[parent]!
      seen[at] = seen[parent]!
      at = parent
    }
    heap[at] = pair
    seen[at] = count
  }

  function pop(): void {
    const pair = heap[--heapSize]!
    const count = seen[heapSize]!
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heapSize) break
      if (child + 1 < heapSize && first(heap[child + 1]!, seen[child + 1]!, heap[child]!, seen[child]!)) child++
      if (!first(heap[child]!, seen[child]!, pair, count)) break
      heap[at] = heap[child]!
      seen[at] = seen[child]!
      at = child
    }
    heap[at] = pair
    seen[at] = count
  }

  /** Lowers the threshold to a quarter, or to the highest count left where that is lower still. */
  function lower(): boolean {
    let most = 0
    for (let pair = 0; pair < size; pair++) most = Math.max(most, counts[pair]!)
    if (most === 0) return false
    threshold = Math.max(1, Math.floor(most / 4))
    refill()
    return true
  }

  return {
    find(key) {
      const pair = slots[slotOf(key)]! - 1
      return pair >= 0 && counts[pair]! > 0 ? pair : -1
    },
    add(key, count, occurrences) {
      if (size === keys.length || poolSize + occurrences > pool.length) {
        compact()
        if (poolSize + occurrences > pool.length) {
          const grown = new Int32Array(Math.max(pool.length * 2, poolSize + occurrences))
          grown.set(pool)
          pool = grown
        }
      }
      const pair = size++
      keys[pair] = key
      counts[pair] = count
      starts[pair] = poolSize
      rooms[pair] = occurrences
      filled[pair] = 0
      poolSize += occurrences
      slots[slotOf(key)] = size
      if (count >= threshold) push(pair)
      return pair
    },
    place(pair, position) {
      pool[starts[pair]! + filled[pair]!] = position
      filled[pair]! += 1
    },
    decrease(pair, by) {
      counts[pair]! -= by
    },
    count: (pair) => counts[pair]!,
    key: (pair) => keys[pair]!,
    positions: (pair) => pool.subarray(starts[pair], starts[pair]! + filled[pair]!),
    remove(pair) {
      counts[pair] = 0
    },
    best() {
      for (;;) {
        while (heapSize > 0) {
          const pair = heap[0]!
          const count = counts[pair]!
          if (count === seen[0]) return pair
          pop()
          if (count > 0 && count >= threshold) push(pair)
        }
        if (!lower()) return -1
      }
    },
  }
}
