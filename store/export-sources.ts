/** What is on record of sources, for who wants to know where texts come from. */
import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

export interface SourceOnRecord {
  readonly name: string
  readonly kind: string
  readonly licence: string
  readonly terms: string | null
  readonly contact: string | null
}

/** In the order of their names. */
export async function sourcesOnRecord(
  db: Kysely<Database>,
  names: readonly string[],
): Promise<readonly SourceOnRecord[]> {
  return db
    .selectFrom('source')
    .select(['name', 'kind', 'licence', 'terms', 'contact'])
    .where('name', 'in', [...names])
    .orderBy('name')
    .execute()
}
