/**
 * What one answer means: the page to keep and its links, a refusal with its reason, or a reason to try again.
 * Decides on text and bytes only; asking, waiting and settling are for crawl.ts.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { FrontierEntry } from '../pipeline/contract.ts'
import { canonicalUrl } from './canonical-url.ts'
import { decodeBody } from './decode.ts'
import { holdsPage } from './exchange.ts'
import type { HttpResponse } from './http.ts'
import { linksOf } from './links.ts'
import { gunzipListing, isGzip, listingOf } from './listing.ts'
import { reservedByHeaders, reservedByMetas } from './reservation.ts'
import type { Scope } from './sources/web.ts'

export interface FoundLink {
  readonly key: string
  readonly url: string
  readonly depth: number
}

export type Reading =
  | { readonly kind: 'keep'; readonly links: readonly FoundLink[] }
  | { readonly kind: 'refuse'; readonly reason: string }
  /** `afterMs` is what the site asked for; null where it asked nothing. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs: number | null; readonly wholeHost: boolean }

export interface ReadingContext {
  readonly scope: Scope
  /** The product token robots directives name us by. */
  readonly token: string
  /** Keys that are asked for as sitemaps: nothing but a listing is taken for one. */
  readonly sitemaps: ReadonlySet<string>
  readonly maxBodyBytes: number
}

function mediaType(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

const isHtml = (type: string): boolean => type === 'text/html' || type === 'application/xhtml+xml'
const isXml = (type: string): boolean => type === 'text/xml' || type === 'application/xml' || type.endsWith('+xml')
const isCompressed = (type: string): boolean => /^application\/(?:x-)?gzip$|^application\/octet-stream$/.test(type)

/** Text that can be read: HTML, XML that is no picture, plain text; an answer without a type is looked at. */
function isReadable(type: string): boolean {
  if (type === 'image/svg+xml' || type === 'application/mathml+xml') return false
  return type === '' || type === 'text/plain' || isHtml(type) || isXml(type)
}

/** Looks at the head of an answer: why its body is not worth reading, or null. */
export function refuseHead(
  entry: FrontierEntry,
  status: number,
  headers: IncomingHttpHeaders,
  context: ReadingContext,
): string | null {
  if (!holdsPage(status)) return null
  const reservation = reservedByHeaders(headers, context.token)
  if (reservation !== null) return `reserved from text and data mining (${reservation})`
  const type = mediaType(headers['content-type'] ?? null)
  if (isReadable(type) || (isCompressed(type) && context.sitemaps.has(entry.key))) return null
  if (isCompressed(type) && entry.url.endsWith('.xml.gz')) return null
  return `content type ${type} is not text`
}

/** Seconds or a date (RFC 9110 section 10.2.3) as milliseconds from `date`; null where absent or unreadable. */
export function retryAfterMs(header: string | undefined, date: string): number | null {
  if (header === undefined) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.parse(date))
}

/** Header values are octets; a Location that holds raw UTF-8 is read as such. */
function locationOf(header: string): string {
  const octets = Buffer.from(header, 'latin1')
  const text = octets.toString('utf8')
  return text.includes('\ufffd') ? header : text
}

function inScope(urls: readonly string[], base: string, depth: number, scope: Scope): readonly FoundLink[] {
  const found = new Map<string, FoundLink>()
  for (const address of urls) {
    const key = canonicalUrl(address, base)
    if (key === null || found.has(key) || scope.outside(new URL(key), depth === 0) !== null) continue
    found.set(key, { key, url: key, depth })
  }
  return [...found.values()]
}

/** Reads an answer. Links are canonical and in scope, in page order, each once. */
export function readAnswer(entry: FrontierEntry, response: HttpResponse, context: ReadingContext): Reading {
  const { status } = response
  const { scope } = context
  if (status === 429 || status >= 500) {
    const afterMs = retryAfterMs(response.headers['retry-after'], response.fetchedAt)
    return { kind: 'retry', reason: `answered ${status}`, afterMs, wholeHost: status === 429 || status === 503 }
  }
  const { location } = response.headers
  if (status >= 300 && status < 400 && status !== 304)
    // The target stands in for the page: no step deeper.
    return {
      kind: 'keep',
      links: location === undefined ? [] : inScope([locationOf(location)], entry.url, entry.depth, scope),
    }
  if (!holdsPage(status)) return { kind: 'keep', links: [] }

  const contentType = response.headers['content-type'] ?? null
  const type = mediaType(contentType)
  const compressed = isGzip(response.payload)
  const body = compressed ? gunzipListing(response.payload, context.maxBodyBytes) : response.payload
  if (body === null) return { kind: 'refuse', reason: 'a gzip file that is broken or too large' }
  const { text, encoding } = decodeBody(body, compressed ? null : contentType)

  const looksLikeXml =
    isXml(type) || /^\ufeff?\s*<(?:\?xml|rss|feed|urlset|sitemapindex|rdf:RDF)\b/i.test(text.slice(0, 200))
  const listing = looksLikeXml ? listingOf(text, entry.url) : null
  if (listing !== null) {
    // A sitemap index is one listing in several files: its parts are no step deeper, and need no include pattern.
    const depth = listing.kind === 'sitemap-index' ? entry.depth : entry.depth + 1
    return { kind: 'keep', links: inScope(listing.urls, entry.url, depth, scope) }
  }
  if (context.sitemaps.has(entry.key)) return { kind: 'refuse', reason: 'asked for as a sitemap, and is none' }
  if (compressed) return { kind: 'refuse', reason: 'a gzip file that is no sitemap' }
  if (!isHtml(type) && !(type === '' && /<(?:!doctype|html|head|body|a)\b/i.test(text)))
    return { kind: 'keep', links: [] }
  const { links, metas } = linksOf(text, entry.url, encoding)
  const reservation = reservedByMetas(metas, context.token)
  if (reservation !== null) return { kind: 'refuse', reason: `reserved from text and data mining (${reservation})` }
  return { kind: 'keep', links: inScope(links, entry.url, entry.depth + 1, scope) }
}
