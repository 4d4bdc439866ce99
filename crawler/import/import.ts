/**
 * Importing records of any kind as captures, night by night: new and changed ones are kept, unchanged ones only referred
 * to, and of a complete listing those that are absent are gone. Items stream through; where they come from is the
 * source's.
 */
import { basename } from 'node:path'
import { FailedError } from '../../pipeline/contract.ts'
import {
  type CapturedOutcome,
  type FoundLink,
  type FrontierEntry,
  type Outcome,
  PRIORITY,
} from '../../pipeline/crawl-contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { absenceRecord, resourceRecord, sha256 } from '../warc/record.ts'

/** One record, or one that is refused. */
export interface ImportItem {
  readonly key: string
  readonly url: string
  /** What it becomes. */
  readonly outcome: (entry: FrontierEntry) => Promise<Outcome>
  /** Where it stands, as key and words, for what is refused because an earlier item had the same key. */
  readonly place: { readonly key: string; readonly words: string }
  /** What it holds in memory. */
  readonly bytes: number
}

/** Items claimed at once, at most and by what they hold: two chunks are in memory. */
const chunkItems = 256
const chunkBytes = 8_000_000
/** Absent documents taken at once. */
const absentAtOnce = 1_000
/** Nights until an absent record would be looked at again by itself: never. */
const neverNights = 20_000

function importLink(key: string, url: string): FoundLink {
  return { key, url, depth: 0, hops: 0, priority: PRIORITY.linked, lastmod: null, form: null }
}

/** An item with a payload of its own. */
export function payloadOutcome(
  payload: Uint8Array,
  contentType: string,
  rule: string,
): (entry: FrontierEntry) => Promise<CapturedOutcome> {
  return async ({ previous, url }) => {
    const digest = sha256(payload)
    const fetchedAt = new Date().toISOString()
    const same = previous !== null && previous.payload === digest
    const revisit = same ? { recordId: previous.recordId, date: previous.fetchedAt, url } : null
    return {
      ...captured(rule, fetchedAt),
      ...(await resourceRecord(url, fetchedAt, payload, contentType, revisit)),
      payload: digest,
      payloadBytes: payload.byteLength,
      contentType,
    }
  }
}

/** What all captures of imports have in common. */
export function captured(robotsRule: string, fetchedAt: string) {
  return {
    kind: 'captured',
    status: 200,
    role: 'document',
    etag: null,
    lastModified: null,
    fetchedAt,
    robotsRule,
    directives: null,
    canonical: null,
    redirectsTo: null,
    links: [],
    revisit: 1,
    note: null,
  } as const
}

/** What an entry comes to; one that was taken down is not looked at. */
export async function admittedOutcome(
  entry: FrontierEntry,
  outcome: (entry: FrontierEntry) => Promise<Outcome>,
): Promise<Outcome> {
  return entry.takenDown ? refusedOutcome('taken down', neverNights) : await outcome(entry)
}

export function refusedOutcome(reason: string, revisit = 1): Outcome {
  return { kind: 'refused', reason, robotsRule: null, exchange: null, links: [], revisit }
}

/** A document of which its site says that it is no longer there; one that was never here is refused. */
export function absentItem(key: string, listing: string, place: ImportItem['place'], url = key): ImportItem {
  const outcome = async (entry: FrontierEntry) =>
    entry.previous === null
      ? refusedOutcome(`absent from ${listing}`, neverNights)
      : await absenceOutcome(entry, listing)
  return { key, url, outcome, place, bytes: 0 }
}

/**
 * Imports what tonight's items hold; `absentFrom` names a complete listing, whose absent documents are settled as 410.
 * Gives the number of items; stops early, without error, when the signal aborts.
 */
