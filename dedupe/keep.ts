/**
 * The one rule of deduplication, whatever makes two documents duplicates: keep(v) ⇔ no kept u of lower rank has an
 * edge with v; owner(v) is the lowest-ranked such u. It is the lexicographically first maximal independent set, so the
 * answer depends on the ranks and edges alone, and no chain a~b~c drops c for a's sake.
 */

/** An edge to a kept document: its rank, and the exact Jaccard similarity as integers. */
export interface Edge {
  readonly rank: number
  readonly intersection: number
  readonly union: number
}

/** Finds duplicates among kept documents: all that one relation (exact, near) has to supply. */
export interface KeptIndex<T> {
  /** Edges with documents added before, in any order; of equivalent ones the lowest rank is enough. */
  edges(document: T): Iterable<Edge>
  /** Called for kept documents only, in rank order. */
  add(document: T, rank: number): void
}

/**
 * A function to call with each document in rank order; it answers with the edge to the document's owner, or null where
 * the document is kept. A document's rank is the number of calls before its own.
 */
export function keeper<T>(index: KeptIndex<T>): (document: T) => Edge | null {
  let rank = 0
  return (document) => {
    let owner: Edge | null = null
    for (const edge of index.edges(document)) if (owner === null || edge.rank < owner.rank) owner = edge
    if (owner === null) index.add(document, rank)
    rank++
    return owner
  }
}
