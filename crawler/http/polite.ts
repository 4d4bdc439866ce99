/**
 * Politeness by construction: the only way to send a request. One at a time to a host, a pause after each answer, a host
 * taken by another process left to it; all of it across the sources of a process, and across its restarts.
 * What is asked for, and what an answer means, is for others.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { HostMemory, SiteMemory } from '../../pipeline/crawl-contract.ts'
import type { GetRequest, GetResult, HttpClient } from './client.ts'

/** What a source owes to a host. */
export interface Pace {
  /** Milliseconds, as configured. */
  readonly delayMs: number
  /** A loopback host that the config names: its owner's word is enough, down to no delay at all. */
  readonly ownHost: boolean
}

/** A slow answer is a busy server: the pause is this many times as long. */
const RESPONSES = 5
const LEAST_MS = 1_000
const MOST_MS = 30_000
/** How often a host that another process has is asked for. */
const RETRY_ENTER_MS = 1_000

/**
 * Milliseconds from the end of one answer to the next request: the largest of what the config and the site's Crawl-delay
 * ask and five times the last response, which counts as 1 to 30 s.
 */
export function delayAfter(pace: Pace, crawlDelayMs: number, lastMs: number | null): number {
  const asked = Math.max(pace.delayMs, crawlDelayMs)
  if (pace.ownHost && pace.delayMs === 0) return asked
  const adaptive = Math.min(RESPONSES * (lastMs ?? 0), MOST_MS)
  return Math.max(asked, pace.ownHost ? adaptive : Math.max(adaptive, LEAST_MS))
}

interface Host {
  /** Sources of this process that work on it. */
  users: number
  /** The end of the line of those who wait for their turn. */
  line: Promise<void>
  busy: boolean
  /** On the clock: when the last answer ended; -Infinity where none is known of. */
  endedAt: number
  lastMs: number | null
  crawlDelayMs: number
  /** On the clock. */
  notBefore: number
}

/** The hosts that this process works on. */
export interface Hosts {
  /** Takes a host for this process; null while another one has it. */
  enter(name: string): Promise<Host | null>
  leave(name: string): Promise<void>
  known(name: string): Host | undefined
  remember(name: string, host: Host): Promise<void>
  /** Calls back whenever a host becomes free. */
  onFree(listener: () => void): () => void
  freed(): void
  readonly now: () => number
}

