/** What a crawl or an import did so far, by host: counted as it is settled, read by whoever shows it. */
import type { CaptureState, FrontierEntry, Outcome } from '../pipeline/crawl-contract.ts'

export interface Tally {
  /** Answered with a body, redirects and errors included. */
  fetched: number
  /** Answered 304. */
  notModified: number
  new: number
  changed: number
  unchanged: number
  gone: number
  /** Refused by robots.txt. */
  robots: number
  /** Refused for any other reason. */
  refused: number
  failed: number
  /** Documents and listings that were had, whole or as 304. */
  received: number
  /** Of payloads received. */
  bytes: number
}

export const noTally: Readonly<Tally> = {
  fetched: 0,
  notModified: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  gone: 0,
  robots: 0,
  refused: 0,
  failed: 0,
  received: 0,
  bytes: 0,
}

export interface Meter {
  readonly hosts: ReadonlyMap<string, Readonly<Tally>>
  /** Due and not settled, by host, as last asked; empty where nobody asked. */
  pending: ReadonlyMap<string, number>
  /** Parts of an import that are done, of how many (null: not known). */
  progress: { readonly done: number; readonly of: number | null } | null
  /** What was settled last. */
  readonly last: string
  add(entry: FrontierEntry, outcome: Outcome, state: CaptureState | 'refused' | 'failed'): void
  /** Records that were not looked at, because their file is as it was. */
  passOver(records: number): void
  total(): Tally
  /** Entries settled. */
  settled(): number
}

/** `onChange` is called after each settled entry. */
export function createMeter(onChange: (meter: Meter) => void = () => {}): Meter {
  const hosts = new Map<string, Tally>()
  let last = ''
  let settled = 0
  const meter: Meter = {
    hosts,
    pending: new Map(),
    progress: null,
    get last() {
      return last
    },
    add(entry, outcome, state) {
      const tally = hosts.get(entry.host) ?? { ...noTally }
      hosts.set(entry.host, tally)
      count(tally, outcome, state)
      last = entry.url
      settled += 1
      onChange(meter)
    },
    passOver(records) {
      const tally = hosts.get('') ?? { ...noTally }
      hosts.set('', tally)
      tally.unchanged += records
      tally.received += records
      onChange(meter)
    },
    total() {
      const sum: Tally = { ...noTally }
      for (const tally of hosts.values())
        for (const name of Object.keys(noTally) as (keyof Tally)[]) sum[name] += tally[name]
      return sum
    },
    settled: () => settled,
  }
  return meter
}

function count(tally: Tally, outcome: Outcome, state: CaptureState | 'refused' | 'failed'): void {
  if (outcome.kind === 'failed') tally.failed += 1
  else if (outcome.kind === 'refused') tally[outcome.robotsRule === null ? 'refused' : 'robots'] += 1
  else {
    tally.bytes += outcome.payloadBytes
    tally[state === 'notModified' ? 'notModified' : 'fetched'] += 1
    if (outcome.role !== 'siteFile' && outcome.payload !== null) tally.received += 1
    if (state === 'gone') tally.gone += 1
    if (outcome.role === 'document' && (state === 'new' || state === 'changed' || state === 'unchanged'))
      tally[state] += 1
  }
}
