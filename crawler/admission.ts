/**
 * What may be asked for tonight: the seeds of a source, and for each entry the scope, the limits and robots.txt.
 * Sends nothing itself but the requests for robots.txt.
 */
import { FailedError, type FrontierEntry, type Outcome, type Source } from '../pipeline/contract.ts'
import { isLoopbackHost } from './addresses.ts'
import { canonicalUrl } from './canonical-url.ts'
import { askRobots, crawlDelay } from './robots.ts'
import type { RobotsState } from './robots-keeper.ts'
import { type Scope, startUrls } from './sources/web.ts'

export interface Rules {
  readonly source: Source
  readonly scope: Scope
  readonly token: string
  readonly robotsOf: (url: URL) => Promise<RobotsState>
}

export interface Seeds {
  /** Canonical: the start addresses, then the sitemaps. */
  readonly keys: readonly string[]
  readonly sitemaps: ReadonlySet<string>
}

/** A configured delay of 0 is for one's own machine. */
const delayElsewhereMs = 1000

/** Milliseconds that must lie between two requests to the URL's host, robots.txt not yet asked. */
export function leastDelay(source: Source, url: URL): number {
  return source.delayMs === 0 && !isLoopbackHost(url) ? delayElsewhereMs : source.delayMs
}

/** The larger of what the config and the site's Crawl-delay ask. */
export async function delayOf({ source, token, robotsOf }: Rules, url: URL): Promise<number> {
  const state = await robotsOf(url)
  const asked = state.kind === 'rules' ? (crawlDelay(state.robots, token) ?? 0) : 0
  return Math.max(leastDelay(source, url), asked)
}

/**
 * Start addresses and sitemaps: those that robots.txt names, else /sitemap.xml, which may not exist. Throws
 * FailedError, naming the hosts and why, where no host of the source gives a robots.txt answer.
 */
export async function seedsOf({ source, scope, robotsOf }: Rules): Promise<Seeds> {
  const starts = startUrls(source)
  const origins = [...new Set(starts.map((start) => new URL(start).origin))].map((origin) => new URL(origin))
  const states = await Promise.all(origins.map(async (url) => ({ url, state: await robotsOf(url) })))
  const reasons = states.flatMap(({ state }) => (state.kind === 'closed' ? [state.why] : []))
  if (reasons.length === states.length) throw new FailedError(`source ${source.name}: ${reasons.join('; ')}`)

  const sitemaps = new Set<string>()
  for (const { url, state } of states) {
    const named = state.kind === 'rules' ? state.robots.sitemaps : []
    for (const address of named.length > 0 ? named : ['/sitemap.xml']) {
      const key = canonicalUrl(address, url.href)
      if (key !== null && scope.outside(new URL(key), true) === null) sitemaps.add(key)
    }
  }
  for (const start of starts) sitemaps.delete(start)
  return { keys: [...new Set([...starts, ...sitemaps])], sitemaps }
}

export type Refusal = Extract<Outcome, { readonly kind: 'refused' }>

export function refusal(reason: string, robotsRule: string | null = null): Refusal {
  return { kind: 'refused', reason, robotsRule, status: null }
}

export type Judgement = { readonly kind: 'allowed'; readonly robotsRule: string } | Refusal

/** Scope, depth and robots.txt, in that order: the rule that allows the entry, or why it is refused. */
export async function judge(rules: Rules, entry: FrontierEntry): Promise<Judgement> {
  const { source, scope, token, robotsOf } = rules
  const url = new URL(entry.url)
  const outside = scope.outside(url, entry.depth === 0)
  if (outside !== null) return refusal(`outside the scope: ${outside}`)
  if (entry.depth > source.maxDepth) return refusal(`deeper than maxDepth ${source.maxDepth}`)
  const state = await robotsOf(url)
  if (state.kind === 'open') return { kind: 'allowed', robotsRule: state.why }
  if (state.kind === 'aborted') return refusal('interrupted')
  if (state.kind === 'closed') return refusal(`robots.txt could not be had: ${state.why}`, state.why)
  const answer = askRobots(state.robots, token, url)
  return answer.allowed
    ? { kind: 'allowed', robotsRule: answer.rule }
    : refusal(`robots.txt: ${answer.rule}`, answer.rule)
}
