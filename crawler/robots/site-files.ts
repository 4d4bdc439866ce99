/**
 * The files a site has for robots, robots.txt and tdmrep.json, of each origin: asked for once a night with the validators
 * of the night before, kept as captures, remembered for every source and restart of the night, for 24 hours at most.
 * Follows RFC 9309 section 2.3.1 on redirects, absent and unreachable files. What they say is for robots.ts and tdm.ts.
 */
import type { Frontier, FrontierEntry, SiteFile, SiteMemory } from '../../pipeline/crawl-contract.ts'
import type { GetResult, HttpResponse } from '../http/client.ts'
import { type PoliteClient, rest } from '../http/polite.ts'
import { captureOf, exchangeOf } from '../warc/exchange.ts'
import { crawlDelay, parseRobots, type RobotsFile, robotsLimitBytes } from './robots.ts'
import { parseTdmRules, type TdmRules } from './tdm.ts'

export type RobotsState =
  | { readonly kind: 'rules'; readonly robots: RobotsFile }
  /** Everything is allowed; `why` stands in for the rule. */
  | { readonly kind: 'open'; readonly why: string }
  /** Nothing is allowed: the file could not be had (section 2.3.1.4). */
  | { readonly kind: 'closed'; readonly why: string }
  | { readonly kind: 'aborted' }

export interface SiteFiles {
  robotsOf(url: URL): Promise<RobotsState>
  /** Rules of reservation; none where the site has no such file. */
  tdmOf(url: URL): Promise<TdmRules>
}

export interface SiteFileDependencies {
  readonly client: PoliteClient
  readonly frontier: Frontier
  readonly memory: SiteMemory
  readonly night: string
  /** The product token robots.txt knows us by. */
  readonly token: string
  readonly signal: AbortSignal | undefined
  /** Milliseconds before a further try, doubled at each next one. */
  readonly retryMs: number
}

/** Section 2.3.1.2: at least five consecutive redirects are followed, across hosts too. */
const mostRedirects = 5
const mostTries = 3
/** Section 2.4: a copy is used for 24 hours at most. */
const freshMs = 24 * 3_600_000

/** Google reads 429 as unreachable too: a site that asks to be left alone has not said that all is allowed. */
function isUnreachable(status: number): boolean {
  return status >= 500 || status === 429
}

function stateOf(file: SiteFile): RobotsState {
  if (file.status >= 200 && file.status < 300) return { kind: 'rules', robots: parseRobots(file.body) }
  if (file.status >= 300 && file.status < 400)
    return { kind: 'open', why: `no robots.txt (more than ${mostRedirects} redirects)` }
  return { kind: 'open', why: file.status === 404 ? 'no robots.txt' : `no robots.txt (status ${file.status})` }
}

type Loaded =
  | { readonly kind: 'file'; readonly file: SiteFile }
  | { readonly kind: 'none'; readonly why: string }
  | null

