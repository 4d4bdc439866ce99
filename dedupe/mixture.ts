/**
 * How much of each source a dataset takes of what is kept: caps, and shares of a mixture. Documents are taken in the
 * order of a keyed hash of their identity, so that a night that adds some moves few of the others in or out.
 */
import { hash } from 'node:crypto'

export interface Mixture {
  /** Most documents and most UTF-8 bytes of a source, by its name. */
  readonly caps: Readonly<Record<string, { readonly documents?: number; readonly bytes?: number }>>
  /** Share of each source in the bytes of the dataset; null where each gives what it has. */
  readonly shares: Readonly<Record<string, number>> | null
  readonly seed: number
}

export interface Mixed {
  readonly source: string
  /** Of the document: a text that no other has. */
  readonly identity: string
  readonly bytes: number
}

export type LeftOut = 'cap' | 'mixture'

/**
 * What is left out, by place among the documents. With shares the dataset is as large as the scarcest source allows; a
 * source takes documents until the next one would exceed its part.
 */
export function leftOutOf(documents: readonly Mixed[], { caps, shares, seed }: Mixture): ReadonlyMap<number, LeftOut> {
  const left = new Map<number, LeftOut>()
  const taken = new Map<string, readonly number[]>()
  const bySource = Map.groupBy(documents.keys(), (place) => documents[place]!.source)
  for (const [source, places] of bySource) {
    const cap = caps[source] ?? {}
    const order = hashOrder(documents, places, seed)
    const count = fitting(documents, order, cap.documents ?? Infinity, cap.bytes ?? Infinity)
    for (const place of order.slice(count)) left.set(place, 'cap')
    taken.set(source, order.slice(0, count))
  }
  if (shares === null) return left
  const sizes = new Map([...taken].map(([source, order]) => [source, bytesOf(documents, order)]))
  const total = Math.min(
    ...Object.entries(shares).flatMap(([source, share]) => (share > 0 ? [(sizes.get(source) ?? 0) / share] : [])),
  )
  for (const [source, order] of taken) {
    const count = fitting(documents, order, Infinity, wholeBytes(total * (shares[source] ?? 0)))
    for (const place of order.slice(count)) left.set(place, 'mixture')
  }
  return left
}

/** Of the scarcest source, size / share × share is its size but for rounding: it is not to lose its last document by that. */
function wholeBytes(part: number): number {
  return Math.floor(part * (1 + 4 * Number.EPSILON))
}

function hashOrder(documents: readonly Mixed[], places: readonly number[], seed: number): readonly number[] {
  const keyed = places.map((place) => ({ place, key: hash('sha256', `${seed}\n${documents[place]!.identity}`, 'hex') }))
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ place }) => place)
}

/** How many of them fit, from the first on. */
function fitting(documents: readonly Mixed[], order: readonly number[], most: number, mostBytes: number): number {
  let bytes = 0
  for (const [count, place] of order.entries()) {
    bytes += documents[place]!.bytes
    if (count >= most || bytes > mostBytes) return count
  }
  return order.length
}

function bytesOf(documents: readonly Mixed[], places: readonly number[]): number {
  return places.reduce((sum, place) => sum + documents[place]!.bytes, 0)
}
