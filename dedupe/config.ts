/** The numbers that deduplication compares with: defaults, and what can be used. It decides nothing itself. */
import type { DeduplicationConfig } from '../pipeline/contract.ts'

export type Deduplication = Omit<DeduplicationConfig, 'paragraphs'>

/**
 * 16 bands of 5 rows find .998 of the pairs at a similarity of exactly .8 (6 rows: .992), and more above it. In a text of
 * 32 shingles one word of three letters, exchanged at its end, still leaves .83: in a single question or request that
 * word is the meaning, so shorter ones are near-duplicates of nothing.
 */
export const nearDuplicates: Deduplication = { shingle: 8, leastShingles: 32, bands: 16, rows: 5, perMille: 800 }

/** Equal letters only, white space aside. */
export const exactDuplicates: Deduplication = { shingle: 0, leastShingles: 0, bands: 0, rows: 0, perMille: 1000 }

/** @throws RangeError naming the value that cannot be used. */
export function checkDeduplication({ shingle, leastShingles, bands, rows, perMille }: Deduplication): void {
  const whole = (name: string, value: number, least: number, most: number) => {
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(`${name} is ${value}: give a whole number from ${least} to ${most}`)
    }
  }
  whole('bands', bands, 0, 64)
  if (bands === 0) return
  whole('shingle', shingle, 1, 64)
  whole('leastShingles', leastShingles, 1, 10_000)
  whole('rows', rows, 1, 32)
  whole('perMille', perMille, 1, 1000)
}
