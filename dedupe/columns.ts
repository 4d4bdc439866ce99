/**
 * Documents as columns of 32-bit words: 12 + bands words a document, in typed arrays without an object a document. What
 * the words say is in `state.ts` and `changes.ts`; here they are only laid out, grown and looked up.
 */

export interface Column {
  /** Words a document. */
  readonly width: number
  words: Uint32Array<ArrayBuffer>
}

export function column(width: number, rows = 0): Column {
  return { width, words: new Uint32Array(rows * width) }
}

/** Makes room for `rows`, a quarter more than needed where it has to grow. */
export function reserve(target: Column, rows: number): void {
  const needed = rows * target.width
  if (needed <= target.words.length) return
  const longer = new Uint32Array(Math.ceil(needed / 4) * 5 + 1024)
  longer.set(target.words)
  target.words = longer
}

export function put(target: Column, row: number, words: Uint32Array): void {
  target.words.set(words, row * target.width)
}

/**
 * A new column whose row i is row `from[i]` of the two columns laid end to end, the first of `rows` rows. Both are
 * emptied, so that no more than one column lies in memory twice.
 */
export function gathered(first: Column, rows: number, second: Column, from: Uint32Array): Column {
  const { width } = first
  const words = new Uint32Array(from.length * width)
  for (let row = 0; row < from.length; row++) {
    const source = from[row]! < rows ? first.words : second.words
    const start = (from[row]! < rows ? from[row]! : from[row]! - rows) * width
    for (let word = 0; word < width; word++) words[row * width + word] = source[start + word]!
  }
  first.words = new Uint32Array(0)
  second.words = new Uint32Array(0)
  return { width, words }
}

/** Whether row i of one column holds the same words as row j of another. */
export function sameWords(a: Column, i: number, b: Column, j: number): boolean {
  for (let word = 0; word < a.width; word++) {
    if (a.words[i * a.width + word] !== b.words[j * b.width + word]) return false
  }
  return true
}

/** A hash table of the rows of a column whose words are spread already, such as fingerprints. */
export interface RowTable {
  /** The row of the column that was added with these words, or -1. */
  find(column: Column, row: number): number
  /** Adds a row of the table's own column unless its words are there; the row that stands for them. */
  add(row: number): number
}

/** A table over `own` for at most `rows` rows. */
export function rowTable(own: Column, rows: number): RowTable {
  const mask = 2 ** Math.ceil(Math.log2(Math.max(2, rows * 1.5))) - 1
  const places = new Uint32Array(mask + 1)
  const placeOf = (column: Column, row: number): number => {
    let place = column.words[row * column.width]! & mask
    while (places[place] !== 0 && !sameWords(own, places[place]! - 1, column, row)) place = (place + 1) & mask
    return place
  }
  return {
    find: (column, row) => places[placeOf(column, row)]! - 1,
    add(row) {
      const place = placeOf(own, row)
      if (places[place] === 0) places[place] = row + 1
      return places[place]! - 1
    },
  }
}
