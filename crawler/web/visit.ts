/**
 * What one answer means: the page to keep and its links, a refusal with its reason, or a reason to try again.
 * Decides on text and bytes only; asking, waiting and settling are for crawl.ts.
 */
import { type FoundLink, type FrontierEntry, PRIORITY, type WebSource } from '../../pipeline/crawl-contract.ts'
import { decodeBody } from '../decode.ts'
import type { AnswerHead, HttpResponse } from '../http/client.ts'
import { type Directives, forbiddenBy, headerDirectives, joinDirectives, metaDirectives } from '../robots/directives.ts'
import type { Scope, WebKind } from '../sources/scope.ts'
import { holdsPage } from '../warc/exchange.ts'
import { linksOf } from './links.ts'
import { gunzipListing, isGzip, listingOf } from './listing.ts'
import { formOf } from './traps.ts'

export interface Kept {
  readonly kind: 'keep'
  readonly role: 'document' | 'listing'
  readonly links: readonly FoundLink[]
  /** The key of the main page, where this one says it is a copy of it. */
  readonly canonical: string | null
  readonly directives: string | null
}

export type Reading =
  | Kept
  | { readonly kind: 'refuse'; readonly reason: string; readonly links: readonly FoundLink[] }
  /** Where a redirect leads, located in the source; `outside` says why it is not followed. */
  | { readonly kind: 'redirect'; readonly to: string; readonly link: FoundLink | null; readonly outside: string | null }
  /** `afterMs` is what the site asked for; null where it asked nothing. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs: number | null; readonly wholeHost: boolean }

export interface ReadingContext {
  readonly source: WebSource
  readonly kind: WebKind
  readonly scope: Scope
  /** The product token robots directives name us by. */
  readonly token: string
  /** Keys that are asked for as sitemaps: nothing but a listing is taken for one. */
  readonly sitemaps: ReadonlySet<string>
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

