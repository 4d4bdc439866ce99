/** The report of a crawl as a person reads it: its busiest hosts, and why what was not fetched was not. */

import { formatBytes } from '../report/format.ts'
import type { CrawlReport } from '../store/crawl-report.ts'
import { printTable } from './table.ts'
import type { Call } from './verb.ts'
import { duration } from './words.ts'

const SHOWN = 12

export function printCrawlReport(call: Pick<Call, 'print'>, { source, night, hosts, reasons }: CrawlReport): void {
  const asked = hosts.filter(({ host }) => host !== '')
  if (asked.length > 0) {
    call.print(`\n${source} ${night}, by host`)
    printTable(
      call,
      asked.slice(0, SHOWN).map(({ host, seconds, bytes: count, ...tally }) => ({
        host,
        ...tally,
        'pages/s': Number(((tally.fetched + tally.notModified) / Math.max(1, seconds)).toFixed(1)),
        bytes: formatBytes(count),
        took: duration(seconds * 1000),
      })),
    )
    if (asked.length > SHOWN) call.print(`and ${asked.length - SHOWN} more hosts`)
  }
  if (reasons.length > 0) {
    call.print(`\n${source} ${night}, not fetched or not kept`)
    printTable(
      call,
      reasons.slice(0, SHOWN).map(({ urls, state, reason, host }) => ({ urls, state, reason, host: host || null })),
    )
    if (reasons.length > SHOWN) call.print(`and ${reasons.length - SHOWN} more reasons; of one address: malmoi why URL`)
  }
}
