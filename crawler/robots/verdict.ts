/** What a site says of one URL, its files taken together: the rule that allows it, or why it may not be asked for. */
import { askRobots, crawlDelay } from './robots.ts'
import type { SiteFiles } from './site-files.ts'
import { reservingRule } from './tdm.ts'

export interface SiteRules {
  readonly siteFiles: SiteFiles
  /** The product token robots.txt knows us by. */
  readonly token: string
  /** Whether tdmrep.json is obeyed. */
  readonly obeyTdm: boolean
}

export type SiteVerdict =
  | { readonly kind: 'allowed'; readonly robotsRule: string }
  | {
      readonly kind: 'refused'
      readonly reason: string
      /** The line of robots.txt, where that was what refused it. */
      readonly robotsRule: string | null
      /** Whether it holds of the whole host. */
      readonly wholeHost: boolean
    }
  | { readonly kind: 'aborted' }

/** A host that asks for a longer pause than this is left. */
const longestCrawlDelayMs = 300_000

export function refused(reason: string, robotsRule: string | null = null, wholeHost = false): SiteVerdict {
  return { kind: 'refused', reason, robotsRule, wholeHost }
}

/** robots.txt first, then reservations. Asks for the files where they are not known yet. */
export async function siteVerdict({ siteFiles, token, obeyTdm }: SiteRules, url: URL): Promise<SiteVerdict> {
  const state = await siteFiles.robotsOf(url)
  if (state.kind === 'aborted') return state
  if (state.kind === 'closed') return refused(`robots.txt could not be had: ${state.why}`, state.why, true)
  let robotsRule = state.kind === 'open' ? state.why : ''
  if (state.kind === 'rules') {
    const answer = askRobots(state.robots, token, url)
    robotsRule = answer.rule
    if (!answer.allowed) return refused(`robots.txt: ${answer.rule}`, answer.rule)
    const asked = crawlDelay(state.robots, token) ?? 0
    if (asked > longestCrawlDelayMs) {
      const rule = `Crawl-delay: ${asked / 1000}`
      return refused(`robots.txt: ${rule}, more than ${longestCrawlDelayMs / 1000} s: the host is left`, rule, true)
    }
  }
  const reserved = obeyTdm ? reservingRule(await siteFiles.tdmOf(url), url) : null
  if (reserved !== null) return refused(`reserved from text and data mining (tdmrep.json: ${reserved.location})`)
  return { kind: 'allowed', robotsRule }
}
