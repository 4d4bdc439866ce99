/**
 * Which rows share a band key. Built for one pass over the rows in rank order: below the pass each bucket is narrowed
 * to the rows that were kept, so a bucket of a million duplicates costs what its kept rows cost. What similarity they
 * have is left to `resolve.ts`.
 */
import { canBeSimilar } from './jaccard.ts'
import { mix } from './shingles.ts'
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

/** An index of the rows that `takesPart` accepts. */
export function buildBandIndex(state: State, takesPart: (row: number) => boolean): BandIndex {
  const { keys, count } = state
  const shared = sharedKeys(state, takesPart)
  const bucketMask = 2 ** Math.ceil(Math.log2(Math.max(2, count))) - 1
  const starts = new Uint32Array(bucketMask + 2)
  const eachShared = (use: (bucket: number, row: number) => void) => {
    for (let row = 0; row < count; row++) {
      if (!takesPart(row)) continue
      for (let band = 0; band < keys.width; band++) {
        const spread = spreadKey(state, row, band)
        if (hasBit(shared, spread)) use(spread & bucketMask, row)
      }
    }
  }
  eachShared((bucket) => starts[bucket + 1]!++)
  for (let bucket = 0; bucket <= bucketMask; bucket++) starts[bucket + 1]! += starts[bucket]!
  const rows = new Uint32Array(starts[bucketMask + 1]!)
  const filled = new Uint32Array(bucketMask + 1)
  eachShared((bucket, row) => {
    rows[starts[bucket]! + filled[bucket]!++] = row
  })
  return { state, bucketMask, starts, rows, kept: new Uint32Array(bucketMask + 1), passed: filled.fill(0), shared }
}

/**
 * Kept rows below `row` that share a band key with it and are of a similar size, ascending. Rows below must have been
 * decided for good.
 */
export function keptBelow(index: BandIndex, row: number): number[] {
  const found: number[] = []
  eachBucket(index, row, (bucket, band) => {
    pass(index, bucket, row)
    const start = index.starts[bucket]!
    for (let i = start; i < start + index.kept[bucket]!; i++) {
      if (matches(index.state, row, index.rows[i]!, band)) found.push(index.rows[i]!)
    }
  })
  return ascending(found)
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
export function likelyPartners(index: BandIndex, row: number, decided: number, ahead: number): number[] {
  const found: number[] = []
  eachBucket(index, row, (bucket, band) => {
    pass(index, bucket, decided)
    const start = index.starts[bucket]!
    const waiting = start + index.passed[bucket]!
    for (let i = start; i < start + index.kept[bucket]!; i++) {
      if (matches(index.state, row, index.rows[i]!, band)) found.push(index.rows[i]!)
    }
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

function eachBucket(index: BandIndex, row: number, use: (bucket: number, band: number) => void): void {
  for (let band = 0; band < index.state.keys.width; band++) {
    const spread = spreadKey(index.state, row, band)
    if (hasBit(index.shared, spread)) use(spread & index.bucketMask, band)
  }
}

function spreadKey({ keys }: State, row: number, band: number): number {
  return mix(keys.words[row * keys.width + band]! + Math.imul(band, 0x9e3779b9))
}

/** The keys that occur at least twice, and by chance some others: about a fifth of a million rows' 16 million. */
function sharedKeys(state: State, takesPart: (row: number) => boolean): Bits {
  const bits = Math.min(32, Math.max(5, Math.ceil(Math.log2(Math.max(1, state.count * state.keys.width * 3)))))
  const empty = (): Bits => ({ mask: 2 ** bits - 1, words: new Uint32Array(2 ** (bits - 5)) })
  const once = empty()
  const twice = empty()
  for (let row = 0; row < state.count; row++) {
    if (!takesPart(row)) continue
    for (let band = 0; band < state.keys.width; band++) {
      const spread = spreadKey(state, row, band)
      if (hasBit(once, spread)) setBit(twice, spread)
      else setBit(once, spread)
    }
  }
  return twice
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
