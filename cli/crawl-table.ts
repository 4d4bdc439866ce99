/** A crawl in words while it goes on: one line of sums, and a table of its hosts with their pace. */
import { type Meter, noTally, type Tally } from '../crawler/meter.ts'
import { formatBytes } from '../report/format.ts'
import { tableLines } from './table.ts'
import { duration } from './words.ts'

/** Per second, over the last few seconds. */
interface Rates {
  readonly pages: number
  readonly bytes: number
  readonly pagesOf: ReadonlyMap<string, number>
}

const WINDOW_MS = 5_000

const pagesOf = (tally: Readonly<Tally>): number => tally.fetched + tally.notModified

/** Measures a meter's pace each time it is asked. */
export function createPace(): (meter: Meter) => Rates {
  const samples: { readonly at: number; readonly total: Tally; readonly pages: ReadonlyMap<string, number> }[] = []
  return (meter) => {
    const now = {
      at: performance.now(),
      total: meter.total(),
      pages: new Map([...meter.hosts].map(([host, tally]) => [host, pagesOf(tally)])),
    }
    samples.push(now)
    while (samples.length > 2 && now.at - (samples[1]?.at ?? now.at) > WINDOW_MS) samples.shift()
    const before = samples[0] ?? now
    const seconds = Math.max(0.001, (now.at - before.at) / 1000)
    const rate = (later: number, earlier: number): number => (later - earlier) / seconds
    return {
      pages: rate(pagesOf(now.total), pagesOf(before.total)),
      bytes: rate(now.total.bytes, before.total.bytes),
      pagesOf: new Map([...now.pages].map(([host, pages]) => [host, rate(pages, before.pages.get(host) ?? 0)])),
    }
  }
}

/** Sums, pace, and how long it may take yet. */
export function crawlLine(meter: Meter, rates: Rates, elapsedMs: number): string {
  const total = meter.total()
  const counts = [
    `${total.fetched} fetched`,
    `${total.notModified} not modified`,
    `${total.robots} by robots.txt`,
    `${total.refused} refused`,
    `${total.failed} failed`,
    `${total.unchanged} unchanged`,
  ].filter((text) => !text.startsWith('0 '))
  const pace = rates.pages > 0 ? `  ${rates.pages.toFixed(1)}/s ${formatBytes(rates.bytes)}/s` : ''
  const left = remainingMs(meter, rates, elapsedMs)
  return `${counts.join(', ') || '…'}${pace}${left === null ? '' : `, ${duration(left)} left`}`
}

/** An import tells its share; of a crawl the host that will take longest counts. */
function remainingMs(meter: Meter, { pagesOf: pace }: Rates, elapsedMs: number): number | null {
  const { progress } = meter
  if (progress?.of != null && progress.done > 0) return (elapsedMs * (progress.of - progress.done)) / progress.done
  const left = [...meter.pending].map(([host, pending]) => (pending * 1000) / (pace.get(host) || Number.NaN))
  const known = left.filter((milliseconds) => Number.isFinite(milliseconds))
  return known.length === 0 ? null : Math.max(...known)
}

/** The busiest hosts, one a line, under a head. */
export function hostTable(meter: Meter, rates: Rates, most: number): readonly string[] {
  if (meter.progress !== null) return []
  const hosts = [...meter.hosts].filter(([host]) => host !== '').toSorted(([, a], [, b]) => pagesOf(b) - pagesOf(a))
  if (hosts.length === 0) return []
  const rows = hosts.slice(0, most).map(([host, tally]) => hostRow(host, tally, rates, meter))
  const more = hosts.length - rows.length
  return [...tableLines(rows).map((line) => `  ${line}`), ...(more > 0 ? [`  and ${more} more hosts`] : [])]
}

function hostRow(host: string, tally: Readonly<Tally> = noTally, rates: Rates, meter: Meter): object {
  const pace = rates.pagesOf.get(host) ?? 0
  const pending = meter.pending.get(host)
  return {
    host,
    fetched: tally.fetched,
    'not modified': tally.notModified,
    robots: tally.robots,
    refused: tally.refused,
    failed: tally.failed,
    'pages/s': Number(pace.toFixed(1)),
    bytes: formatBytes(tally.bytes),
    due: pending ?? null,
    left: pending !== undefined && pace > 0 ? duration((pending * 1000) / pace) : null,
  }
}
