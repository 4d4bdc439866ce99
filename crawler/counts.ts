/**
 * What a crawl or an import did, counted; every entry is counted once.
 */
import type { FrontierEntry, Outcome } from '../pipeline/contract.ts'
import { holdsPage } from './exchange.ts'

export interface CrawlCounts {
  /** Pages, listings or records whose body was received: new + changed + unchanged. */
  readonly fetched: number
  readonly new: number
  readonly changed: number
  /** Received, and the same bytes as last time. */
  readonly unchanged: number
  /** Answered 304. */
  readonly notModified: number
  readonly redirected: number
  /** Answered 4xx, and was never here. */
  readonly missing: number
  /** Was here, and is no longer: 404, 410, or absent from a snapshot. */
  readonly gone: number
  readonly refused: number
  readonly failed: number
  /** Of payloads received. */
  readonly bytes: number
}

export const noCounts: CrawlCounts = {
  fetched: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  notModified: 0,
  redirected: 0,
  missing: 0,
  gone: 0,
  refused: 0,
  failed: 0,
  bytes: 0,
}

type Field = Exclude<keyof CrawlCounts, 'bytes'>

function fieldsOf(entry: FrontierEntry, outcome: Outcome): readonly Field[] {
  const before = entry.previous?.payload ?? null
  if (outcome.kind === 'failed') return ['failed']
  if (outcome.kind === 'refused') return outcome.status === 410 && before !== null ? ['gone'] : ['refused']
  if (outcome.status === 304) return ['notModified']
  if (holdsPage(outcome.status))
    return ['fetched', before === null ? 'new' : before === outcome.payload ? 'unchanged' : 'changed']
  if (outcome.status < 400) return ['redirected']
  return [(outcome.status === 404 || outcome.status === 410) && before !== null ? 'gone' : 'missing']
}

/** The counts with one more settled entry. */
export function counted(counts: CrawlCounts, entry: FrontierEntry, outcome: Outcome): CrawlCounts {
  const next: { -readonly [K in keyof CrawlCounts]: number } = { ...counts }
  for (const field of fieldsOf(entry, outcome)) next[field] += 1
  if (outcome.kind === 'captured') next.bytes += outcome.payloadBytes
  return next
}
