/**
 * A corpus of any size for the benchmarks of deduplication: text i is made of real sentences by a seeded choice, and one
 * in twenty is an earlier one with a sentence exchanged. Any text can be made again by its number, so none is stored.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'

export const CORPUS = new URL('../../shared/data/corpus/', import.meta.url).pathname

/** A generator of 32-bit integers (Weyl sequence through the MurmurHash3 finaliser); equal seeds, equal numbers. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0
    let bits = state
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
    return Math.floor((((bits ^ (bits >>> 16)) >>> 0) / 0x1_0000_0000) * below)
  }
}

export interface Record {
  readonly id: string
  readonly text: string
}

/** Records of a compressed JSONL file. */
export function readCorpus(path: string): readonly Record[] {
  return zstdDecompressSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Record => JSON.parse(line))
}

/** Distinct sentences of real texts; where these are absent, invented ones of Korean syllables. */
export function sentences(): readonly string[] {
  if (!existsSync(CORPUS)) return inventedSentences()
  const found = new Set<string>()
  for (const name of ['petitions', 'ms_sql_ko', 'book_review_nanet', 'wikinews']) {
    for (const { text } of readCorpus(join(CORPUS, `${name}.jsonl.zst`))) {
      for (const sentence of text.split(/(?<=[.!?다요])\s+|\n+/u))
        if (sentence.length >= 20 && sentence.length <= 200) found.add(sentence)
    }
  }
  return [...found]
}

function inventedSentences(): readonly string[] {
  const random = randomNumbers(1)
  const syllables = (count: number) =>
    String.fromCharCode(...Array.from({ length: count }, () => 0xac00 + random(2000) * 5))
  return Array.from({ length: 200_000 }, () =>
    Array.from({ length: 6 + random(8) }, () => syllables(1 + random(4))).join(' '),
  )
}

const SENTENCES_PER_TEXT = 10

/** Text `number` of the corpus; one in twenty differs from an earlier one in one sentence of ten. */
export function textOf(pool: readonly string[], number: number): string {
  const random = randomNumbers(number)
  const copied = number > 0 && random(20) === 0
  if (!copied) return chosen(pool, random).join('\n\n')
  const original = randomNumbers(random(number))
  if (original(20) === 0) return chosen(pool, random).join('\n\n')
  const copy = chosen(pool, original)
  copy[random(copy.length)] = pool[random(pool.length)] ?? ''
  return copy.join('\n\n')
}

function chosen(pool: readonly string[], random: (below: number) => number): string[] {
  return Array.from({ length: SENTENCES_PER_TEXT }, () => pool[random(pool.length)] ?? '')
}
