/**
 * Who may be asked when: one request at a time to a host, a pause after each, entries that wait for another try.
 * Holds entries and clocks only; fetching is for others. `now` is monotonic, in milliseconds.
 */

export interface HostQueue<Entry> {
  /** Adds an entry to the end of its host's line. */
  push(host: string, entry: Entry): void
  /** Adds an entry that may not be asked for before `at`. */
  pushLater(host: string, entry: Entry, at: number): void
  /** The next entry that may be asked for now; its host is busy until `release`. */
  take(): Entry | null
  /** Ends the request to a host: nothing more is asked of it before `from`. */
  release(host: string, from: number): void
  /** A host may not be asked before `from`, whatever else holds. */
  pause(host: string, from: number): void
  /** Whether `take` would give an entry. */
  ready(): boolean
  /** When the next waiting entry may be asked for, of hosts that are not busy; null where none waits. */
  nextAt(): number | null
  /** Entries held. */
  size(): number
  /** True where a host known here has nothing to ask for and is not busy. */
  hasIdleHost(): boolean
}

interface Line<Entry> {
  readonly host: string
  entries: Entry[]
  /** Index of the first entry not taken: shifting a long array would copy it each time. */
  head: number
  later: { readonly entry: Entry; readonly at: number }[]
  busy: boolean
  from: number
}

/** Makes an empty queue that knows `hosts` already. */
export function createHostQueue<Entry>(hosts: readonly string[], now: () => number): HostQueue<Entry> {
  const lines = new Map<string, Line<Entry>>()
  let size = 0

  function lineOf(host: string): Line<Entry> {
    const known = lines.get(host)
    if (known !== undefined) return known
    const line: Line<Entry> = { host, entries: [], head: 0, later: [], busy: false, from: Number.NEGATIVE_INFINITY }
    lines.set(host, line)
    return line
  }
  for (const host of hosts) lineOf(host)

  const waiting = (line: Line<Entry>): boolean => line.head < line.entries.length

  /** When the line's next entry may be asked for; null where it has none or is busy. */
  function availableAt(line: Line<Entry>): number | null {
    if (line.busy) return null
    const first = line.later[0]
    if (waiting(line)) return line.from
    return first === undefined ? null : Math.max(line.from, first.at)
  }

  function takeFrom(line: Line<Entry>, time: number): Entry | null {
    const first = line.later[0]
    if (first !== undefined && first.at <= time) {
      line.later.shift()
      return first.entry
    }
    const entry = line.entries[line.head]
    if (entry === undefined) return null
    line.head += 1
    if (line.head > 1024) {
      line.entries = line.entries.slice(line.head)
      line.head = 0
    }
    return entry
  }

  return {
    push(host, entry) {
      lineOf(host).entries.push(entry)
      size += 1
    },
    pushLater(host, entry, at) {
      const line = lineOf(host)
      line.later.push({ entry, at })
      line.later.sort((a, b) => a.at - b.at)
      size += 1
    },
    take() {
      const time = now()
      for (const line of lines.values()) {
        const at = availableAt(line)
        if (at === null || at > time) continue
        const entry = takeFrom(line, time)
        if (entry === null) continue
        line.busy = true
        size -= 1
        // To the end of the round: hosts take turns.
        lines.delete(line.host)
        lines.set(line.host, line)
        return entry
      }
      return null
    },
    release(host, from) {
      const line = lineOf(host)
      line.busy = false
      line.from = Math.max(line.from, from)
    },
    pause(host, from) {
      const line = lineOf(host)
      line.from = Math.max(line.from, from)
    },
    ready() {
      const time = now()
      for (const line of lines.values()) {
        const at = availableAt(line)
        if (at !== null && at <= time) return true
      }
      return false
    },
    nextAt() {
      const times = [...lines.values()].map(availableAt).filter((at) => at !== null)
      return times.length === 0 ? null : Math.min(...times)
    },
    size: () => size,
    hasIdleHost: () => [...lines.values()].some((line) => !line.busy && !waiting(line) && line.later.length === 0),
  }
}
