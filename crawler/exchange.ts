/**
 * Turns an HTTP exchange into what is kept of it: digest, validators, WARC records, a revisit where nothing changed.
 * Which links it holds and whether it may be kept at all was decided before.
 */
import type { CapturedOutcome, FrontierEntry } from '../pipeline/contract.ts'
import type { HttpResponse } from './http.ts'
import { exchangeRecords, type RefersTo, sha256 } from './warc.ts'

/** Answers whose body is the page itself (RFC 9110 sections 15.3.1 and 15.3.4). */
export function holdsPage(status: number): boolean {
  return status === 200 || status === 203
}

/**
 * The outcome of an exchange. Only a page's body is a payload: what comes with an error or a redirect is in the WARC
 * record alone, so that a time stamp on an error page is no change of the document.
 */
export async function captureOf(
  entry: FrontierEntry,
  response: HttpResponse,
  robotsRule: string,
  links: CapturedOutcome['links'],
): Promise<CapturedOutcome> {
  const { previous } = entry
  const unmodified = response.status === 304 && previous !== null && previous.payload !== null
  const received = holdsPage(response.status) ? sha256(response.payload) : null
  const payload = unmodified ? previous.payload : received
  const revisit: RefersTo | null =
    previous !== null && payload !== null && payload === previous.payload
      ? { recordId: previous.recordId, date: previous.fetchedAt, url: entry.url }
      : null
  const { recordId, warc } = await exchangeRecords({ ...response, date: response.fetchedAt }, revisit)
  const kept = unmodified ? previous : null
  return {
    kind: 'captured',
    status: response.status,
    payload,
    payloadBytes: received === null ? 0 : response.payload.byteLength,
    contentType: response.headers['content-type'] ?? null,
    etag: response.headers.etag ?? kept?.etag ?? null,
    lastModified: response.headers['last-modified'] ?? kept?.lastModified ?? null,
    fetchedAt: response.fetchedAt,
    robotsRule,
    warc,
    recordId,
    links,
  }
}
