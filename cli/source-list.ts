/** malmoi source list: the sources of the config, and what is had of each. */
import { workspaceStatus } from '../store/status.ts'
import { addressesOfSource } from './config-source.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '',
  details: `
  malmoi source list
  malmoi source list --json`,
  options: {},
  async run(call) {
    const config = await call.config()
    const { connection } = await call.open()
    const { sources } = await workspaceStatus(connection.db)
    const rows = config.sources.map((source) => {
      const had = sources.find(({ source: name }) => name === source.name)
      const { name, kind, licence, terms } = source
      return {
        ...{ name, kind, licence, terms, addresses: addressesOfSource(source) },
        ...{ documents: had?.documents ?? 0, lastNight: had?.lastNight ?? null },
      }
    })
    if (call.json) for (const row of rows) call.emit(row)
    else
      printTable(
        call,
        rows.map(({ addresses, ...row }) => ({ ...row, addresses: addresses.join(' ') })),
      )
  },
}
