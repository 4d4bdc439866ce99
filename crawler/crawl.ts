/**
 * Crawls one web source for one night: politely, resumably, recording why each URL was fetched or not. Entries come
 * from and go to the Frontier, which remembers everything; what an answer means is in visit.ts.
 */
import {
  FailedError,
  type Frontier,
  type FrontierEntry,
  type Outcome,
  type Source,
  UsageError,
  type UserAgent,
} from '../pipeline/contract.ts'
import { isLoopbackHost } from './addresses.ts'
import { delayOf, judge, leastDelay, type Rules, refusal, seedsOf } from './admission.ts'
import { type CrawlCounts, counted, noCounts } from './counts.ts'
import { createDrive, type TryAgain } from './drive.ts'
import { captureOf } from './exchange.ts'
import { createHostQueue } from './host-queue.ts'
import { createHttpClient, type HttpClient } from './http.ts'
import { type Admitted, createFrontierManager } from './request-manager.ts'
import { claimRobots, createRobotsKeeper } from './robots-keeper.ts'
import { scopeOf, startUrls } from './sources/web.ts'
import { productToken, userAgentHeader } from './user-agent.ts'
import { type ReadingContext, readAnswer, refuseHead } from './visit.ts'
import { statusOfMember } from './warc.ts'

export interface CrawlDependencies {
  readonly frontier: Frontier
  readonly userAgent: UserAgent
  /** The night this crawl belongs to, for messages. */
  readonly night: string
  /** Entries settled by this process, how many there will be (null: unknown), and what was settled last. */
  readonly onProgress?: (done: number, of: number | null, note?: string) => void
  /** Aborting stops cleanly: what is in flight is left due. */
  readonly signal?: AbortSignal | undefined
  /** Entries worked on at once, over all hosts; 16 if not given. */
  readonly concurrency?: number
  /** Milliseconds before the first further try, doubled at each next one; 1,000 if not given. */
  readonly retryMs?: number
}

/** A host that asks for a longer pause is left alone for the night. */
const longestPauseMs = 5 * 60_000
/** The whole answer may take this many times as long as its first byte. */
const totalTimeouts = 4

/**
 * Crawls what is due of a source tonight and settles every entry in the frontier. Resolves early, without error, when
 * the signal aborts. Throws FailedError where not one page could be had, UsageError on a source that cannot be crawled.
 */
export async function crawlSource(source: Source, dependencies: CrawlDependencies): Promise<CrawlCounts> {
  const { userAgent, frontier, signal, retryMs = 1000 } = dependencies
  const scope = scopeOf(source)
  const starts = startUrls(source).map((start) => new URL(start))
  if (userAgent.contact === null && !starts.every(isLoopbackHost))
    throw new UsageError('userAgent.contact is missing: give a URL or e-mail where site owners reach you')
  const token = productToken(userAgent)
  const client = createHttpClient({
    userAgent: userAgentHeader(userAgent),
    allowPrivate: source.allowPrivate,
    firstByteMs: source.timeoutMs,
    totalMs: source.timeoutMs * totalTimeouts,
  })
  try {
    const pauseMs = Math.max(retryMs, ...starts.map((start) => leastDelay(source, start)))
    const settledBefore = await frontier.settled()
    const claimed = await claimRobots(frontier, [...new Set(starts.map((start) => start.origin))])
    const robotsOf = createRobotsKeeper({ client, frontier, signal, pauseMs }, claimed.robots)
    const hadPage = settledBefore > 0 && (await capturedBefore(source, frontier))
    const tonight = { settledBefore, hadPage, first: claimed.others }
    return await crawl({ source, scope, token, robotsOf }, client, { ...dependencies, ...tonight, retryMs })
  } finally {
    client.close()
  }
}

/** Whether an earlier run of this night captured one of the start addresses. */
async function capturedBefore(source: Source, frontier: Frontier): Promise<boolean> {
  for (const start of startUrls(source)) {
    const member = await frontier.recall(start)
    const status = member === null ? null : statusOfMember(member)
    if (status !== null && status < 400) return true
  }
  return false
}

