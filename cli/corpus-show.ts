/** malmoi corpus show */
import { UsageError } from '../pipeline/contract.ts'
import { countBy } from '../store/query/counts.ts'
import { selectionOf } from '../store/query/selection.ts'
import { takenDownByVersion } from '../store/takedown/affected.ts'
import { resolveVersion } from '../store/versions.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'DATASET[@N]',
  details: `
  malmoi corpus show news@7`,
  options: {},
  async run(call) {
    const [name] = call.positionals
    if (!name) throw new UsageError('malmoi corpus show takes a version: `malmoi corpus show news@latest`')
    const { connection } = await call.open()
    const version = await resolveVersion(connection.db, name)
    const counts = await countBy(connection.db, await selectionOf(connection.db, version, {}), 'source')
    const sources = counts.map(({ key, ...sums }) => ({ source: key, ...sums }))
    const takenDown = (await takenDownByVersion(connection.db)).get(`${version.dataset}@${version.number}`) ?? 0
    const { dataset, number, parent, digest, documents, bytes, frozenAt, recipe, batches } = version
    const shown = { version: `${dataset}@${number}`, digest, parent: parent === null ? null : `${dataset}@${parent}` }
    if (call.json) {
      call.emit({ ...shown, documents, bytes, frozenAt, takenDown, sources, recipe, batches })
      return
    }
    call.print(`${shown.version}  ${digest}`)
    call.print(
      `parent ${shown.parent ?? 'none'}, frozen ${frozenAt.toISOString()}, ${documents} documents, ${bytes} bytes`,
    )
    if (takenDown > 0) call.print(`of these ${takenDown} documents were taken down since: their texts are gone`)
    printTable(call, sources)
    call.print(`batches: ${batches.map(({ source, night }) => `${source} ${night}`).join(', ')}`)
    call.print(`recipe: ${JSON.stringify(recipe)}`)
  },
}
