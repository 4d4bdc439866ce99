/** malmoi crawl: tonight's batches, nothing more. */
import { crawlReport } from '../store/crawl-report.ts'
import { printCrawlReport } from './crawl-report.ts'
import { crawlDue, failuresError, nightOf, pickSources } from './plan-run.ts'
import { printTable } from './table.ts'
import { NIGHT, type Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[SOURCE…] [--night DATE]',
  details: `
Fetches what is due of the named sources (all by default), politely and incrementally, and freezes a batch for each.
A source that has its batch for the night is left alone; one that was cut off goes on where it was. Ends with a report by
host and by reason; \`malmoi status SOURCE@NIGHT\` shows it again, \`malmoi why URL\` tells of one address.

  malmoi crawl
  malmoi crawl hani --night 2026-11-02`,
  options: { night: NIGHT },
  async run(call) {
    const config = await call.config()
    const sources = pickSources(config, call.positionals)
    const night = nightOf(call, config)
    const workspace = await call.open()
    const crawled = await crawlDue(workspace, config, sources, night)
    const reports = await Promise.all(
      crawled.batches.map(({ source }) => crawlReport(workspace.connection.db, source, night)),
    )
    if (call.json) {
      const batches = crawled.batches.map((batch, index) => {
        const { hosts = [], reasons = [] } = reports[index] ?? {}
        return { ...batch, hosts, reasons }
      })
      call.emit({ batches })
    } else {
      printTable(call, crawled.batches)
      for (const report of reports) if (report) printCrawlReport(call, report)
    }
    const failure = failuresError(crawled)
    if (failure) throw failure
  },
}
