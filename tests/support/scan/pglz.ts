/** PostgreSQL's own compression (src/common/pg_lzcompress.c), read as far as it can be: what is left of a text may be cut. */

/**
 * Decompresses up to `rawSize` bytes from `source`. Ends early, with what there is, where the source ends or is no
 * compressed data.
 */
export function pglz(source: Uint8Array, rawSize: number): Uint8Array {
  const target = new Uint8Array(rawSize)
  let [from, to] = [0, 0]
  while (from < source.length && to < rawSize) {
    let control = source[from++]!
    for (let item = 0; item < 8 && from < source.length && to < rawSize; item++, control >>= 1) {
      if ((control & 1) === 0) {
        target[to++] = source[from++]!
        continue
      }
      if (from + 1 >= source.length) return target.subarray(0, to)
      let length = (source[from]! & 0x0f) + 3
      const distance = ((source[from]! & 0xf0) << 4) | source[from + 1]!
      from += 2
      if (length === 18) length += source[from++] ?? 0
      if (distance === 0 || distance > to) return target.subarray(0, to)
      const end = Math.min(to + length, rawSize)
      for (; to < end; to++) target[to] = target[to - distance]!
    }
  }
  return target.subarray(0, to)
}
