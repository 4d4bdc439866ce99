/** malmoi corpus versions */
import { listVersions } from '../store/versions.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[DATASET]',
  details: `
  malmoi corpus versions
  malmoi corpus versions news --json`,
  options: {},
  async run(call) {
    const { connection } = await call.open()
    const versions = await listVersions(connection.db, call.positionals[0] ?? null)
    const rows = versions.map(({ dataset, number, parent, digest, documents, bytes, frozenAt }) => ({
      version: `${dataset}@${number}`,
      digest: call.json ? digest : digest.slice(0, 12),
      parent: parent === null ? null : `${dataset}@${parent}`,
      documents,
      bytes,
      frozenAt,
    }))
    if (call.json) for (const row of rows) call.emit(row)
    else printTable(call, rows)
  },
}
