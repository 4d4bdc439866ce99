/**
 * Random numbers that are the same everywhere: one stream for each (seed, label), independent of every other.
 * xoshiro128** of Blackman & Vigna, Scrambled Linear Pseudorandom Number Generators (2021). Not for secrets.
 */

export interface Random {
  /** Uniform in [0, 1), a multiple of 2⁻³². */
  uniform(): number
  /** Normal with mean 0 and deviation 1. */
  normal(): number
}

/** The stream of a seed (a whole number) and a label, such as a parameter's name. */
export function randomStream(seed: number, label: string): Random {
  let [a = 0, b = 0, c = 0, d = 0] = initialState(`${seed}/${label}`)
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
  const uniform = (): number => next() / 2 ** 32
  return {
    uniform,
    // Box & Muller (1958); 1 − u keeps the logarithm's argument above 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}

/** Four words from a text: its FNV-1a hash, spread by the finaliser of MurmurHash3. */
function initialState(text: string): number[] {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return [1, 2, 3, 4].map((i) => {
    let x = (hash + Math.imul(i, 0x9e3779b9)) | 0
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
    return x ^ (x >>> 16)
  })
}
