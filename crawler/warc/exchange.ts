/**
 * Turns an HTTP exchange into what is kept of it: digest, validators, WARC records, a revisit where nothing changed.
 * Which links it holds and whether it may be kept at all was decided before.
 */
import type { CapturedOutcome, FrontierEntry, RecordedExchange } from '../../pipeline/crawl-contract.ts'
import type { HttpResponse, WireExchange } from '../http/client.ts'
import { parseMessage } from '../http/message.ts'
import { exchangeRecords, type RefersTo, sha256 } from './record.ts'

/** Answers whose body is the page itself (RFC 9110 sections 15.3.1 and 15.3.4). */
export function holdsPage(status: number): boolean {
  return status === 200 || status === 203
}

/** What was decided of an answer before it is kept. */
export type Decided = Pick<CapturedOutcome, 'role' | 'robotsRule' | 'revisit'> &
  Partial<Pick<CapturedOutcome, 'links' | 'directives' | 'canonical' | 'redirectsTo' | 'note'>>

/**
 * The outcome of an exchange. Only a page's body is a payload: what comes with an error or a redirect is in the WARC
 * record alone, so that a time stamp on an error page is no change of the document.
 */
export async function captureOf(
  entry: FrontierEntry,
  response: HttpResponse,
  decided: Decided,
): Promise<CapturedOutcome> {
  const { previous } = entry
  const unmodified = response.status === 304 && previous !== null && previous.payload !== null
  const received = holdsPage(response.status) ? sha256(response.payload) : null
  const payload = unmodified ? previous.payload : received
  const revisit: RefersTo | null =
    previous !== null && payload !== null && payload === previous.payload
      ? { recordId: previous.recordId, date: previous.fetchedAt, url: entry.url }
      : null
  const kept = unmodified ? previous : null
  return {
    kind: 'captured',
    ...(await exchangeOf(response, revisit)),
    payload,
    payloadBytes: received === null ? 0 : response.payload.byteLength,
    contentType: response.headers['content-type'] ?? null,
    etag: response.headers.etag ?? kept?.etag ?? null,
    lastModified: response.headers['last-modified'] ?? kept?.lastModified ?? null,
    links: [],
    directives: null,
    canonical: null,
    redirectsTo: null,
    note: null,
    ...decided,
  }
}

/** An exchange as WARC records. Of one that is refused the head alone is there, and the record says that it is cut. */
export async function exchangeOf(exchange: WireExchange, revisit: RefersTo | null = null): Promise<RecordedExchange> {
  const { status, fetchedAt } = exchange
  return { status, fetchedAt, ...(await exchangeRecords({ ...exchange, date: fetchedAt }, revisit)) }
}

/** What is kept of an answer whose body may not be. */
export function headAlone(response: HttpResponse): WireExchange {
  const { head } = parseMessage(response.responseBytes)
  return { ...response, responseBytes: head, entity: new Uint8Array(0), truncated: true }
}