/** Shared by all sources that are crawled together. `now` is monotonic, in milliseconds. */
export function createHosts(memory: SiteMemory, now: () => number = () => performance.now()): Hosts {
  const hosts = new Map<string, Promise<Host | null>>()
  const entered = new Map<string, Host>()
  const listeners = new Set<() => void>()

  async function open(name: string): Promise<Host | null> {
    const known: HostMemory | null = await memory.enter(name)
    if (known === null) return null
    const time = now()
    const host: Host = {
      users: 0,
      line: Promise.resolve(),
      busy: false,
      // A process that died may have asked a moment ago: its last request counts as made now.
      endedAt: known.visited ? time : Number.NEGATIVE_INFINITY,
      lastMs: known.lastMs,
      crawlDelayMs: 0,
      notBefore: known.notBefore === null ? 0 : time + Math.max(0, Date.parse(known.notBefore) - Date.now()),
    }
    entered.set(name, host)
    return host
  }

  return {
    now,
    async enter(name) {
      const opening = hosts.get(name) ?? open(name)
      hosts.set(name, opening)
      const host = await opening
      if (host === null) hosts.delete(name)
      else host.users += 1
      return host
    },
    async leave(name) {
      const host = entered.get(name)
      if (host === undefined) return
      host.users -= 1
      if (host.users > 0) return
      entered.delete(name)
      hosts.delete(name)
      await memory.leave(name)
    },
    known: (name) => entered.get(name),
    async remember(name, host) {
      const wait = host.notBefore - now()
      const notBefore = wait > 0 ? new Date(Date.now() + wait).toISOString() : null
      await memory.remember(name, { lastMs: host.lastMs ?? 0, notBefore })
    },
    onFree(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    freed: () => {
      for (const listener of listeners) listener()
    },
  }
}

export interface PoliteClient {
  /** Takes a host for as long as this source is crawled; false while another process has it. */
  open(host: string): Promise<boolean>
  /** When it may be asked next, on the clock; Infinity while it is being asked. */
  readyAt(host: string): number
  /** Sends one request when its host's turn has come. */
  get(url: string, request: GetRequest): Promise<GetResult>
  /** What the host's robots.txt asks, from now on. */
  setCrawlDelay(host: string, milliseconds: number): void
  crawlDelay(host: string): number
  /** Nothing is asked of the host for so long, whichever process asks; durable once resolved. */
  pause(host: string, milliseconds: number): Promise<void>
  /** Calls back when a host becomes free; gives what ends that. */
  onFree(listener: () => void): () => void
  readonly now: () => number
  /** Leaves the hosts. */
  close(): Promise<void>
}

/** The client of one source, over the hosts of the process. */
export function createPoliteClient(
  client: HttpClient,
  hosts: Hosts,
  paceOf: (host: string) => Pace,
  signal: AbortSignal | undefined,
): PoliteClient {
  const { now } = hosts
  const mine = new Map<string, Host>()
  const opening = new Map<string, Promise<Host | null>>()

  async function enter(name: string): Promise<Host | null> {
    const known = mine.get(name)
    if (known !== undefined) return known
    const pending = opening.get(name) ?? hosts.enter(name)
    opening.set(name, pending)
    const host = await pending
    opening.delete(name)
    if (host !== null) mine.set(name, host)
    return host
  }

  async function enterWaiting(name: string): Promise<Host | null> {
    for (;;) {
      const host = await enter(name)
      if (host !== null || signal?.aborted === true) return host
      await rest(RETRY_ENTER_MS, signal)
    }
  }

  function nextAt(name: string, host: Host): number {
    return Math.max(host.notBefore, host.endedAt + delayAfter(paceOf(name), host.crawlDelayMs, host.lastMs))
  }

  async function take(name: string, host: Host): Promise<void> {
    for (let wait = nextAt(name, host) - now(); wait > 0; wait = nextAt(name, host) - now()) {
      await rest(Math.ceil(Math.min(wait, 2 ** 31 - 1)), signal)
      if (signal?.aborted === true) return
    }
  }

  /** A pause that comes of a slow answer has to be known to the next process, before anything else is asked. */
  async function rememberSlowness(name: string, host: Host): Promise<void> {
    const pace = paceOf(name)
    const usual = Math.max(pace.delayMs, host.crawlDelayMs, LEAST_MS)
    if (delayAfter(pace, host.crawlDelayMs, host.lastMs) > usual) await hosts.remember(name, host)
  }

  return {
    now,
    open: async (name) => (await enter(name)) !== null,
    readyAt(name) {
      const host = mine.get(name)
      if (host === undefined) return Number.NEGATIVE_INFINITY
      return host.busy ? Number.POSITIVE_INFINITY : nextAt(name, host)
    },
    async get(url, request) {
      const name = new URL(url).host
      const host = await enterWaiting(name)
      if (host === null) return { kind: 'aborted' }
      const before = host.line
      let done = (): void => {}
      host.line = new Promise((resolve) => {
        done = resolve
      })
      try {
        await before
        host.busy = true
        await take(name, host)
        if (signal?.aborted === true) return { kind: 'aborted' }
        const started = now()
        const result = await client.get(url, { ...request, signal })
        host.endedAt = now()
        host.lastMs = host.endedAt - started
        await rememberSlowness(name, host)
        return result
      } finally {
        host.busy = false
        done()
        hosts.freed()
      }
    },
    setCrawlDelay(name, milliseconds) {
      const host = mine.get(name)
      if (host !== undefined) host.crawlDelayMs = Math.max(host.crawlDelayMs, milliseconds)
    },
    crawlDelay: (name) => mine.get(name)?.crawlDelayMs ?? 0,
    async pause(name, milliseconds) {
      const host = mine.get(name)
      if (host === undefined) return
      host.notBefore = Math.max(host.notBefore, now() + milliseconds)
      await hosts.remember(name, host)
    },
    onFree: hosts.onFree,
    async close() {
      for (const name of mine.keys()) await hosts.leave(name)
      mine.clear()
    },
  }
}

/** Waits, or until the signal aborts. */
export async function rest(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
  })
}
