/**
 * robots.txt of each origin, fetched once a night and kept as a capture; a restart in the same night recalls it.
 * Follows RFC 9309 section 2.3.1 on redirects, absent and unreachable files. Parsing is for robots.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Frontier, FrontierEntry } from '../pipeline/contract.ts'
import { captureOf } from './exchange.ts'
import type { GetResult, HttpClient, HttpResponse } from './http.ts'
import { parseRobots, type RobotsFile, robotsLimitBytes } from './robots.ts'
import { payloadOf } from './warc.ts'

export type RobotsState =
  | { readonly kind: 'rules'; readonly robots: RobotsFile }
  /** Everything is allowed; `why` stands in for the rule. */
  | { readonly kind: 'open'; readonly why: string }
  /** Nothing is allowed: the file could not be had (section 2.3.1.4). */
  | { readonly kind: 'closed'; readonly why: string }
  | { readonly kind: 'aborted' }

export interface RobotsDependencies {
  readonly client: HttpClient
  readonly frontier: Frontier
  readonly signal: AbortSignal | undefined
  /** Milliseconds between two requests, doubled at each further try. */
  readonly pauseMs: number
}

/** Section 2.3.1.2: at least five consecutive redirects are followed, across hosts too. */
const mostRedirects = 5
const mostTries = 3

/** Google reads 429 as unreachable too: a site that asks to be left alone has not said that all is allowed. */
function isUnreachable(status: number): boolean {
  return status >= 500 || status === 429
}

function stateOf(status: number, payload: Uint8Array): RobotsState {
  if (status >= 200 && status < 300)
    return { kind: 'rules', robots: parseRobots(payload.subarray(0, robotsLimitBytes + 1)) }
  if (status >= 300 && status < 400)
    return { kind: 'open', why: `no robots.txt (more than ${mostRedirects} redirects)` }
  return { kind: 'open', why: status === 404 ? 'no robots.txt' : `no robots.txt (status ${status})` }
}

async function rest(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
  })
}

/** Follows redirects and tries again where that may help. */
async function fetchRobots(url: string, { client, signal, pauseMs }: RobotsDependencies): Promise<GetResult> {
  const get = (address: string) =>
    client.get(address, { maxBodyBytes: robotsLimitBytes + 1, overflow: 'truncate', signal })
  let target = url
  let redirects = 0
  let tries = 1
  for (;;) {
    const result = await get(target)
    if (result.kind === 'aborted' || result.kind === 'refused') return result
    if (result.kind === 'retryable' || isUnreachable(result.status)) {
      if (tries === mostTries) return result
      await rest(pauseMs * 2 ** (tries - 1), signal)
      tries += 1
      continue
    }
    const location = result.status >= 300 && result.status < 400 ? result.headers.location : undefined
    const next = location === undefined ? null : URL.parse(location, target)
    if (next === null || redirects === mostRedirects || !/^https?:$/.test(next.protocol)) return result
    redirects += 1
    target = next.href
  }
}

/**
 * Keeps the exchange whole, never as a revisit: a restart of the night reads it again. An HTML page in the place of
 * robots.txt is kept as an exchange without payload: it is no file of that name.
 */
async function keep(entry: FrontierEntry, response: HttpResponse, frontier: Frontier): Promise<void> {
  const capture = await captureOf({ ...entry, previous: null }, response, 'robots.txt itself is always allowed', [])
  const isHtml = /html/i.test(capture.contentType ?? '')
  await frontier.settle(entry, isHtml ? { ...capture, payload: null, payloadBytes: 0 } : capture)
}

/** Before every page, whatever the order of the frontier. */
const robotsDepth = -1

export interface ClaimedRobots {
  readonly robots: ReadonlyMap<string, FrontierEntry>
  /** What the frontier handed out behind them. */
  readonly others: readonly FrontierEntry[]
}

/** Makes the robots.txt of the origins due tonight and takes those entries, and any of earlier nights, with their past. */
export async function claimRobots(frontier: Frontier, origins: readonly string[]): Promise<ClaimedRobots> {
  const keys = origins.map((origin) => `${origin}/robots.txt`)
  await frontier.add(keys.map((key) => ({ key, url: key, depth: robotsDepth })))
  const robots = new Map<string, FrontierEntry>()
  for (;;) {
    const [entry] = await frontier.take(1)
    if (entry === undefined) return { robots, others: [] }
    if (entry.depth !== robotsDepth) return { robots, others: [entry] }
    robots.set(entry.key, entry)
  }
}

/** Looks up the robots.txt of a URL's origin; each is fetched once, however many ask. */
export function createRobotsKeeper(
  dependencies: RobotsDependencies,
  claimed: ReadonlyMap<string, FrontierEntry>,
): (url: URL) => Promise<RobotsState> {
  const states = new Map<string, Promise<RobotsState>>()

  async function load(url: string): Promise<RobotsState> {
    const recalled = await dependencies.frontier.recall(url)
    if (recalled !== null) {
      const { status, payload } = await payloadOf(recalled)
      return stateOf(status, payload)
    }
    const result = await fetchRobots(url, dependencies)
    if (result.kind === 'aborted') return result
    // What says nothing is not kept: the next try of the night asks again.
    if (result.kind !== 'response') return { kind: 'closed', why: result.reason }
    if (isUnreachable(result.status)) return { kind: 'closed', why: `${url} answered ${result.status}` }
    const entry = claimed.get(url) ?? { key: url, url, depth: robotsDepth, previous: null }
    await dependencies.frontier.add([entry])
    await keep(entry, result, dependencies.frontier)
    return stateOf(result.status, result.payload)
  }

  return (url) => {
    const address = `${url.origin}/robots.txt`
    const known = states.get(address)
    if (known !== undefined) return known
    const state = load(address)
    states.set(address, state)
    return state
  }
}
