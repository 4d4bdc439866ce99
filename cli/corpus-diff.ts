/** malmoi corpus diff: what changed between two versions, and why. */
import { UsageError } from '../pipeline/contract.ts'
import { diffVersions } from '../store/corpus.ts'
import { resolveVersion } from '../store/versions.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'DATASET@M DATASET@N [--stat]',
  details: `
One line a document that was added, removed or changed, with the cause: crawled, revised, duplicate, elected, rejected,
contaminated, cleaning, paragraphs, gone, recipe. --stat counts them by change and cause.

  malmoi corpus diff news@6 news@7`,
  options: { stat: { type: 'boolean', about: 'counts by change and cause' } },
  async run(call) {
    const [older, newer, ...more] = call.positionals
    if (!older || !newer || more.length > 0)
      throw new UsageError('malmoi corpus diff takes two versions: `malmoi corpus diff news@6 news@7`')
    const { db } = (await call.open()).connection
    const from = await resolveVersion(db, older)
    const to = await resolveVersion(db, newer)
    if (from.dataset !== to.dataset)
      throw new UsageError(`${older} and ${newer} are of two datasets: compare versions of one`)
    const changes = await diffVersions(db, from, to)
    const rows = call.flag('stat') ? counted(changes) : changes
    if (call.json) for (const row of rows) call.emit(row)
    else
      printTable(
        call,
        call.flag('stat') ? rows : changes.map(({ change, cause, source, url }) => ({ change, cause, source, url })),
      )
  },
}

function counted(changes: readonly { readonly change: string; readonly cause: string }[]) {
  const groups = Map.groupBy(changes, ({ change, cause }) => `${change} ${cause}`)
  return [...groups.values()].flatMap((group) =>
    group[0] ? [{ change: group[0].change, cause: group[0].cause, documents: group.length }] : [],
  )
}
