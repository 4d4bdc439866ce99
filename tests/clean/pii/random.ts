/** Reproducible choices for the labelled set: mulberry32, a 32-bit generator whose whole state is its seed. */

export interface Random {
  /** An integer from 0 to below `n`. */
  readonly below: (n: number) => number
  readonly between: (least: number, most: number) => number
  readonly pick: <T>(from: readonly T[]) => T
  /** `n` decimal digits. */
  readonly digits: (n: number) => string
}

export function seeded(seed: number): Random {
  let state = seed >>> 0
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n)
  }
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    pick: (from) => from[below(from.length)]!,
    digits: (n) => Array.from({ length: n }, () => below(10)).join(''),
  }
}
