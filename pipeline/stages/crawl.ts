/**
 * crawl: one source, one night → a frozen batch. Ingestion, not computation: what it finds depends on the world.
 * A source whose batch is frozen for the night is not crawled again; one that was cut off goes on where it was, and one
 * that nobody went on with is frozen with what it has when the next night begins.
 */
import type { Hosts } from '../../crawler/http/polite.ts'
import { createMeter } from '../../crawler/meter.ts'
import { crawlSource } from '../../crawler/sources/index.ts'
import { warcinfo } from '../../crawler/warc/record.ts'
import { type BatchCounts, freezeBatch, freezeEarlier, openBatch } from '../../store/batches.ts'
import { openFrontier } from '../../store/frontier.ts'
import { locked } from '../../store/runs.ts'
import type { SiteMemory, Source, UserAgent } from '../crawl-contract.ts'
import { digestOf } from '../digest.ts'
import type { ExecuteDeps, Execution } from '../execute.ts'

export interface CrawledBatch extends BatchCounts {
  readonly source: string
  readonly night: string
}

/** What all sources that are crawled together share. */
export interface CrawlSession {
  readonly night: string
  readonly userAgent: UserAgent
  readonly sites: SiteMemory
  readonly hosts: Hosts
}

/** Crawls unless tonight's batch is frozen; null where it was. @throws FailedError where the source fails wholly. */
export async function crawlNight(
  deps: ExecuteDeps,
  source: Source,
  { night, userAgent, sites, hosts }: CrawlSession,
): Promise<{ readonly batch: CrawledBatch; readonly execution: Execution } | null> {
  const { connection, objects, folder, signal } = deps
  return locked(connection, `crawl ${source.name}`, async () => {
    await freezeEarlier(connection.db, objects, source, night)
    const batch = await openBatch(connection.db, source, night)
    if (batch.frozen) return null
    const started = performance.now()
    const report = deps.reporter.begin('crawl', `${source.name} ${night}`)
    const meter = createMeter(report.crawled)
    const frontier = await openFrontier(connection.db, batch, {
      folder,
      warcinfo: (name) => warcinfo(userAgent, name),
      maxVariants: 'maxVariants' in source ? source.maxVariants : Number.POSITIVE_INFINITY,
    })
    try {
      await crawlSource(source, { frontier, sites, hosts, userAgent, night, meter, signal })
      signal.throwIfAborted()
      const counts = await freezeBatch(connection.db, objects, batch, source.deletions)
      report.end('done', describe(counts))
      const seconds = Math.round(performance.now() - started) / 1000
      return {
        batch: { source: source.name, night, ...counts },
        execution: { stage: 'crawl', key: digestOf('crawl', source.name, night), seconds },
      }
    } catch (error) {
      report.end('failed', error instanceof Error ? error.message : String(error))
      throw error
    } finally {
      await frontier.close()
    }
  })
}

function describe(counts: BatchCounts): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}
