/**
 * Which documents of a collection are kept, and which kept copy each of the others duplicates. Documents may arrive in
 * any order and in any portions: the rank decides, not the arrival. Only fingerprints are held, never texts.
 */
import type { Duplicate, RankedText } from '../pipeline/contract.ts'
import { exactIndex, fingerprint } from './exact.ts'
import { keeper } from './keep.ts'

/** `rank` orders the documents; no two share one. Gaps are allowed. */
export type RankedDocument = RankedText & { readonly rank: number }

/** Dropped documents by id, in rank order; every document that is not in the map is kept. */
export async function dedupe(
  documents: Iterable<RankedDocument> | AsyncIterable<RankedDocument>,
): Promise<ReadonlyMap<string, Duplicate>> {
  const prints: { id: string; rank: number; print: string }[] = []
  for await (const { id, rank, text } of documents) prints.push({ id, rank, print: fingerprint(text) })
  prints.sort((a, b) => a.rank - b.rank)
  const ownerOf = keeper(exactIndex())
  const duplicates = new Map<string, Duplicate>()
  for (const [place, { id, rank, print }] of prints.entries()) {
    const before = prints[place - 1]
    if (before?.rank === rank) {
      throw new RangeError(`Documents ${before.id} and ${id} have the same rank ${rank}: the order must be total.`)
    }
    const edge = ownerOf(print)
    if (edge !== null) {
      const { intersection, union } = edge
      duplicates.set(id, { owner: prints[edge.rank]!.id, intersection, union })
    }
  }
  return duplicates
}
