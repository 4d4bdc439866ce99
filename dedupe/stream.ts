/** Deduplication of a stream: the order of arrival is the rank, so one pass decides each document as it comes. */
import { exactIndex, fingerprint } from './exact.ts'
import { keeper } from './keep.ts'

export type Decision =
  | { readonly kept: true }
  | { readonly kept: false; readonly owner: string; readonly similarity: number }

/** A function to call with each document in order: kept, or the id of the kept document it duplicates. */
export function streamDeduper(): (id: string, text: string) => Decision {
  const ownerOf = keeper(exactIndex())
  const ids: string[] = []
  return (id, text) => {
    ids.push(id)
    const edge = ownerOf(fingerprint(text))
    if (edge === null) return { kept: true }
    return { kept: false, owner: ids[edge.rank] ?? '', similarity: edge.intersection / edge.union }
  }
}
