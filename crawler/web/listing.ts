/**
 * Files that list pages: sitemaps and sitemap indexes (sitemaps.org 0.9), RSS 2.0 and 1.0, Atom (RFC 4287).
 * Text in, addresses out, with the time of change that the file states of each.
 */
import { gunzipSync } from 'node:zlib'
import { scanMarkup } from '../markup.ts'

export interface Listed {
  /** Absolute http or https URL. */
  readonly url: string
  /** As stated: lastmod, updated or pubDate. */
  readonly lastmod: string | null
}

export interface Listing {
  readonly kind: 'sitemap' | 'sitemap-index' | 'rss' | 'atom'
  /** In file order. */
  readonly entries: readonly Listed[]
}

/** Of a kind of listing: the element of an entry, of its address, and of its time of change. */
interface Form {
  readonly kind: Listing['kind']
  readonly entry: string
  /** Null where the address is an attribute: Atom's link. */
  readonly address: string | null
  readonly changed: readonly string[]
}

const sitemap: Form = { kind: 'sitemap', entry: 'url', address: 'loc', changed: ['lastmod'] }
const sitemapIndex: Form = { kind: 'sitemap-index', entry: 'sitemap', address: 'loc', changed: ['lastmod'] }
const rss: Form = { kind: 'rss', entry: 'item', address: 'link', changed: ['pubdate', 'dc:date'] }
const atom: Form = { kind: 'atom', entry: 'entry', address: null, changed: ['updated'] }
const forms = new Map([
  ['urlset', sitemap],
  ['sitemapindex', sitemapIndex],
  ['rss', rss],
  ['rdf', rss],
  ['feed', atom],
])

/** Longer times say nothing. */
const longestTime = 64
/** What is nested deeper is no listing's. */
const deepest = 16

/** Reads a listing fetched from `baseUrl`; null where the text is none of the known kinds. */
export function listingOf(text: string, baseUrl: string): Listing | null {
  let form: Form | null | undefined
  const path: string[] = []
  let tooDeep = 0
  const entries: Listed[] = []
  let addresses: string[] = []
  let lastmod: string | null = null
  /** The text of the element being read, where it matters. */
  let collected: string | null = null

  const finishEntry = (): void => {
    for (const address of addresses) {
      const url = URL.parse(address.trim(), baseUrl)
      if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:'))
        entries.push({ url: url.href, lastmod })
    }
    addresses = []
    lastmod = null
  }

  const collect = (part: string): void => {
    if (collected !== null) collected += part
  }
  scanMarkup(
    text,
    {
      open(name, attributes, selfClosing) {
        if (path.length >= deepest) {
          if (!selfClosing) tooDeep += 1
          return
        }
        // sitemap files may name their own namespace: sm:url.
        const element = form?.changed.includes(name) ? name : name.slice(name.indexOf(':') + 1)
        if (form === undefined) form = forms.get(element) ?? null
        const parent = path.at(-1) ?? ''
        if (form !== null && parent === form.entry) {
          if (form.address === null && element === 'link' && (attributes.rel ?? 'alternate') === 'alternate')
            addresses.push(attributes.href ?? '')
          // image:loc of a sitemap is not a page: its parent is image:image.
          if (!selfClosing && (element === form.address || form.changed.includes(element))) collected = ''
        }
        if (!selfClosing) path.push(element)
      },
      text: collect,
      cdata: collect,
      close() {
        if (tooDeep > 0) {
          tooDeep -= 1
          return
        }
        const element = path.pop()
        if (element === undefined || !form) return
        if (collected !== null) {
          if (element === form.address) addresses.push(collected)
          else lastmod = collected.trim().slice(0, longestTime) || null
          collected = null
        }
        if (element === form.entry) finishEntry()
      },
    },
    { xml: true },
  )
  return form ? { kind: form.kind, entries } : null
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