/** Looks up the files of a URL's origin; each is asked for once, however many ask. */
export function createSiteFiles(dependencies: SiteFileDependencies): SiteFiles {
  const { client, frontier, memory, night, token, signal, retryMs } = dependencies
  const loaded = new Map<string, { readonly at: number; readonly file: Promise<Loaded> }>()
  const states = new Map<string, { readonly of: Promise<Loaded>; readonly state: Promise<RobotsState> }>()
  const reservations = new Map<string, Promise<TdmRules>>()

  /** Follows redirects and tries again where that may help; each exchange that is not the last is kept by itself. */
  async function fetchFile(entry: FrontierEntry, known: SiteFile | null): Promise<GetResult> {
    let target = entry.url
    let redirects = 0
    let tries = 1
    for (;;) {
      const result = await client.get(target, {
        maxBodyBytes: robotsLimitBytes + 1,
        overflow: 'truncate',
        etag: known?.etag ?? null,
        lastModified: known?.lastModified ?? null,
      })
      if (result.kind === 'aborted' || result.kind === 'refused') return result
      if (result.kind === 'retryable' || isUnreachable(result.status)) {
        if (result.kind === 'response') await keep(entry, result, `answered ${result.status}`)
        if (tries === mostTries) return result
        await rest(retryMs * 2 ** (tries - 1), signal)
        tries += 1
        continue
      }
      const location = result.status >= 300 && result.status < 400 ? result.headers.location : undefined
      const next = location === undefined ? null : URL.parse(location, target)
      if (next === null || redirects === mostRedirects || !/^https?:$/.test(next.protocol)) return result
      await keep(entry, result, `redirects to ${next.href}`)
      redirects += 1
      target = next.href
    }
  }

  async function keep(entry: FrontierEntry, response: HttpResponse, reason: string): Promise<void> {
    await frontier.keep(entry, await exchangeOf(response), reason)
  }

  /** The file as it is tonight; null where the crawl was interrupted. */
  async function load(url: string): Promise<Loaded> {
    const stored = await memory.file(url)
    if (stored !== null && stored.night === night && Date.now() - Date.parse(stored.fetchedAt) < freshMs)
      return { kind: 'file', file: stored }
    const known = stored !== null && stored.status === 200 ? stored : null
    const entry: FrontierEntry = {
      key: url,
      url,
      host: new URL(url).host,
      depth: 0,
      hops: 0,
      revisit: 1,
      takenDown: false,
      previous: known,
    }
    const result = await fetchFile(entry, known)
    if (result.kind === 'aborted') return null
    // What says nothing is not remembered: the next try of the night asks again.
    if (result.kind !== 'response') return { kind: 'none', why: result.reason }
    if (isUnreachable(result.status)) return { kind: 'none', why: `${url} answered ${result.status}` }
    const capture = await captureOf(entry, result, {
      role: 'siteFile',
      robotsRule: 'robots.txt itself is always allowed',
      revisit: 1,
    })
    await frontier.settle(entry, capture)
    const unmodified = result.status === 304 && known !== null
    const file: SiteFile = {
      night,
      fetchedAt: result.fetchedAt,
      status: unmodified ? known.status : result.status,
      body: unmodified ? known.body : result.status < 300 ? result.payload : new Uint8Array(0),
      etag: capture.etag,
      lastModified: capture.lastModified,
      recordId: capture.payload !== null && capture.payload === known?.payload ? known.recordId : capture.recordId,
      payload: capture.payload ?? '',
    }
    await memory.keepFile(url, file)
    return { kind: 'file', file }
  }

  function fileOf(url: string): Promise<Loaded> {
    const known = loaded.get(url)
    if (known !== undefined && client.now() - known.at < freshMs) return known.file
    const file = load(url)
    loaded.set(url, { at: client.now(), file })
    return file
  }

  async function readRobots(host: string, file: Promise<Loaded>): Promise<RobotsState> {
    const result = await file
    if (result === null) return { kind: 'aborted' }
    if (result.kind === 'none') return { kind: 'closed', why: result.why }
    const state = stateOf(result.file)
    client.setCrawlDelay(host, state.kind === 'rules' ? (crawlDelay(state.robots, token) ?? 0) : 0)
    return state
  }

  /** Until tonight's file is there, what the last one asked is obeyed. */
  async function obeyStored(url: string, host: string): Promise<void> {
    const stored = await memory.file(url)
    if (stored === null || !(await client.open(host))) return
    const state = stateOf(stored)
    if (state.kind === 'rules') client.setCrawlDelay(host, crawlDelay(state.robots, token) ?? 0)
  }

  return {
    async robotsOf(url) {
      const address = `${url.origin}/robots.txt`
      if (!loaded.has(address)) await obeyStored(address, url.host)
      const file = fileOf(address)
      const known = states.get(address)
      if (known?.of === file) return await known.state
      const state = readRobots(url.host, file)
      states.set(address, { of: file, state })
      return await state
    },
    async tdmOf(url) {
      const address = `${url.origin}/.well-known/tdmrep.json`
      const known = reservations.get(address)
      if (known !== undefined) return await known
      const rules = fileOf(address).then((result) =>
        result?.kind === 'file' && result.file.status === 200 ? parseTdmRules(result.file.body) : [],
      )
      reservations.set(address, rules)
      return await rules
    },
  }
}
