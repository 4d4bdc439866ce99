/**
 * Ascending whole numbers as bytes: differences (the first from -1), seven bits a byte, the last byte of a number below
 * 128. One byte a posting where texts that hold the term lie close. And what is done with sorted lists of them.
 */

/** Ascending, each once. */
export type Places = Uint32Array

/** Seven bits in each: no place is as large as 2^28. */
const MOST_BYTES = 4

export function encodePlaces(places: Places): Uint8Array {
  const bytes = new Uint8Array(places.length * MOST_BYTES)
  let used = 0
  let before = -1
  for (const place of places) {
    let difference = place - before
    for (; difference > 127; difference >>>= 7) bytes[used++] = (difference & 127) | 128
    bytes[used++] = difference
    before = place
  }
  return bytes.slice(0, used)
}

/** `count` is how many there are. */
export function decodePlaces(bytes: Uint8Array, count: number): Places {
  const places = new Uint32Array(count)
  let place = -1
  let at = 0
  for (let i = 0; i < count; i++) {
    let byte = bytes[at++] ?? 0
    let difference = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++] ?? 0
      difference |= (byte & 127) << shift
    }
    place += difference
    places[i] = place
  }
  return places
}

export function intersect(a: Places, b: Places): Places {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a]
  const both = new Uint32Array(few.length)
  let count = 0
  let at = 0
  for (const place of few) {
    while (at < many.length && (many[at] ?? 0) < place) at++
    if (many[at] === place) both[count++] = place
  }
  return both.subarray(0, count)
}

export function unite(lists: readonly Places[]): Places {
  const [only] = lists
  if (only === undefined || lists.length === 1) return only ?? new Uint32Array(0)
  const least = Math.min(...lists.map((list) => list[0] ?? 0))
  const most = Math.max(...lists.map((list) => list.at(-1) ?? 0))
  const found = new Uint8Array(most - least + 1)
  let count = 0
  for (const list of lists) {
    for (const place of list) {
      if (found[place - least] === 0) count++
      found[place - least] = 1
    }
  }
  const all = new Uint32Array(count)
  for (let place = found.indexOf(1), i = 0; place !== -1; place = found.indexOf(1, place + 1)) all[i++] = place + least
  return all
}

export function without(places: Places, gone: ReadonlySet<number>): Places {
  return places.filter((place) => !gone.has(place))
}
