/** malmoi status: what is there, and what was done last. */
import { recentRuns } from '../store/runs.ts'
import { workspaceStatus } from '../store/status.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '',
  details: `
  malmoi status
  malmoi status --json`,
  options: {},
  async run(call) {
    const { connection } = await call.open()
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