/** Looks at the head of an answer: why its body is not worth reading, or may not be kept; null where it may. */
export function refuseHead(entry: FrontierEntry, head: AnswerHead, context: ReadingContext): string | null {
  if (!holdsPage(head.status)) return null
  const said = headerDirectives(head.headersDistinct, context.token, head.fetchedAt)
  // A page that is only not to be indexed is read for its links.
  const forbidden = said.noindex && !said.noai && !said.tdm ? null : forbiddenBy(said, context.source.obey)
  if (forbidden !== null) return forbidden
  const type = mediaType(head.headers['content-type'] ?? null)
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

interface Address {
  readonly url: string
  readonly lastmod: string | null
}

/** Addresses as links in the source's scope, in page order, each once, without the page itself. */
function inScope(
  addresses: readonly Address[],
  entry: FrontierEntry,
  found: Pick<FoundLink, 'depth' | 'priority'>,
  scope: Scope,
): readonly FoundLink[] {
  const links = new Map<string, FoundLink>()
  for (const { url: address, lastmod } of addresses) {
    const located = scope.locate(address, entry.url)
    if (located === null || located.key === entry.key || links.has(located.key)) continue
    if (scope.outside(new URL(located.url), found.depth === 0) !== null) continue
    const form = found.priority === PRIORITY.linked ? formOf(new URL(located.url)) : null
    links.set(located.key, { ...located, ...found, hops: 0, lastmod, form })
  }
  return [...links.values()]
}

const plain = (url: string): Address => ({ url, lastmod: null })

/** Reads an answer. Links are located and in scope, in page order, each once. */
export function readAnswer(entry: FrontierEntry, response: HttpResponse, context: ReadingContext): Reading {
  const { status, headers, fetchedAt } = response
  if (status === 429 || status >= 500) {
    const afterMs = retryAfterMs(headers['retry-after'], fetchedAt)
    return { kind: 'retry', reason: `answered ${status}`, afterMs, wholeHost: status === 429 || status === 503 }
  }
  const head = headerDirectives(response.headersDistinct, context.token, fetchedAt)
  const nothing: Kept = { kind: 'keep', role: 'document', links: [], canonical: null, directives: wordsOf(head) }
  const { location } = headers
  if (status >= 300 && status < 400 && status !== 304 && location !== undefined)
    return readRedirect(entry, locationOf(location), context)
  if (!holdsPage(status)) return nothing

  const contentType = headers['content-type'] ?? null
  const type = mediaType(contentType)
  const compressed = isGzip(response.payload)
  const body = compressed ? gunzipListing(response.payload, context.source.maxBodyBytes) : response.payload
  if (body === null) return { kind: 'refuse', reason: 'a gzip file that is broken or too large', links: [] }
  const { text, encoding } = decodeBody(body, compressed ? null : contentType)

  const looksLikeXml =
    isXml(type) || /^\ufeff?\s*<(?:\?xml|rss|feed|urlset|sitemapindex|rdf:RDF)\b/i.test(text.slice(0, 200))
  const listing = looksLikeXml ? listingOf(text, entry.url) : null
  if (listing !== null) {
    // A sitemap index is one listing in several files: its parts are no step deeper, and need no include pattern.
    const found =
      listing.kind === 'sitemap-index'
        ? { depth: entry.depth, priority: PRIORITY.listing }
        : { depth: entry.depth + 1, priority: PRIORITY.listed }
    return { ...nothing, role: 'listing', links: inScope(listing.entries, entry, found, context.scope) }
  }
  if (context.sitemaps.has(entry.key))
    return { kind: 'refuse', reason: 'asked for as a sitemap, and is none', links: [] }
  if (compressed) return { kind: 'refuse', reason: 'a gzip file that is no sitemap', links: [] }
  const isPage = isHtml(type) || (type === '' && /<(?:!doctype|html|head|body|a)\b/i.test(text))
  if (!isPage) {
    const forbidden = forbiddenBy(head, context.source.obey)
    if (forbidden !== null) return { kind: 'refuse', reason: forbidden, links: [] }
    return type === 'text/plain' ? nothing : { ...nothing, role: 'listing' }
  }
  return readPage(entry, text, encoding, head, response, context)
}

function readPage(
  entry: FrontierEntry,
  text: string,
  encoding: string,
  head: Directives,
  response: HttpResponse,
  { source, kind, scope, token }: ReadingContext,
): Reading {
  const page = linksOf(text, entry.url, encoding)
  const said = joinDirectives(head, metaDirectives(page.metas, token, response.fetchedAt))
  const follows = kind.followsPages && !said.nofollow
  const found = { depth: entry.depth + 1, priority: PRIORITY.linked }
  const links = follows ? inScope(page.links.map(plain), entry, found, scope) : []
  const forbidden = forbiddenBy(said, source.obey)
  if (forbidden !== null) return { kind: 'refuse', reason: forbidden, links }
  const canonical = mainPageOf(entry, page.canonical ?? linkedCanonical(response), scope)
  // The main page stands in for this one: no step deeper.
  const main = canonical === null ? [] : inScope([plain(canonical)], entry, { ...found, depth: entry.depth }, scope)
  return {
    kind: 'keep',
    role: 'document',
    links: [...main, ...links.filter(({ key }) => key !== main[0]?.key)],
    canonical: main[0]?.key ?? null,
    directives: wordsOf(said),
  }
}

/** `Link: <…>; rel="canonical"` (RFC 6596). */
function linkedCanonical(response: HttpResponse): string | null {
  for (const value of response.headersDistinct.link ?? []) {
    const address = /<([^>]*)>[^,]*;\s*rel\s*=\s*"?[^",]*\bcanonical\b/i.exec(value)?.[1]
    if (address !== undefined) return address
  }
  return null
}

/** Templates that name the front page as the canonical page of every page are not believed. */
function mainPageOf(entry: FrontierEntry, address: string | null, scope: Scope): string | null {
  const located = address === null ? null : scope.locate(address, entry.url)
  if (located === null || located.key === entry.key) return null
  const isFrontPage = new URL(located.url).pathname === '/' && new URL(located.url).search === ''
  return isFrontPage ? null : located.url
}

function readRedirect(entry: FrontierEntry, location: string, { scope, kind }: ReadingContext): Reading {
  const located = scope.locate(location, entry.url)
  const outside = located === null ? 'it is no web address' : scope.outside(new URL(located.url), entry.depth === 0)
  const to = URL.parse(location, entry.url)?.href ?? location
  if (located === null || outside !== null) return { kind: 'redirect', to, link: null, outside }
  // The target stands in for the page: no step deeper.
  const priority = kind.followsPages ? PRIORITY.linked : PRIORITY.listed
  const link = { ...located, depth: entry.depth, hops: entry.hops + 1, priority, lastmod: null, form: null }
  return { kind: 'redirect', to, link, outside: null }
}

function wordsOf(said: Directives): string | null {
  return said.stated.length === 0 ? null : said.stated.join('; ')
}
