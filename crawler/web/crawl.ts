/**
 * Crawls one web source for one night: politely, resumably, recording why each URL was fetched or not. Entries come
 * from and go to the Frontier, which remembers everything; what an answer means is in visit.ts.
 */
import { FailedError } from '../../pipeline/contract.ts'
import type { FoundLink, FrontierEntry, Outcome, WebSource } from '../../pipeline/crawl-contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import type { HttpResponse, WireExchange } from '../http/client.ts'
import { openSession } from '../http/session.ts'
import { createSiteFiles } from '../robots/site-files.ts'
import { scopeOf, startUrls, type WebKind } from '../sources/scope.ts'
import { captureOf, exchangeOf, headAlone } from '../warc/exchange.ts'
import { judge, type Rules, seedsOf } from './admission.ts'
import { createDrive, type TryAgain } from './drive.ts'
import { type Admitted, createFrontierManager } from './request-manager.ts'
import { nextVisit, type Visit } from './revisit.ts'
import { type Kept, type Reading, type ReadingContext, readAnswer, refuseHead } from './visit.ts'

/** A host that asks for a longer pause is left alone for the night. */
const longestPauseMs = 5 * 60_000
/** Hops from one page to another, as browsers have it at most (Fetch standard: 20); sites need two or three. */
const mostHops = 10
/** How often the due entries are counted for whoever watches, at least. */
const countEveryMs = 10_000

/**
 * Crawls what is due of a source tonight and settles every entry in the frontier. Resolves early, without error, when
 * the signal aborts. Throws FailedError where not one page could be had, UsageError on a source that cannot be crawled.
 */
export async function crawlWeb(source: WebSource, kind: WebKind, dependencies: CrawlDependencies): Promise<void> {
  const { frontier, sites, night, signal, retryMs = 1000 } = dependencies
  const scope = scopeOf(source, kind, night)
  const session = openSession(source, startUrls(source), dependencies)
  const { client, token } = session
  const siteFiles = createSiteFiles({ client, frontier, memory: sites, night, token, signal, retryMs })
  try {
    await crawl({ source, kind, scope, token, siteFiles }, client, dependencies)
  } finally {
    await session.close()
  }
}

