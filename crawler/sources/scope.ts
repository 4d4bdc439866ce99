/**
 * Which addresses belong to a web source, and which page they are: hosts, patterns, twins, traps, and what the kind of
 * the source means. Pure; robots.txt and limits are for others.
 */
import { UsageError } from '../../pipeline/contract.ts'
import type { WebSource } from '../../pipeline/crawl-contract.ts'
import { canonicalUrl, withoutAmp } from '../canonical-url.ts'
import { comparablePath, pathPattern } from '../robots/path-pattern.ts'
import { trapOf } from '../web/traps.ts'

/** What a kind of web source means; one file a kind beside this one. */
export interface WebKind {
  /** Whether links of pages are followed, or only what listings name. */
  readonly followsPages: boolean
  /** Whether what a listing names may lie on any host. */
  readonly anyHost: boolean
  /** Why an address on the source's hosts is none of its documents; null where it may be one. */
  readonly apparatus: (url: URL) => string | null
}

/** A page's identity, and the address it is asked for by. */
export interface Located {
  readonly key: string
  readonly url: string
}

export interface Scope {
  /** Hosts known from the config, in its order. */
  readonly hosts: readonly string[]
  /** The page of an address; null for what is no http or https URL. */
  locate(address: string, base?: string): Located | null
  /** Null where the URL belongs to the source, else why not. Start addresses and listings (`seed`) need no include. */
  outside(url: URL, seed: boolean): string | null
}

/** Longer addresses are traps more often than pages. */
const longestUrl = 2048

/** The start addresses in canonical form. Throws UsageError on one that is no http or https URL, or on none. */
export function startUrls(source: Pick<WebSource, 'name' | 'start'>): readonly string[] {
  if (source.start.length === 0)
    throw new UsageError(`source ${source.name}: "start" is empty; give it at least one URL`)
  return source.start.map((address) => {
    const canonical = canonicalUrl(address)
    if (canonical === null)
      throw new UsageError(`source ${source.name}: start "${address}" is not an http or https URL`)
    return canonical
  })
}

/** Names under which one site is also served: `m.news.example` is the twin of `www.news.example`. */
const twinPrefix = /^(?:www|m|mobile|amp)\./

/** Compiles the scope of a source for a night. Throws UsageError on a start address that is no URL. */
export function scopeOf(source: WebSource, kind: WebKind, night: string): Scope {
  const starts = startUrls(source).map((start) => new URL(start))
  const hosts = [...new Set([...starts.map((start) => start.host), ...source.hosts])]
  const known = new Set(hosts)
  const secure = new Set(starts.filter(({ protocol }) => protocol === 'https:').map(({ host }) => host))
  const twins = new Map(hosts.map((host) => [host.replace(twinPrefix, ''), host]))
  const patterns = (texts: readonly string[]) => texts.map((text) => ({ text, pattern: pathPattern(text) }))
  const include = patterns(source.include)
  const exclude = patterns(source.exclude)

  return {
    hosts,
    locate(address, base) {
      const canonical = canonicalUrl(address, base)
      if (canonical === null) return null
      const url = new URL(canonical)
      const host = known.has(url.host) ? url.host : (twins.get(url.host.replace(twinPrefix, '')) ?? url.host)
      const protocol = secure.has(host) ? 'https:' : url.protocol
      const asked =
        host === url.host && protocol === url.protocol
          ? canonical
          : canonical.replace(/^https?:\/\/[^/?#]+/, `${protocol}//${host}`)
      return { key: withoutAmp(asked), url: asked }
    },
    outside(url, seed) {
      if (!kind.anyHost && !known.has(url.host)) return `${url.host} is not among the hosts of the source`
      if (url.href.length > longestUrl) return `longer than ${longestUrl} characters`
      if (url.pathname === '/robots.txt') return 'robots.txt is read by itself'
      const path = comparablePath(url)
      const excluded = exclude.find(({ pattern }) => pattern.matches(path))
      if (excluded !== undefined) return `excluded by "${excluded.text}"`
      const trap = trapOf(url, night)
      if (trap !== null) return trap
      if (seed) return null
      if (include.length > 0 && !include.some(({ pattern }) => pattern.matches(path)))
        return 'matches no include pattern'
      return kind.apparatus(url)
    },
  }
}
