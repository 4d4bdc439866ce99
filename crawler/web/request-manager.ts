/**
 * Crawlee's IRequestManager over the Frontier: a few due entries of each host wait in memory, and are handed out when
 * their host may be asked. What is admitted, and what a visit does, is for crawl.ts.
 */
import { type Dictionary, type IRequestManager, Request } from '@crawlee/basic'
import type { FoundLink, Frontier, FrontierEntry } from '../../pipeline/crawl-contract.ts'
import type { PoliteClient } from '../http/polite.ts'

/** An entry that will be fetched, with the robots.txt line that allows it. */
export interface Admitted {
  readonly entry: FrontierEntry
  readonly robotsRule: string
}

export interface ManagerDependencies {
  readonly frontier: Frontier
  readonly client: PoliteClient
  /** Decides on an entry before it waits for its host; what is refused it settles itself and gives null. */
  readonly admit: (entry: FrontierEntry) => Promise<Admitted | null>
  /** Whether the host is left for tonight. */
  readonly isLeft: (host: string) => boolean
  /** Called when an entry's time has come. */
  readonly wake: () => void
}

export interface FrontierManager extends IRequestManager {
  admitted(key: string): Admitted
  /** Says that the host of a handed out entry has answered: while that is written down the next one may be asked for. */
  answered(key: string): void
  /** Sets when an entry that is about to be reclaimed may be tried again. */
  retryAt(key: string, at: number): void
  /** From now on a handed out entry is asked for by another address. */
  readdress(key: string, link: FoundLink): void
  /** Says that these hosts may have new entries in the frontier. */
  found(hosts: Iterable<string>): void
  /** Stops the clock. */
  close(): void
}

/** Entries of one host that wait in memory, and how few make it worth asking for more. */
const chunk = 32
const few = 8
/** How often a host that another process has is asked for. */
const reopenMs = 2_000

interface Line {
  readonly host: string
  entries: Admitted[]
  later: { readonly admitted: Admitted; readonly at: number }[]
  /** Whether the frontier may have more. */
  more: boolean
  /** Entries that were taken are being judged, which may take a request for robots.txt. */
  judging: boolean
  /** Handed out and not answered yet: the host has one request at a time. */
  asking: string | null
  /** When to try to open a host that another process has; null once it is open. */
  reopenAt: number | null
}

