/** malmoi corpus versions */
import { listTags, type Tag } from '../store/tags.ts'
import { takenDownByVersion } from '../store/takedown/affected.ts'
import { listVersions, resolveVersion } from '../store/versions.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[DATASET]',
  details: `
takenDown: documents that were taken down from under the version; its number, digest and counts stay as it was frozen.

  malmoi corpus versions
  malmoi corpus versions news --json`,
  options: {},
  async run(call) {
    const { connection } = await call.open()
    const [dataset] = call.positionals
    const versions = await listVersions(connection.db, dataset ?? null)
    if (dataset !== undefined && versions.length === 0) await resolveVersion(connection.db, dataset)
    const tags = Map.groupBy(await listTags(connection.db, dataset ?? null), (tag) => `${tag.dataset}@${tag.number}`)
    const takenDown = await takenDownByVersion(connection.db)
    const rows = versions.map(({ dataset, number, parent, digest, documents, bytes, frozenAt }) => ({
      version: `${dataset}@${number}`,
      digest: call.json ? digest : digest.slice(0, 12),
      parent: parent === null ? null : `${dataset}@${parent}`,
      documents,
      bytes,
      frozenAt,
      takenDown: takenDown.get(`${dataset}@${number}`) ?? 0,
      tags: tagsOf(tags.get(`${dataset}@${number}`) ?? [], call.json),
    }))
    if (call.json) for (const row of rows) call.emit(row)
    else printTable(call, rows)
  },
}

/** In a table, a pinned one with a star. */
function tagsOf(tags: readonly Tag[], json: boolean): readonly string[] | string {
  return json ? tags.map(({ tag }) => tag) : tags.map(({ tag, pinned }) => (pinned ? `${tag}*` : tag)).join(' ')
}