export async function importItems(
  { frontier, meter, signal }: CrawlDependencies,
  items: AsyncIterable<ImportItem>,
  absentFrom: string | null,
): Promise<number> {
  const aborted = (): boolean => signal?.aborted === true
  /** Nothing was settled before this run: a key that is settled now came earlier in these items. */
  const fresh = [...(await frontier.settled()).values()].every(({ entries }) => entries === 0)
  let count = 0

  async function settle(entry: FrontierEntry, outcome: Outcome): Promise<void> {
    meter.add(entry, outcome, await frontier.settle(entry, outcome))
  }

  interface Ready {
    readonly settlings: readonly { readonly entry: FrontierEntry; readonly outcome: Outcome }[]
    readonly repeated: readonly ImportItem[]
  }

  /** The outcomes of the next chunk's items, in their order; null behind the last. */
  async function nextChunk(chunks: AsyncIterator<readonly ImportItem[]>): Promise<Ready | null> {
    const chunk = await chunks.next()
    if (chunk.done || aborted()) return null
    count += chunk.value.length
    const entries = await claim(chunk.value.map(({ key, url }) => importLink(key, url)))
    const repeated: ImportItem[] = []
    const settlings = await Promise.all(
      chunk.value.flatMap((item) => {
        const entry = entries.get(item.key)
        entries.delete(item.key)
        if (entry === undefined) {
          // Otherwise an earlier run of this night settled it.
          if (fresh) repeated.push(item)
          return []
        }
        const here = { ...entry, url: item.url }
        return [admittedOutcome(here, item.outcome).then((outcome) => ({ entry: here, outcome }))]
      }),
    )
    return { settlings, repeated }
  }

  async function settleChunk({ settlings, repeated }: Ready): Promise<void> {
    await Promise.all(settlings.map(({ entry, outcome }) => settle(entry, outcome)))
    if (repeated.length > 0) await refuseRepeated(repeated)
  }

  async function claim(links: readonly FoundLink[]): Promise<Map<string, FrontierEntry>> {
    return new Map((await frontier.claim(links)).map((entry) => [entry.key, entry]))
  }

  async function refuseRepeated(items: readonly ImportItem[]): Promise<void> {
    const entries = await claim(items.map(({ place }) => importLink(place.key, place.key)))
    for (const { key, place } of items) {
      const entry = entries.get(place.key)
      if (entry !== undefined)
        await settle(entry, refusedOutcome(`${place.words}: the id ${JSON.stringify(key)} came before`))
    }
  }

  const chunks = chunked(items)
  try {
    // While one chunk is written, the next is read.
    let settling = Promise.resolve()
    for (;;) {
      const [ready] = await Promise.all([nextChunk(chunks), settling])
      if (ready === null) break
      settling = settleChunk(ready)
    }
  } finally {
    await chunks.return(undefined)
  }
  if (absentFrom !== null && !aborted()) await settleAbsent(absentFrom)
  return count

  async function settleAbsent(listing: string): Promise<void> {
    const hosts = await frontier.hosts()
    for (;;) {
      const entries = await frontier.take(hosts, absentAtOnce)
      if (entries.length === 0) return
      for (const entry of entries) {
        if (aborted()) return
        const outcome = await admittedOutcome(entry, async () =>
          entry.previous === null
            ? refusedOutcome('absent from the snapshot', neverNights)
            : await absenceOutcome(entry, basename(listing)),
        )
        await settle(entry, outcome)
      }
    }
  }
}

/** Says of a document that what lists it no longer does: 410. */
export async function absenceOutcome(entry: FrontierEntry, listing: string): Promise<Outcome> {
  const fetchedAt = new Date().toISOString()
  return {
    ...captured(`absent from ${listing}`, fetchedAt),
    ...(await absenceRecord(entry.url, fetchedAt, listing)),
    status: 410,
    payload: null,
    payloadBytes: 0,
    contentType: null,
    revisit: neverNights,
  }
}

async function* chunked(items: AsyncIterable<ImportItem>): AsyncGenerator<readonly ImportItem[], void> {
  let chunk: ImportItem[] = []
  let bytes = 0
  for await (const item of items) {
    chunk.push(item)
    bytes += item.bytes
    if (chunk.length < chunkItems && bytes < chunkBytes) continue
    yield chunk
    chunk = []
    bytes = 0
  }
  if (chunk.length > 0) yield chunk
}

/** Throws FailedError where an import gave nothing, tonight and in an earlier run of the night. */
export async function failOnNothing(
  { frontier, meter }: CrawlDependencies,
  source: string,
  found: string,
  remedy: string,
): Promise<void> {
  if (meter.total().received > 0) return
  const before = [...(await frontier.settled()).values()].some(({ received }) => received > 0)
  if (!before) throw new FailedError(`source ${source}: ${found}`, remedy)
}
