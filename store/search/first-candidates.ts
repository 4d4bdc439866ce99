/** The texts that may match a search in a version, where they are few enough to be named one by one. */
import type { Kysely } from 'kysely'
import { keysOnly } from '../keys-only.ts'
import type { Database } from '../schema.ts'
import type { VersionRow } from '../versions.ts'
import { candidateTexts } from './candidates.ts'
import type { Query } from './query.ts'
import { fieldValues } from './query.ts'
import { namesOfSources } from './search.ts'

/**
 * Ids of texts, those that match among them; null where they are more than `most`.
 * @throws UsageError where the query names a source that is not there
 */
export async function firstCandidates(
  db: Kysely<Database>,
  version: VersionRow,
  query: Query,
  most: number,
): Promise<readonly number[] | null> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      await keysOnly(trx)
      await namesOfSources(trx, fieldValues(query, 'source'))
      const { last_text: newest } = await trx
        .selectFrom('version')
        .select('last_text')
        .where('dataset', '=', version.dataset)
        .where('number', '=', version.number)
        .executeTakeFirstOrThrow()
      const ids: number[] = []
      for await (const group of candidateTexts(trx, query, newest)) {
        if (ids.length + group.length > most) return null
        ids.push(...group)
      }
      return ids
    })
}