async function crawl(
  rules: Rules,
  client: ReturnType<typeof openSession>['client'],
  { frontier, meter, night, signal, retryMs = 1000 }: CrawlDependencies,
): Promise<void> {
  const { source, kind, scope, token } = rules
  const aborted = (): boolean => signal?.aborted === true
  let firstProblem: string | null = null

  const seeds = await seedsOf(rules)
  if (aborted()) return
  await frontier.add(seeds.links)
  const before = await frontier.settled()
  const reading: ReadingContext = { source, kind, scope, token, sitemaps: seeds.sitemaps }
  const limits = createLimits(source, before, (host, reason) => frontier.leave(host, reason))
  /** Hosts that asked for a longer pause than this night has, with their words. */
  const paused = new Map<string, string>()

  const manager = createFrontierManager({
    frontier,
    client,
    admit,
    isLeft: limits.isLeft,
    wake: () => drive.wake(),
  })
  const drive = createDrive({ manager, visit, giveUp, signal })
  manager.found(new Set([...scope.hosts, ...(await frontier.hosts())]))

  function revisitOf(entry: FrontierEntry, visited: Visit): number {
    return nextVisit(visited, entry.revisit, source.revisit)
  }

  async function settle(entry: FrontierEntry, outcome: Outcome): Promise<void> {
    const state = await frontier.settle(entry, outcome)
    if (outcome.kind !== 'failed') manager.found(outcome.links.map(({ url }) => new URL(url).host))
    // A sitemap that is not there is no news.
    if (!seeds.sitemaps.has(entry.key)) firstProblem ??= problemOf(entry, outcome)
    meter.add(entry, outcome, state)
  }

  async function refuse(
    entry: FrontierEntry,
    reason: string,
    given: { robotsRule?: string | null; exchange?: WireExchange | null; links?: readonly FoundLink[] } = {},
  ): Promise<void> {
    const { robotsRule = null, exchange = null, links = [] } = given
    const recorded = exchange === null ? null : await exchangeOf(exchange)
    const revisit = revisitOf(entry, 'refused')
    await settle(entry, { kind: 'refused', reason, robotsRule, exchange: recorded, links, revisit })
  }

  async function admit(entry: FrontierEntry): Promise<Admitted | null> {
    const judged = await judge(rules, entry)
    if (aborted() || judged.kind === 'aborted') return null
    if (judged.kind === 'refused') {
      await refuse(entry, judged.reason, { robotsRule: judged.robotsRule })
      if (judged.wholeHost) await limits.leave(entry.host, judged.reason)
      return null
    }
    // What a limit keeps back stays due: it comes first another night.
    return (await limits.admit(entry.host)) ? { entry, robotsRule: judged.robotsRule } : null
  }

  async function giveUp({ entry }: Admitted, reason: string): Promise<void> {
    await settle(entry, { kind: 'failed', reason, revisit: revisitOf(entry, 'failed') })
  }

  async function visit(admitted: Admitted, tries: number): Promise<TryAgain | null> {
    const { entry } = admitted
    const leftAlone = paused.get(entry.host)
    if (leftAlone !== undefined) {
      await giveUp(admitted, leftAlone)
      return null
    }
    const result = await client.get(entry.url, {
      etag: entry.previous?.etag ?? null,
      lastModified: entry.previous?.lastModified ?? null,
      maxBodyBytes: source.maxBodyBytes,
      overflow: 'refuse',
      refuseHead: (head) => refuseHead(entry, head, reading),
    })
    manager.answered(entry.key)
    if (result.kind === 'aborted') return null
    const backoff = retryMs * 2 ** tries
    if (result.kind === 'retryable') return { reason: result.reason, at: client.now() + backoff }
    if (result.kind === 'refused') {
      await refuse(entry, result.reason, { exchange: result.exchange })
      return null
    }
    return await follow(admitted, result, readAnswer(entry, result, reading), backoff)
  }

  async function follow(
    { entry, robotsRule }: Admitted,
    response: HttpResponse,
    answer: Reading,
    backoff: number,
  ): Promise<TryAgain | null> {
    switch (answer.kind) {
      case 'retry':
        await frontier.keep(entry, await exchangeOf(response), answer.reason)
        return await retryLater(entry, answer, backoff)
      case 'refuse':
        await refuse(entry, answer.reason, { exchange: headAlone(response), links: answer.links })
        return null
      case 'redirect':
        return await redirect({ entry, robotsRule }, response, answer)
      case 'keep':
        await settle(entry, await keep(entry, response, robotsRule, answer))
        return null
    }
  }

  async function retryLater(
    { host }: FrontierEntry,
    answer: Extract<Reading, { kind: 'retry' }>,
    backoff: number,
  ): Promise<TryAgain> {
    const pause = Math.max(answer.afterMs ?? 0, backoff)
    const tooLong = pause > longestPauseMs
    if (answer.wholeHost && answer.afterMs !== null) await client.pause(host, answer.afterMs)
    if (answer.wholeHost && tooLong) {
      const reason = `${host} ${answer.reason} and asked for a pause of ${Math.round(pause / 1000)} s`
      paused.set(host, reason)
      await limits.leave(host, reason)
    }
    return { reason: answer.reason, at: tooLong ? null : client.now() + pause }
  }

  async function keep(
    entry: FrontierEntry,
    response: HttpResponse,
    robotsRule: string,
    { role, links, canonical, directives }: Kept,
  ): Promise<Outcome> {
    const capture = await captureOf(entry, response, { role, robotsRule, links, canonical, directives, revisit: 0 })
    return {
      ...capture,
      revisit: canonical === null ? revisitOf(entry, visitOf(entry, role, capture)) : source.revisit.maxNights,
    }
  }

  async function redirect(
    admitted: Admitted,
    response: HttpResponse,
    { to, link, outside }: Extract<Reading, { kind: 'redirect' }>,
  ): Promise<TryAgain | null> {
    const { entry, robotsRule } = admitted
    const decided = { role: 'document', robotsRule, revisit: revisitOf(entry, 'unchanged') } as const
    if (link === null) {
      const note = `redirects to ${to}, which is outside the source: ${outside}`
      await settle(entry, await captureOf(entry, response, { ...decided, note }))
      return null
    }
    if (link.hops > mostHops) {
      await refuse(entry, `more than ${mostHops} redirects`, { exchange: response })
      return null
    }
    // The same page by another address: http to https, a twin to its main page.
    if (link.key === entry.key && link.url !== entry.url) {
      await frontier.keep(entry, await exchangeOf(response), `redirects to ${to}`)
      manager.readdress(entry.key, link)
      return { reason: `redirects to ${to} again and again`, at: client.now() }
    }
    const chain = link.key === entry.key ? [] : await frontier.redirects(link.key, mostHops)
    if (link.key === entry.key || chain.includes(entry.key)) {
      const way = [entry.url, to, ...chain.slice(0, chain.indexOf(entry.key) + 1)].join(' → ')
      await refuse(entry, `redirect loop: ${way}`, { exchange: response })
      return null
    }
    await settle(entry, await captureOf(entry, response, { ...decided, links: [link], redirectsTo: link.key }))
    return null
  }

  const stopCounting = countPending()
  try {
    await drive.run()
  } finally {
    stopCounting()
  }
  const received = meter.total().received + [...before.values()].reduce((sum, host) => sum + host.received, 0)
  if (received === 0 && !aborted())
    throw new FailedError(
      `source ${source.name}: not one page could be had. ${firstProblem ?? 'Everything due tonight had failed before.'}`,
      `when that is mended: malmoi crawl ${source.name} --night ${night}`,
    )

  /** Counts what is due now and then, less often where counting takes long. */
  function countPending(): () => void {
    let timer: NodeJS.Timeout | undefined
    let stopped = false
    const countAgain = async (): Promise<void> => {
      const started = client.now()
      meter.pending = await frontier.pending()
      const next = Math.max(countEveryMs, (client.now() - started) * 50)
      if (!stopped) timer = setTimeout(() => void countAgain().catch(drive.fail), next)
    }
    void countAgain().catch(drive.fail)
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }
}

