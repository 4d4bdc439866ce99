/**
 * Postings of a segment while it grows, in memory: a hash table of terms whose bytes lie in slices of one array, each
 * slice twice the one before (as Lucene's ByteBlockPool). Some 600 bytes a text of 2 KB. Knows no database.
 */
import { encodePlaces, type Places } from './places.ts'
import { eachTerm, type Term } from './terms.ts'

export interface Posting {
  readonly term: Term
  /** How many texts hold it. */
  readonly texts: number
  /** As places.ts encodes them: ids less the segment's first. */
  readonly places: Uint8Array
}

export interface Builder {
  /** Ids ascend. */
  add(id: number, body: string): void
  /** Texts that have a term. */
  readonly texts: number
  readonly first: number
  readonly last: number
  /** In the order of terms. */
  postings(): Iterable<Posting>
}

/** Fields of a row of the hash table: 32 bytes, so that a look-up touches one line of the processor's cache. */
const TERM = 0
const LAST = 1
const TEXTS = 2
const HEAD = 3
const TAIL = 4
const LIMIT = 5
const SLICE = 6
const WIDTH = 8

const SMALLEST_SLICE = 4
const LARGEST_SLICE = 1024
/** What stands at the end of a slice: where the next one begins. */
const LINK = 4

export function createBuilder(): Builder {
  let capacity = 1 << 14
  let table = new Int32Array(capacity * WIDTH)
  let terms = 0
  let bytes = new Uint8Array(1 << 20)
  let used = 0
  let texts = 0
  let first = 0
  let last = 0

  /** The row of a term, or the free one where it belongs. */
  function rowOf(term: Term): number {
    let row = Math.imul(term, 0x9e3779b1) >>> (Math.clz32(capacity) + 1)
    for (;;) {
      const found = table[row * WIDTH]
      if (found === term || found === 0) return row * WIDTH
      row = (row + 1) & (capacity - 1)
    }
  }

  function grow(): void {
    const old = table
    capacity *= 2
    table = new Int32Array(capacity * WIDTH)
    for (let row = 0; row < old.length; row += WIDTH) {
      const term = old[row] ?? 0
      if (term !== 0) table.set(old.subarray(row, row + WIDTH), rowOf(term))
    }
  }

  function allocate(row: number, size: number): number {
    const start = used
    used += size + LINK
    if (used > bytes.length) {
      const larger = new Uint8Array(Math.max(bytes.length * 2, used))
      larger.set(bytes)
      bytes = larger
    }
    table[row + TAIL] = start
    table[row + LIMIT] = start + size
    table[row + SLICE] = size
    return start
  }

  function push(row: number, byte: number): void {
    let tail = table[row + TAIL] ?? 0
    const limit = table[row + LIMIT] ?? 0
    if (tail === limit) {
      tail = allocate(row, Math.min(LARGEST_SLICE, (table[row + SLICE] ?? 0) * 2))
      for (let i = 0; i < LINK; i++) bytes[limit + i] = (tail >>> (8 * i)) & 255
    }
    bytes[tail] = byte
    table[row + TAIL] = tail + 1
  }

  /** `stamp`: the place of the text, from 1, so that a term that has none yet stands at 0. */
  function insert(term: Term, stamp: number): void {
    const row = rowOf(term)
    if (table[row] === 0) {
      table[row + TERM] = term
      table[row + HEAD] = allocate(row, SMALLEST_SLICE)
      terms++
    }
    const before = table[row + LAST] ?? 0
    if (before === stamp) return
    let difference = stamp - before
    for (; difference > 127; difference >>>= 7) push(row, (difference & 127) | 128)
    push(row, difference)
    table[row + LAST] = stamp
    table[row + TEXTS] = (table[row + TEXTS] ?? 0) + 1
    if (terms * 2 > capacity) grow()
  }

  /** The places of a term, which while it grows are differences of seven bits a byte. */
  function read(row: number): Places {
    const places = new Uint32Array(table[row + TEXTS] ?? 0)
    let [count, stamp, difference, shift] = [0, 0, 0, 0]
    const take = (byte: number): void => {
      difference |= (byte & 127) << shift
      shift += 7
      if (byte > 127) return
      stamp += difference
      places[count++] = stamp - 1
      difference = 0
      shift = 0
    }
    const tail = table[row + TAIL] ?? 0
    let at = table[row + HEAD] ?? 0
    for (let size = SMALLEST_SLICE; at + size !== table[row + LIMIT]; size = Math.min(LARGEST_SLICE, size * 2)) {
      const limit = at + size
      for (let i = at; i < limit; i++) take(bytes[i] ?? 0)
      at = 0
      for (let i = 0; i < LINK; i++) at |= (bytes[limit + i] ?? 0) << (8 * i)
    }
    for (let i = at; i < tail; i++) take(bytes[i] ?? 0)
    return places
  }

  return {
    add(id, body) {
      if (texts === 0) first = id
      let any = false
      eachTerm(body, (term) => {
        any = true
        insert(term, id - first + 1)
      })
      if (!any) return
      texts++
      last = id
    },
    get texts() {
      return texts
    },
    get first() {
      return first
    },
    get last() {
      return last
    },
    *postings() {
      const rows: number[] = []
      for (let row = 0; row < table.length; row += WIDTH) if (table[row] !== 0) rows.push(row)
      rows.sort((a, b) => (table[a] ?? 0) - (table[b] ?? 0))
      for (const row of rows)
        yield { term: table[row] ?? 0, texts: table[row + TEXTS] ?? 0, places: encodePlaces(read(row)) }
    },
  }
}
