/**
 * Files that list pages: sitemaps and sitemap indexes (sitemaps.org 0.9), RSS 2.0 and 1.0, Atom (RFC 4287).
 * Text in, addresses out.
 */
import { gunzipSync } from 'node:zlib'
import { Parser } from 'htmlparser2'

export interface Listing {
  readonly kind: 'sitemap' | 'sitemap-index' | 'rss' | 'atom'
  /** Absolute http and https URLs in file order. */
  readonly urls: readonly string[]
}

const kinds = new Map<string, Listing['kind']>([
  ['urlset', 'sitemap'],
  ['sitemapindex', 'sitemap-index'],
  ['rss', 'rss'],
  ['rdf:rdf', 'rss'],
  ['feed', 'atom'],
])

function localName(element: string): string {
  return element.slice(element.indexOf(':') + 1)
}

/** The address is the text of `element` inside `inside`: image:loc of a sitemap is not a page, a channel's link is. */
function textHolds(kind: Listing['kind'], element: string, parent: string): boolean {
  if (kind === 'sitemap') return element === 'loc' && parent === 'url'
  if (kind === 'sitemap-index') return element === 'loc' && parent === 'sitemap'
  return kind === 'rss' && element === 'link' && parent === 'item'
}

/** Reads a listing fetched from `baseUrl`; null where the text is none of the known kinds. */
export function listingOf(text: string, baseUrl: string): Listing | null {
  let kind: Listing['kind'] | null | undefined
  const path: string[] = []
  const found: string[] = []
  let collecting: string | null = null

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = name.toLowerCase()
        if (kind === undefined) kind = kinds.get(element) ?? kinds.get(localName(element)) ?? null
        const parent = path.at(-1) ?? ''
        path.push(element)
        if (kind === undefined || kind === null) return
        if (textHolds(kind, element, parent)) collecting = ''
        if (kind === 'atom' && element === 'link' && parent === 'entry') {
          const rel = attributes.rel ?? 'alternate'
          if (rel === 'alternate' && attributes.href !== undefined) found.push(attributes.href)
        }
      },
      ontext(part) {
        if (collecting !== null) collecting += part
      },
      onclosetag() {
        path.pop()
        if (collecting !== null) found.push(collecting)
        collecting = null
      },
    },
    { xmlMode: true },
  )
  parser.write(text)
  parser.end()
  if (kind === undefined || kind === null) return null

  const urls: string[] = []
  for (const address of found) {
    const url = URL.parse(address.trim(), baseUrl)
    if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) urls.push(url.href)
  }
  return { kind, urls }
}

/** True for bytes that begin as a gzip member: sitemaps are often stored compressed (`sitemap.xml.gz`). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** The sitemap inside a gzip file; null where it is broken or larger than `limit` bytes. */
export function gunzipListing(bytes: Uint8Array, limit: number): Uint8Array | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit })
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
