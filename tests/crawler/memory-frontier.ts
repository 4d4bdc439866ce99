/**
 * The Frontier in memory, for tests: what the store promises, without Postgres. One memory lives through many nights;
 * each process of a night opens its own object.
 */
import type { CapturedOutcome, Frontier, FrontierEntry, Outcome, PreviousCapture } from '../../pipeline/contract.ts'

interface Known {
  readonly key: string
  readonly url: string
  readonly depth: number
  previous: PreviousCapture | null
}

export interface Settled {
  readonly entry: FrontierEntry
  readonly outcome: Outcome
}

export interface Memory {
  /** Opens the frontier of a night, as a newly started process would. */
  open(night: string): Frontier
  /** Tonight's outcomes in the order they were settled. */
  settled(night: string): readonly Settled[]
  /** The outcome of the URL whose path ends so; throws where there is not exactly one. */
  outcome(night: string, ending: string): Outcome
}

function rememberedFrom(outcome: CapturedOutcome, before: PreviousCapture | null): PreviousCapture {
  const repeated = before !== null && outcome.payload === before.payload
  return {
    payload: outcome.payload,
    etag: outcome.etag,
    lastModified: outcome.lastModified,
    recordId: repeated ? before.recordId : outcome.recordId,
    fetchedAt: repeated ? before.fetchedAt : outcome.fetchedAt,
  }
}

export function createMemory(): Memory {
  const known = new Map<string, Known>()
  const nights = new Map<string, Settled[]>()
  const tonight = (night: string): Settled[] => {
    const list = nights.get(night) ?? []
    nights.set(night, list)
    return list
  }

  return {
    settled: tonight,
    outcome(night, ending) {
      const found = tonight(night).filter(({ entry }) => entry.key.endsWith(ending))
      if (found.length !== 1) throw new Error(`${found.length} outcomes end in ${ending}`)
      return found[0]!.outcome
    },
    open(night) {
      const handedOut = new Set<string>()
      const done = new Set(tonight(night).map(({ entry }) => entry.key))
      const add = (links: readonly { key: string; url: string; depth: number }[]): void => {
        for (const link of links) if (!known.has(link.key)) known.set(link.key, { ...link, previous: null })
      }
      const due = (): Known[] => [...known.values()].filter(({ key }) => !done.has(key))
      return {
        async add(links) {
          add(links)
        },
        async take(limit) {
          const entries = due()
            .filter(({ key }) => !handedOut.has(key))
            .sort((a, b) => a.depth - b.depth || (a.key < b.key ? -1 : 1))
            .slice(0, limit)
          for (const { key } of entries) handedOut.add(key)
          return entries.map((entry) => ({ ...entry }))
        },
        async settle(entry, outcome) {
          // As slow as a commit: concurrent settles must be safe.
          await new Promise((resolve) => setImmediate(resolve))
          if (done.has(entry.key)) throw new Error(`${entry.key} is settled twice`)
          tonight(night).push({ entry, outcome })
          done.add(entry.key)
          if (outcome.kind !== 'captured') return
          const before = known.get(entry.key)
          if (before !== undefined) before.previous = rememberedFrom(outcome, before.previous)
          add(outcome.links)
        },
        async recall(key) {
          const found = tonight(night).find(({ entry }) => entry.key === key)
          return found?.outcome.kind === 'captured' ? found.outcome.warc : null
        },
        pending: async () => due().length,
        settled: async () => done.size,
      }
    },
  }
}
