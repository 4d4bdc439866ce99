/**
 * The links of an HTML page, as absolute URLs, and what its meta elements tell a robot.
 * Canonical forms and scope are for others; so is the text.
 */
import iconv from 'iconv-lite'
import { scanMarkup } from '../markup.ts'

export interface PageLinks {
  /** Absolute http and https URLs in page order, fragments still on. */
  readonly links: readonly string[]
  /** Of `link rel=canonical`; null where there is none. */
  readonly canonical: string | null
  /** Lower-case meta names with their contents, the first of each. */
  readonly metas: ReadonlyMap<string, string>
}

const linkingRelations = new Set(['alternate', 'amphtml', 'canonical', 'next', 'prev'])

/** Elements whose address leads to another page, by attribute. */
const addressAttributes = new Map([
  ['a', 'href'],
  ['area', 'href'],
  ['link', 'href'],
  ['frame', 'src'],
  ['iframe', 'src'],
])

/**
 * Non-ASCII in a query goes out in the page's own encoding (WHATWG URL, "query state"): old Korean boards read it as
 * EUC-KR. Everywhere else UTF-8, which URL does by itself.
 */
function encodeQuery(address: string, encoding: string): string {
  const query = address.indexOf('?')
  if (query < 0 || /^utf-/.test(encoding) || !iconv.encodingExists(encoding)) return address
  const encoded = address
    .slice(query)
    .replace(/[^\x00-\x7f]+/g, (text) =>
      [...iconv.encode(text, encoding)]
        .map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`)
        .join(''),
    )
  return address.slice(0, query) + encoded
}

function relations(rel: string | undefined): readonly string[] {
  return (rel ?? '').toLowerCase().split(/\s+/)
}

function refreshTarget(content: string): string | null {
  return /^\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(content)?.[1]?.trim() ?? null
}

/**
 * Links of a page fetched from `pageUrl`: a, area, frame, iframe, meta refresh, and link alternate, canonical, next and
 * prev; the first base href counts; rel=nofollow is no link. `encoding` is what the text was decoded from.
 */
export function linksOf(html: string, pageUrl: string, encoding = 'utf-8'): PageLinks {
  const addresses: string[] = []
  const metas = new Map<string, string>()
  let base: string | null = null
  let canonical: string | null = null

  scanMarkup(html, {
    open(element, attributes) {
      if (element === 'base') {
        base ??= URL.parse(attributes.href ?? '', pageUrl)?.href ?? null
      } else if (element === 'meta') {
        const content = attributes.content ?? ''
        const name = attributes.name?.toLowerCase()
        if (name !== undefined && !metas.has(name)) metas.set(name, content)
        const target = attributes['http-equiv']?.toLowerCase() === 'refresh' ? refreshTarget(content) : null
        if (target !== null) addresses.push(target)
      } else {
        const attribute = addressAttributes.get(element)
        const address = attribute === undefined ? undefined : attributes[attribute]
        if (address === undefined) return
        const rel = relations(attributes.rel)
        if (rel.includes('nofollow')) return
        if (element === 'link' && !rel.some((relation) => linkingRelations.has(relation))) return
        if (element === 'link' && rel.includes('canonical')) canonical ??= address
        addresses.push(address)
      }
    },
  })

  const absolute = (address: string): string | null => {
    const url = URL.parse(encodeQuery(address.trim(), encoding), base ?? pageUrl)
    return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : null
  }
  return {
    links: addresses.map(absolute).filter((link) => link !== null),
    canonical: canonical === null ? null : absolute(canonical),
    metas,
  }
}
