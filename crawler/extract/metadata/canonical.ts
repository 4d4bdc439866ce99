/**
 * The address a page calls its own: `link rel=canonical`, checked against og:url and the address it was found at. One on
 * another site, or the front page for a page that is not it, is a template's mistake or somebody else's page.
 */
import { metaOf, type Statements } from './statements.ts'

const LONGEST_URL = 4096
/** Host labels that tell a device or a format, not a site. */
const DEVICE = /^(?:www\d?|m|mobile|amp|wap|pc)\./

/** The base that relative addresses of the page are read against. */
export function baseOf(found: Statements, url: string): string {
  return absolute(found.base ?? '', url) ?? url
}

/** An absolute http or https URL without fragment; null for anything else. */
export function absolute(address: string, base: string): string | null {
  if (address === '' || address.length > LONGEST_URL) return null
  const url = URL.parse(address, base === '' ? undefined : base)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  url.hash = ''
  return url.href
}

/** The believed canonical URL; `url`, where the page was found, may be empty where it is not known. */
export function canonicalOf(found: Statements, url: string): string | null {
  const base = baseOf(found, url)
  const stated = [found.canonical ?? '', ...metaOf(found, 'og:url')].map((address) => absolute(address, base))
  return stated.find((address) => address !== null && isBelievable(address, url)) ?? null
}

function isBelievable(canonical: string, url: string): boolean {
  const page = URL.parse(url)
  if (page === null) return true
  const named = new URL(canonical)
  return sameSite(named.hostname, page.hostname) && !(isFront(named) && !isFront(page))
}

/** One host, its www and its mobile twin; or one the parent of the other. */
function sameSite(a: string, b: string): boolean {
  const [one, other] = [a.replace(DEVICE, ''), b.replace(DEVICE, '')]
  return one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)
}

function isFront(url: URL): boolean {
  return url.search === '' && /^\/(?:index\.\w{2,5})?$/.test(url.pathname)
}
