/**
 * Crawlee's IRequestManager over the Frontier: takes due entries, admits or refuses them, and hands them out one
 * request at a time to a host. What is admitted, and what a visit does, is for crawl.ts.
 */
import { type Dictionary, type IRequestManager, Request } from '@crawlee/basic'
import type { Frontier, FrontierEntry } from '../pipeline/contract.ts'
import type { HostQueue } from './host-queue.ts'

/** An entry that will be fetched, with the robots.txt line that allows it. */
export interface Admitted {
  readonly entry: FrontierEntry
  readonly host: string
  readonly robotsRule: string
}

export interface ManagerDependencies {
  readonly frontier: Frontier
  /** Entries that were taken already. */
  readonly first: readonly FrontierEntry[]
  readonly queue: HostQueue<Admitted>
  /** Decides on an entry before it waits for its host; what is refused it settles itself and gives null. */
  readonly admit: (entry: FrontierEntry) => Promise<Admitted | null>
  /** Called when an entry's time has come. */
  readonly wake: () => void
  readonly now: () => number
}

export interface FrontierManager extends IRequestManager {
  admitted(key: string): Admitted
  /** The request to that host is over; nothing more is asked of it before `from`. */
  release(host: string, from: number): void
  /** Sets when an entry that is about to be reclaimed may be tried again. */
  retryAt(key: string, at: number): void
  /** Says that a settled outcome may have brought new entries. */
  settled(): void
  /** Stops the clock. */
  close(): void
}

/** Entries taken at once, and the most that wait in memory while a host has nothing to do. */
const chunk = 64
const most = 8192

/** Makes the manager; every method is Crawlee's but for the few above. */
export function createFrontierManager(dependencies: ManagerDependencies): FrontierManager {
  const { frontier, queue, admit, wake, now } = dependencies
  const first = [...dependencies.first]
  const handedOut = new Map<string, Admitted>()
  /** Of reclaimed entries: when to try again, and how often it was tried. */
  const retries = new Map<string, number>()
  const tries = new Map<string, number>()
  let handled = 0
  /** Settles so far, and how many there were when the frontier last had nothing. */
  let settles = 0
  let emptyAt = -1
  let timer: NodeJS.Timeout | undefined

  async function admitAll(entries: readonly FrontierEntry[]): Promise<void> {
    for (const admitted of await Promise.all(entries.map(admit)))
      if (admitted !== null) queue.push(admitted.host, admitted)
  }

  async function refill(): Promise<void> {
    if (first.length > 0) await admitAll(first.splice(0))
    while (emptyAt !== settles && (queue.size() < chunk || (queue.hasIdleHost() && queue.size() < most))) {
      const before = settles
      const entries = await frontier.take(chunk)
      if (entries.length === 0) emptyAt = before
      await admitAll(entries)
    }
  }

  function setClock(): void {
    clearTimeout(timer)
    const at = queue.nextAt()
    if (at !== null) timer = setTimeout(wake, Math.max(0, at - now()))
  }

  const manager: FrontierManager = {
    admitted(key) {
      const admitted = handedOut.get(key)
      if (admitted === undefined) throw new Error(`${key} was not handed out`)
      return admitted
    },
    release(host, from) {
      queue.release(host, from)
      wake()
    },
    retryAt(key, at) {
      retries.set(key, at)
    },
    settled() {
      settles += 1
    },
    close() {
      clearTimeout(timer)
    },

    async isEmpty() {
      await refill()
      const ready = queue.ready()
      if (!ready) setClock()
      return !ready
    },
    async isFinished() {
      await refill()
      return queue.size() === 0 && handedOut.size === 0 && emptyAt === settles
    },
    async fetchNextRequest<T extends Dictionary = Dictionary>() {
      const admitted = queue.take()
      if (admitted === null) return null
      const { key, url } = admitted.entry
      handedOut.set(key, admitted)
      const request = new Request<T>({ url, uniqueKey: key, id: key })
      request.retryCount = tries.get(key) ?? 0
      return request
    },
    async reclaimRequest(request) {
      const admitted = manager.admitted(request.uniqueKey)
      handedOut.delete(request.uniqueKey)
      queue.pushLater(admitted.host, admitted, retries.get(request.uniqueKey) ?? now())
      retries.delete(request.uniqueKey)
      tries.set(request.uniqueKey, request.retryCount)
      wake()
      return null
    },
    async markRequestHandled(request) {
      handedOut.delete(request.uniqueKey)
      tries.delete(request.uniqueKey)
      handled += 1
      return null
    },
    handledCount: async () => handled,
    getTotalCount: () => handled + handedOut.size + queue.size(),
    getPendingCount: () => handedOut.size + queue.size(),
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
  return manager
}
