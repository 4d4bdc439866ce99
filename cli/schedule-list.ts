/** malmoi schedule list: what is scheduled, when it is due next, and how its last night went. */
import { nextOccurrence } from '../pipeline/schedule.ts'
import { lastNight } from '../store/schedules.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '',
  details: `
  malmoi schedule list
  malmoi schedule list --json`,
  options: {},
  async run(call) {
    const config = await call.config()
    const { connection } = await call.open()
    const rows = await Promise.all(
      config.schedule.map(async ({ name, cron, sources, then, jitterMinutes }) => ({
        ...{ name, cron, timeZone: config.timeZone, sources, then, jitterMinutes },
        next: nextOccurrence(cron, config.timeZone),
        last: await lastNight(connection.db, name),
      })),
    )
    if (call.json) for (const row of rows) call.emit(row)
    else
      printTable(
        call,
        rows.map(({ last, sources, next, ...row }) => ({
          ...row,
          next: new Intl.DateTimeFormat('sv-SE', {
            timeZone: row.timeZone,
            dateStyle: 'short',
            timeStyle: 'short',
          }).format(next),
          sources: sources.join(' '),
          last: last === null ? null : `${last.night} ${last.state}${last.error === null ? '' : `: ${last.error}`}`,
        })),
      )
  },
}
