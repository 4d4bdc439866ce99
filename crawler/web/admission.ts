/**
 * What may be asked for tonight: the seeds of a source, and for each entry the scope, the depth, robots.txt and the
 * site's reservations. Sends nothing itself but the requests for those files.
 */
import { FailedError } from '../../pipeline/contract.ts'
import { type FoundLink, type FrontierEntry, PRIORITY, type WebSource } from '../../pipeline/crawl-contract.ts'
import type { SiteFiles } from '../robots/site-files.ts'
import { refused, type SiteVerdict, siteVerdict } from '../robots/verdict.ts'
import { type Scope, startUrls, type WebKind } from '../sources/scope.ts'

export interface Rules {
  readonly source: WebSource
  readonly kind: WebKind
  readonly scope: Scope
  readonly token: string
  readonly siteFiles: SiteFiles
}

/** A start address or a listing: due every night. */
function seedLink(scope: Scope, address: string, base?: string): FoundLink | null {
  const located = scope.locate(address, base)
  if (located === null || scope.outside(new URL(located.url), true) !== null) return null
  return { ...located, depth: 0, hops: 0, priority: PRIORITY.listing, lastmod: null, form: null }
}

export interface Seeds {
  /** The start addresses, then the sitemaps. */
  readonly links: readonly FoundLink[]
  /** Keys of the sitemaps. */
  readonly sitemaps: ReadonlySet<string>
}

/**
 * Start addresses and, where pages are followed, sitemaps: those that robots.txt names, else /sitemap.xml, which may not
 * exist. Throws FailedError, naming the hosts and why, where no host of the source gives a robots.txt answer.
 */
export async function seedsOf({ source, kind, scope, siteFiles }: Rules): Promise<Seeds> {
  const starts = startUrls(source)
  const origins = [...new Set(starts.map((start) => new URL(start).origin))].map((origin) => new URL(origin))
  const states = await Promise.all(origins.map(async (url) => ({ url, state: await siteFiles.robotsOf(url) })))
  const reasons = states.flatMap(({ state }) => (state.kind === 'closed' ? [state.why] : []))
  if (reasons.length === states.length) throw new FailedError(`source ${source.name}: ${reasons.join('; ')}`)

  const links = new Map<string, FoundLink>()
  for (const start of starts) {
    const link = seedLink(scope, start)
    // An excluded start page is still said to be refused, by itself.
    const seed = link ?? {
      key: start,
      url: start,
      depth: 0,
      hops: 0,
      priority: PRIORITY.listing,
      lastmod: null,
      form: null,
    }
    links.set(seed.key, seed)
  }
  const sitemaps = new Set<string>()
  for (const { url, state } of kind.followsPages ? states : []) {
    const named = state.kind === 'rules' ? state.robots.sitemaps : []
    for (const address of named.length > 0 ? named : ['/sitemap.xml']) {
      const link = seedLink(scope, address, url.href)
      if (link === null || links.has(link.key)) continue
      links.set(link.key, link)
      sitemaps.add(link.key)
    }
  }
  return { links: [...links.values()], sitemaps }
}

/**
 * Takedowns, scope, depth, robots.txt and reservations, in that order: the rule that allows the entry, or why it is
 * refused.
 */
export async function judge(rules: Rules, entry: FrontierEntry): Promise<SiteVerdict> {
  const { source, scope, siteFiles, token } = rules
  if (entry.takenDown) return refused('taken down')
  const url = new URL(entry.url)
  const outside = scope.outside(url, entry.depth === 0)
  if (outside !== null) return refused(outside.startsWith('trap:') ? outside : `outside the scope: ${outside}`)
  if (entry.depth > source.maxDepth) return refused(`deeper than maxDepth ${source.maxDepth}`)
  return await siteVerdict({ siteFiles, token, obeyTdm: source.obey.tdm }, url)
}