/** Makes the manager; every method is Crawlee's but for the few above. */
export function createFrontierManager(dependencies: ManagerDependencies): FrontierManager {
  const { frontier, client, admit, isLeft, wake } = dependencies
  const { now } = client
  const lines = new Map<string, Line>()
  const handedOut = new Map<string, { readonly admitted: Admitted; readonly line: Line }>()
  /** Of reclaimed entries: when to try again, and how often it was tried. */
  const retries = new Map<string, number>()
  const tries = new Map<string, number>()
  let handled = 0
  let waiting = 0
  let taking = false
  /** An error of the frontier's in the background; Crawlee is told when it asks next. */
  let broken: { readonly error: unknown } | null = null
  let timer: NodeJS.Timeout | undefined
  const stopListening = client.onFree(wake)

  function lineOf(host: string): Line {
    const known = lines.get(host)
    if (known !== undefined) return known
    const line: Line = { host, entries: [], later: [], more: true, judging: false, asking: null, reopenAt: now() }
    lines.set(host, line)
    return line
  }

  function isHungry(line: Line): boolean {
    const opens = line.reopenAt === null || line.reopenAt <= now()
    return line.more && opens && !line.judging && line.entries.length < few && !isLeft(line.host)
  }

  /** Opens the hosts whose time has come; one that another process has is tried again later. */
  async function openHosts(candidates: readonly Line[]): Promise<readonly Line[]> {
    const opened: Line[] = []
    for (const line of candidates) {
      if (line.reopenAt !== null) line.reopenAt = (await client.open(line.host)) ? null : now() + reopenMs
      if (line.reopenAt === null) opened.push(line)
    }
    return opened
  }

  /** Takes more for the hosts that have few left, and judges it host by host: none waits for another's robots.txt. */
  async function takeMore(): Promise<void> {
    const open = await openHosts([...lines.values()].filter(isHungry))
    if (open.length === 0) return
    for (const line of open) line.more = false
    const entries = await frontier.take(
      open.map(({ host }) => host),
      chunk,
    )
    for (const [host, ofHost] of Map.groupBy(entries, (entry) => entry.host)) {
      const line = lineOf(host)
      if (ofHost.length === chunk) line.more = true
      line.judging = true
      inBackground(judgeAll(line, ofHost))
    }
  }

  async function judgeAll(line: Line, entries: readonly FrontierEntry[]): Promise<void> {
    for (const admitted of await Promise.all(entries.map(admit))) {
      if (admitted === null) continue
      line.entries.push(admitted)
      waiting += 1
    }
    line.judging = false
  }

  function inBackground(work: Promise<void>): void {
    work
      .catch((error: unknown) => {
        broken ??= { error }
      })
      .finally(wake)
  }

  function refill(): void {
    if (broken !== null) throw broken.error
    if (taking || ![...lines.values()].some(isHungry)) return
    taking = true
    inBackground(
      takeMore().finally(() => {
        taking = false
      }),
    )
  }

  /** When the line's next entry may be asked for; Infinity where it has none or its host is busy. */
  function availableAt(line: Line): number {
    if (line.asking !== null) return Number.POSITIVE_INFINITY
    const first = line.later[0]
    if (line.entries.length === 0 && first === undefined) return Number.POSITIVE_INFINITY
    const ready = client.readyAt(line.host)
    return line.entries.length > 0 ? ready : Math.max(ready, first?.at ?? 0)
  }

  function takeFrom(line: Line): Admitted | undefined {
    const first = line.later[0]
    if (first !== undefined && first.at <= now()) return line.later.shift()?.admitted
    return line.entries.shift()
  }

  function setClock(): void {
    clearTimeout(timer)
    let at = Number.POSITIVE_INFINITY
    for (const line of lines.values()) {
      at = Math.min(at, availableAt(line))
      if (line.more && line.reopenAt !== null && !isLeft(line.host)) at = Math.min(at, line.reopenAt)
    }
    if (Number.isFinite(at)) timer = setTimeout(wake, Math.min(2 ** 31 - 1, Math.max(1, Math.ceil(at - now()))))
    else if (at === Number.NEGATIVE_INFINITY) wake()
  }

  const manager: FrontierManager = {
    admitted(key) {
      return handedOutBy(key).admitted
    },
    answered(key) {
      const { line } = handedOutBy(key)
      if (line.asking === key) line.asking = null
      wake()
    },
    retryAt(key, at) {
      retries.set(key, at)
    },
    readdress(key, { url, hops }) {
      const { line, admitted } = handedOutBy(key)
      const { host } = new URL(url)
      handedOut.set(key, { line, admitted: { ...admitted, entry: { ...admitted.entry, url, hops, host } } })
    },
    found(hosts) {
      for (const host of hosts) lineOf(host).more = true
    },
    close() {
      clearTimeout(timer)
      stopListening()
    },

    async isEmpty() {
      refill()
      const time = now()
      for (const line of lines.values()) if (availableAt(line) <= time) return false
      setClock()
      return true
    },
    async isFinished() {
      refill()
      const left = [...lines.values()].some((line) => line.judging || (line.more && !isLeft(line.host)))
      return waiting === 0 && handedOut.size === 0 && !taking && !left
    },
    async fetchNextRequest<T extends Dictionary = Dictionary>() {
      const time = now()
      for (const line of lines.values()) {
        if (availableAt(line) > time) continue
        const admitted = takeFrom(line)
        if (admitted === undefined) continue
        waiting -= 1
        // To the end of the round: hosts take turns.
        lines.delete(line.host)
        lines.set(line.host, line)
        const { key, url } = admitted.entry
        line.asking = key
        handedOut.set(key, { admitted, line })
        const request = new Request<T>({ url, uniqueKey: key, id: key })
        request.retryCount = tries.get(key) ?? 0
        return request
      }
      return null
    },
    async reclaimRequest(request) {
      const { line, admitted } = comeBack(request.uniqueKey)
      // It may have become another host's.
      const { later } = admitted.entry.host === line.host ? line : lineOf(admitted.entry.host)
      later.push({ admitted, at: retries.get(request.uniqueKey) ?? now() })
      later.sort((a, b) => a.at - b.at)
      waiting += 1
      retries.delete(request.uniqueKey)
      tries.set(request.uniqueKey, request.retryCount)
      wake()
      return null
    },
    async markRequestHandled(request) {
      comeBack(request.uniqueKey)
      tries.delete(request.uniqueKey)
      handled += 1
      return null
    },
    handledCount: async () => handled,
    getTotalCount: () => handled + handedOut.size + waiting,
    getPendingCount: () => handedOut.size + waiting,
    async *[Symbol.asyncIterator]() {
      for (let next = await manager.fetchNextRequest(); next !== null; next = await manager.fetchNextRequest())
        yield next
    },
    addRequest: async () => {
      throw new Error('links reach the frontier with the outcome that holds them')
    },
    addRequestsBatched: async () => {
      throw new Error('links reach the frontier with the outcome that holds them')
    },
  }

  function handedOutBy(key: string): { readonly admitted: Admitted; readonly line: Line } {
    const item = handedOut.get(key)
    if (item === undefined) throw new Error(`${key} was not handed out`)
    return item
  }

  function comeBack(key: string): { readonly admitted: Admitted; readonly line: Line } {
    const item = handedOutBy(key)
    handedOut.delete(key)
    if (item.line.asking === key) item.line.asking = null
    return item
  }
  return manager
}