/** What went wrong with an entry, in words; null where nothing did. */
function problemOf({ url }: FrontierEntry, outcome: Outcome): string | null {
  if (outcome.kind !== 'captured') return `${url}: ${outcome.reason}`
  if (outcome.note !== null) return `${url} ${outcome.note}`
  return outcome.status >= 400 ? `${url} answered ${outcome.status}` : null
}

function visitOf(entry: FrontierEntry, role: Kept['role'], capture: { status: number; payload: string | null }): Visit {
  if (role === 'listing') return 'listing'
  if (capture.status === 304) return 'unchanged'
  if (capture.payload === null) return 'absent'
  if (entry.previous === null) return 'new'
  return capture.payload === entry.previous.payload ? 'unchanged' : 'changed'
}

/** How many pages a night may ask for, of all hosts and of one; `leave` says durably why the rest is left. */
function createLimits(
  source: WebSource,
  before: ReadonlyMap<string, { readonly entries: number }>,
  leave: (host: string, reason: string) => Promise<void>,
) {
  const ofHost = new Map([...before].map(([host, { entries }]) => [host, entries]))
  let pages = [...ofHost.values()].reduce((sum, entries) => sum + entries, 0)
  const left = new Set<string>()
  const everyHost = ''

  async function leaveOnce(host: string, reason: string): Promise<void> {
    if (left.has(host)) return
    left.add(host)
    await leave(host, reason)
  }

  return {
    leave: leaveOnce,
    isLeft: (host: string): boolean => left.has(everyHost) || left.has(host),
    /** Counts a page in; false where a limit is reached. */
    async admit(host: string): Promise<boolean> {
      const count = ofHost.get(host) ?? 0
      if (pages >= source.maxPages) {
        await leaveOnce(everyHost, `the night's maxPages of ${source.maxPages} was reached`)
        return false
      }
      if (count >= source.maxPagesPerHost) {
        await leaveOnce(host, `the night's maxPagesPerHost of ${source.maxPagesPerHost} was reached`)
        return false
      }
      pages += 1
      ofHost.set(host, count + 1)
      return true
    },
  }
}
