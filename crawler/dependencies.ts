/** What crawling and importing need from outside, whatever the kind of the source. */
import type { Frontier, SiteMemory, UserAgent } from '../pipeline/crawl-contract.ts'
import type { Hosts } from './http/polite.ts'
import type { Meter } from './meter.ts'

export interface CrawlDependencies {
  readonly frontier: Frontier
  readonly sites: SiteMemory
  /** Shared by all sources that are crawled together. */
  readonly hosts: Hosts
  readonly userAgent: UserAgent
  /** The night this crawl belongs to. */
  readonly night: string
  readonly meter: Meter
  /** Aborting stops cleanly: what is in flight is left due. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds before the first further try, doubled at each next one; 1,000 if not given. */
  readonly retryMs?: number
}