async function crawl(
  rules: Rules,
  client: HttpClient,
  dependencies: CrawlDependencies & {
    readonly retryMs: number
    readonly settledBefore: number
    /** An earlier run of this night had a page. */
    readonly hadPage: boolean
    readonly first: readonly FrontierEntry[]
  },
): Promise<CrawlCounts> {
  const { source, scope, token } = rules
  const { frontier, signal, retryMs } = dependencies
  const now = (): number => performance.now()
  const aborted = (): boolean => signal?.aborted === true

  let counts = noCounts
  let done = 0
  let firstProblem: string | null = null
  let admittedPages = dependencies.settledBefore
  const seeds = await seedsOf(rules)
  if (aborted()) return counts
  await frontier.add(seeds.keys.map((key) => ({ key, url: key, depth: 0 })))
  const reading: ReadingContext = { scope, token, sitemaps: seeds.sitemaps, maxBodyBytes: source.maxBodyBytes }

  /** Hosts that asked for a longer pause than this night has, with their words. */
  const closed = new Map<string, string>()
  const queue = createHostQueue<Admitted>(scope.hosts, now)
  for (const start of startUrls(source)) {
    // robots.txt was just asked for.
    const url = new URL(start)
    queue.pause(url.host, now() + (await delayOf(rules, url)))
  }
  const manager = createFrontierManager({
    frontier,
    first: dependencies.first,
    queue,
    admit,
    now,
    wake: () => drive.wake(),
  })
  const drive = createDrive({ manager, visit, giveUp, signal, concurrency: dependencies.concurrency ?? 16 })

  async function settle(entry: FrontierEntry, outcome: Outcome): Promise<void> {
    await frontier.settle(entry, outcome)
    manager.settled()
    counts = counted(counts, entry, outcome)
    if (outcome.kind !== 'captured') firstProblem ??= `${entry.url}: ${outcome.reason}`
    else if (outcome.status >= 300 && outcome.status !== 304) firstProblem ??= `${entry.url} answered ${outcome.status}`
    done += 1
    dependencies.onProgress?.(done, null, entry.url)
  }

  async function admit(entry: FrontierEntry): Promise<Admitted | null> {
    const judged = await judge(rules, entry)
    if (aborted()) return null
    if (judged.kind === 'allowed' && admittedPages < source.maxPages) {
      admittedPages += 1
      return { entry, host: new URL(entry.url).host, robotsRule: judged.robotsRule }
    }
    const full = `the night's maxPages of ${source.maxPages} is reached`
    await settle(entry, judged.kind === 'refused' ? judged : refusal(full, judged.robotsRule))
    return null
  }

  async function giveUp({ entry }: Admitted, reason: string): Promise<void> {
    await settle(entry, { kind: 'failed', reason })
  }

  async function visit({ entry, host, robotsRule }: Admitted, tries: number): Promise<TryAgain | null> {
    const leftAlone = closed.get(host)
    if (leftAlone !== undefined) {
      manager.release(host, now())
      await giveUp({ entry, host, robotsRule }, leftAlone)
      return null
    }
    const known = entry.previous?.payload === null ? null : entry.previous
    const result = await client.get(entry.url, {
      etag: known?.etag ?? null,
      lastModified: known?.lastModified ?? null,
      maxBodyBytes: source.maxBodyBytes,
      overflow: 'refuse',
      refuseHead: (status, headers) => refuseHead(entry, status, headers, reading),
      signal,
    })
    manager.release(host, now() + (await delayOf(rules, new URL(entry.url))))
    if (result.kind === 'aborted') return null
    const backoff = retryMs * 2 ** tries
    if (result.kind === 'retryable') return { reason: result.reason, at: now() + backoff }
    if (result.kind === 'refused') {
      await settle(entry, { kind: 'refused', reason: result.reason, robotsRule, status: result.status })
      return null
    }
    const answer = readAnswer(entry, result, reading)
    if (answer.kind === 'retry') {
      const pause = Math.max(answer.afterMs ?? 0, backoff)
      const tooLong = pause > longestPauseMs
      if (answer.wholeHost && tooLong)
        closed.set(host, `${host} ${answer.reason} and asked for a pause of ${Math.round(pause / 1000)} s`)
      else if (answer.wholeHost) queue.pause(host, now() + pause)
      return { reason: answer.reason, at: tooLong ? null : now() + pause }
    }
    if (answer.kind === 'refuse') {
      await settle(entry, { kind: 'refused', reason: answer.reason, robotsRule, status: result.status })
      return null
    }
    if (result.headers.location !== undefined && answer.links.length === 0)
      firstProblem ??= `${entry.url} redirects to ${result.headers.location}, which is outside the source`
    await settle(entry, await captureOf(entry, result, robotsRule, answer.links))
    return null
  }

  await drive.run()
  const hadPage = dependencies.hadPage || counts.fetched + counts.notModified > 0
  if (!hadPage && !aborted())
    throw new FailedError(
      `source ${source.name}: not one page could be had. ${firstProblem ?? 'Everything due tonight had failed before.'}`,
      `when that is mended: malmoi crawl ${source.name} --night ${dependencies.night}`,
    )
  return counts
}
