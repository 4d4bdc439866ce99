/**
 * Which rows share a band key. Built for one pass over the rows in rank order: below the pass each bucket is narrowed
 * to the rows that were kept, so a bucket of a million duplicates costs what its kept rows cost. What similarity they
 * have is left to `resolve.ts`.
 */
import { canBeSimilar } from './jaccard.ts'
import type { RowSet } from './row-set.ts'
import { KEPT, PENDING, type State } from './state.ts'

export interface BandIndex {
  readonly state: State
  readonly bucketMask: number
  /** Start of each bucket in `rows`, and the end of the last. */
  readonly starts: Uint32Array
  /**
   * Rows by bucket, ascending. Of a bucket's rows the pass has gone by `passed`, whose kept ones stand first, `kept` of
   * them; the rest is as it was.
   */
  readonly rows: Uint32Array
  readonly kept: Uint32Array
  readonly passed: Uint32Array
  /** Bits of the keys that (probably) more than one row has; the others are in no bucket. */
  readonly shared: Bits
}

interface Bits {
  readonly mask: number
  readonly words: Uint32Array
}

/**
 * An index in which the rows of `wanted` find all rows of `members` that they share a key with. Where few are wanted, as
 * in a night that adds a hundredth, what it costs is to read the keys of all once for each of two passes.
 */
export function buildBandIndex(state: State, members: RowSet, wanted: RowSet): BandIndex {
  const { words, width } = state.keys
  const shared = sharedKeys(state, members, wanted)
  const bucketMask = 2 ** powerFor(Math.min(wanted.size * 4, members.size)) - 1
  const starts = new Uint32Array(bucketMask + 2)
  for (let row = members.next(0); row >= 0; row = members.next(row + 1)) {
    for (let i = row * width; i < (row + 1) * width; i++) {
      if (hasBit(shared, words[i]!)) starts[(words[i]! & bucketMask) + 1]!++
    }
  }
  for (let bucket = 0; bucket <= bucketMask; bucket++) starts[bucket + 1]! += starts[bucket]!
  const rows = new Uint32Array(starts[bucketMask + 1]!)
  const filled = new Uint32Array(bucketMask + 1)
  for (let row = members.next(0); row >= 0; row = members.next(row + 1)) {
    for (let i = row * width; i < (row + 1) * width; i++) {
      if (!hasBit(shared, words[i]!)) continue
      const bucket = words[i]! & bucketMask
      rows[starts[bucket]! + filled[bucket]!++] = row
    }
  }
  return { state, bucketMask, starts, rows, kept: new Uint32Array(bucketMask + 1), passed: filled.fill(0), shared }
}

/** Kept rows of a bucket, ascending; the pass must be there. */
export function keptRows({ starts, rows, kept }: BandIndex, bucket: number): Uint32Array {
  return rows.subarray(starts[bucket]!, starts[bucket]! + kept[bucket]!)
}

/**
 * Kept rows below `row` that share a band key with it and are of a similar size, ascending. Rows below must have been
 * decided for good. Buckets with more than `most` kept rows are named instead of searched.
 * @param passed rows below it are decided: `row`, or one below where a look ahead is enough
 */
export function keptBelow(
  index: BandIndex,
  row: number,
  most: number,
  passed = row,
): { found: number[]; crowded: number[] } {
  const found: number[] = []
  const crowded: number[] = []
  eachBucket(index, row, (bucket, band) => {
    pass(index, bucket, passed)
    const kept = keptRows(index, bucket)
    if (kept.length > most) {
      crowded.push(bucket)
      return
    }
    for (const other of kept) if (matches(index.state, row, other, band)) found.push(other)
  })
  return { found: ascending(found), crowded }
}

/** Whether two rows share a key in any band and are of a similar size. */
export function sharesKey({ state }: BandIndex, row: number, other: number): boolean {
  for (let band = 0; band < state.keys.width; band++) if (matches(state, row, other, band)) return true
  return false
}

