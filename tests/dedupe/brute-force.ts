/**
 * Deduplication evaluated from nothing, word for word as it is defined: every pair compared, over the same shingles and
 * band keys. It knows lines of batches, and neither portions nor an order of arrival.
 */
import type { Line } from '../../dedupe/changes.ts'
import type { Deduplication } from '../../dedupe/config.ts'
import { bandKeys } from '../../dedupe/minhash.ts'

export interface TextLine extends Omit<Line, 'signature'> {
  readonly text: string | null
}

export interface Expected {
  readonly id: string
  readonly owner: string | null
  readonly intersection: number
  readonly union: number
}

interface Ranked {
  readonly id: string
  readonly letters: string
  readonly shingles: ReadonlySet<number>
  readonly keys: Uint32Array
}

/** @param shinglesOf hashes of a text without white space, ascending */
export function byDefinition(
  lines: readonly TextLine[],
  config: Deduplication,
  shinglesOf: (letters: string) => Uint32Array,
): readonly Expected[] {
  const documents = ranked(lines).map(({ id, text }): Ranked => {
    const letters = text.normalize('NFC').replaceAll(/\s/g, '')
    const all = config.bands === 0 ? new Uint32Array(0) : shinglesOf(letters)
    const hashes = all.length < config.leastShingles ? new Uint32Array(0) : all
    return { id, letters, shingles: new Set(hashes), keys: bandKeys(hashes, config) }
  })
  const kept: Ranked[] = []
  return documents.map((document) => {
    for (const other of kept) {
      const edge = edgeBetween(document, other, config)
      if (edge) return { id: document.id, owner: other.id, ...edge }
    }
    kept.push(document)
    return { id: document.id, owner: null, intersection: 0, union: 0 }
  })
}

/** Of each document the first position as rank and the text of the latest, where it has one. */
function ranked(lines: readonly TextLine[]): { id: string; text: string }[] {
  const byPosition = (a: TextLine, b: TextLine) =>
    a.batch === b.batch ? a.place - b.place : a.batch < b.batch ? -1 : 1
  const documents = Map.groupBy(lines.toSorted(byPosition), ({ id }) => id)
  return [...documents].flatMap(([id, own]) => {
    const text = own.at(-1)?.text ?? null
    return text === null ? [] : [{ id, text }]
  })
}

function edgeBetween(a: Ranked, b: Ranked, { bands, perMille }: Deduplication): Omit<Expected, 'id' | 'owner'> | null {
  if (a.letters === b.letters) {
    const size = a.shingles.size || 1
    return { intersection: size, union: size }
  }
  if (a.shingles.size === 0 || b.shingles.size === 0) return null
  if (!Array.from({ length: bands }, (_, band) => band).some((band) => a.keys[band] === b.keys[band])) return null
  const intersection = a.shingles.intersection(b.shingles).size
  const union = a.shingles.union(b.shingles).size
  return intersection * 1000 >= perMille * union ? { intersection, union } : null
}
