/** The texts that may match a search in a version, where they are few enough to be named one by one. */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'
import type { VersionRow } from '../versions.ts'
import { candidateTexts } from './candidates.ts'
import type { Query } from './query.ts'
import { within } from './within.ts'

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
  return within(db, version, query, async ({ trx, newest }) => {
    const ids: number[] = []
    for await (const group of candidateTexts(trx, query, newest)) {
      if (ids.length + group.length > most) return null
      ids.push(...group)
    }
    return ids
  })
}
