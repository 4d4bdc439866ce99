/** malmoi status: what is there, and what was done last. */
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { crawlReport } from '../store/crawl-report.ts'
import { recentRuns } from '../store/runs.ts'
import { workspaceStatus } from '../store/status.ts'
import { printCrawlReport } from './crawl-report.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[SOURCE[@NIGHT]]',
  details: `
Of the workspace: sources, what was rejected, versions, checkpoints, the last runs. Of a source: what its last night did,
or the night that is named, by host and by reason.

  malmoi status
  malmoi status hani@2026-11-02
  malmoi status --json`,
  options: {},
  async run(call) {
    const [named, ...more] = call.positionals
    if (more.length > 0) throw new UsageError('malmoi status takes at most one source')
    const { connection } = await call.open()
    if (named !== undefined) {
      const [source = '', night = null] = named.split('@')
      const report = await crawlReport(connection.db, source, night)
      if (!report) throw new FailedError(`there is no batch ${named}`, 'see `malmoi status` for sources and nights')
      if (call.json) call.emit(report)
      else printCrawlReport(call, report)
      return
    }
    const status = await workspaceStatus(connection.db)
    const runs = await recentRuns(connection.db, 10)
    if (call.json) {
      call.emit({ database: connection.kind, ...status, runs })
      return
    }
    call.print(`database: ${connection.kind}`)
    for (const [name, rows] of Object.entries(status)) {
      call.print(`\n${name}`)
      printTable(call, rows)
    }
    call.print('\nlast runs')
    printTable(
      call,
      runs.map(({ stage, subject, state, started_at, error }) => ({ stage, subject, state, started_at, error })),
    )
  },
}
