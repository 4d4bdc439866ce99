/**
 * Ascending whole numbers as bits: differences by a Rice code (Rice and Plaunt, 1971), its parameter fitted to the list,
 * which comes to within a bit of what differences drawn at random need. And what is done with sorted lists of them.
 */

/** Ascending, each once. */
export type Places = Uint32Array

/** The parameter, before the differences. */
const PARAMETER_BITS = 5

/** Differences less 1 (the first from -1): a quotient in unary, ended by a zero, and the parameter's bits. */
export function encodePlaces(places: Places): Uint8Array {
  const count = places.length
  if (count === 0) return new Uint8Array(0)
  const parameter = parameterFor(((places[count - 1] ?? 0) + 1 - count) / count)
  let bits = PARAMETER_BITS + count * (1 + parameter)
  let before = -1
  for (const place of places) {
    bits += (place - before - 1) >>> parameter
    before = place
  }
  const bytes = new Uint8Array(Math.ceil(bits / 8))
  let at = 0
  let pending = 0
  let filled = 0
  /** At most 24 bits. */
  const write = (value: number, width: number): void => {
    pending = (pending << width) | value
    filled += width
    while (filled >= 8) {
      filled -= 8
      bytes[at++] = pending >>> filled
    }
    pending &= (1 << filled) - 1
  }
  write(parameter, PARAMETER_BITS)
  before = -1
  for (const place of places) {
    const difference = place - before - 1
    for (let ones = difference >>> parameter; ones > 0; ones -= 16)
      write((1 << Math.min(16, ones)) - 1, Math.min(16, ones))
    if (parameter > 16) write((difference & ((1 << parameter) - 1)) >>> 16, parameter - 15)
    write(difference & ((1 << Math.min(16, parameter)) - 1), parameter > 16 ? 16 : 1 + parameter)
    before = place
  }
  if (filled > 0) bytes[at] = pending << (8 - filled)
  return bytes
}

/** The power of two next to ln 2 times the mean, where a code of that parameter is shortest. */
function parameterFor(mean: number): number {
  return Math.max(0, Math.round(Math.log2(Math.LN2 * mean + 0.5)))
}

/** `count` is how many there are. */
export function decodePlaces(bytes: Uint8Array, count: number): Places {
  const places = new Uint32Array(count)
  const parameter = (bytes[0] ?? 0) >>> (8 - PARAMETER_BITS)
  let at = PARAMETER_BITS
  let place = -1
  for (let i = 0; i < count; i++) {
    let difference = 0
    for (;;) {
      const ones = Math.min(Math.clz32(~bitsAt(bytes, at)), 24)
      difference += ones
      at += ones
      if (ones < 24) break
    }
    difference <<= parameter
    if (parameter > 0) difference |= bitsAt(bytes, at + 1) >>> (32 - parameter)
    at += 1 + parameter
    place += difference + 1
    places[i] = place
  }
  return places
}

/** 32 bits from a bit on. */
function bitsAt(bytes: Uint8Array, bit: number): number {
  const at = bit >>> 3
  const high =
    ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  const shift = bit & 7
  return shift === 0 ? high : (high << shift) | ((bytes[at + 4] ?? 0) >>> (8 - shift))
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