/** Rows above `row` that share a band key with it and are of a similar size, ascending. */
export function rowsAbove(index: BandIndex, row: number): number[] {
  const found: number[] = []
  eachBucket(index, row, (bucket, band) => {
    pass(index, bucket, row)
    const end = index.starts[bucket + 1]!
    for (let i = index.starts[bucket]! + index.passed[bucket]!; i < end; i++) {
      const other = index.rows[i]!
      if (other > row && matches(index.state, row, other, band)) found.push(other)
    }
  })
  return ascending(found)
}

/**
 * Rows whose shingles `row` will probably be compared with when it is its turn: those kept below `decided`, under which
 * all is decided, and at most `ahead` a band of those from there on that may come to be kept.
 */
export function likelyPartners(
  index: BandIndex,
  row: number,
  { decided, ahead, most }: { readonly decided: number; readonly ahead: number; readonly most: number },
): number[] {
  const { found } = keptBelow(index, row, most, decided)
  eachBucket(index, row, (bucket, band) => {
    const waiting = index.starts[bucket]! + index.passed[bucket]!
    const end = Math.min(index.starts[bucket + 1]!, waiting + ahead)
    for (let i = waiting; i < end; i++) {
      const other = index.rows[i]!
      if (other === row || index.state.link.words[other]! < PENDING) continue
      if (matches(index.state, row, other, band)) found.push(other)
    }
  })
  return ascending(found)
}

/** Moves a bucket's pass up to `row`: its rows below are decided, and only the kept ones stay. */
function pass({ starts, rows, kept, passed, state }: BandIndex, bucket: number, row: number): void {
  const start = starts[bucket]!
  const end = starts[bucket + 1]!
  let next = start + passed[bucket]!
  let last = start + kept[bucket]!
  for (; next < end && rows[next]! < row; next++) {
    if (state.link.words[rows[next]!] === KEPT) rows[last++] = rows[next]!
  }
  passed[bucket] = next - start
  kept[bucket] = last - start
}

function matches({ keys, size, config }: State, row: number, other: number, band: number): boolean {
  return (
    keys.words[row * keys.width + band] === keys.words[other * keys.width + band] &&
    canBeSimilar(size.words[row]!, size.words[other]!, config.perMille)
  )
}

/** The keys are hashes that differ between bands, so their low bits serve as bucket. */
function eachBucket(index: BandIndex, row: number, use: (bucket: number, band: number) => void): void {
  const { words, width } = index.state.keys
  for (let band = 0; band < width; band++) {
    const key = words[row * width + band]!
    if (hasBit(index.shared, key)) use(key & index.bucketMask, band)
  }
}

/** Keys that a wanted row has and another row too, and by chance some more: a fifth where all are wanted, a hundredth where few are. */
function sharedKeys({ keys: { words, width } }: State, members: RowSet, wanted: RowSet): Bits {
  const bits = Math.min(32, powerFor(width * Math.min(wanted.size * 64, members.size * 3)))
  const empty = (): Bits => ({ mask: 2 ** bits - 1, words: new Uint32Array(2 ** (bits - 5)) })
  const once = empty()
  const twice = empty()
  for (let row = wanted.next(0); row >= 0; row = wanted.next(row + 1)) {
    for (let i = row * width; i < (row + 1) * width; i++) {
      if (hasBit(once, words[i]!)) setBit(twice, words[i]!)
      else setBit(once, words[i]!)
    }
  }
  if (wanted.size === members.size) return twice
  for (let row = members.next(0); row >= 0; row = members.next(row + 1)) {
    if (wanted.has(row)) continue
    for (let i = row * width; i < (row + 1) * width; i++) if (hasBit(once, words[i]!)) setBit(twice, words[i]!)
  }
  return twice
}

/** The least power of two, at least that of a word's bits, that holds so many. */
function powerFor(count: number): number {
  return Math.max(5, Math.ceil(Math.log2(count)))
}

function hasBit({ mask, words }: Bits, value: number): boolean {
  const bit = (value & mask) >>> 0
  return ((words[bit >>> 5]! >>> (bit & 31)) & 1) === 1
}

function setBit({ mask, words }: Bits, value: number): void {
  const bit = (value & mask) >>> 0
  words[bit >>> 5]! |= 1 << (bit & 31)
}

function ascending(rows: number[]): number[] {
  if (rows.length < 2) return rows
  rows.sort((a, b) => a - b)
  return rows.filter((row, i) => row !== rows[i - 1])
}
