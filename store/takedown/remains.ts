/** Looks into the tables again, for words of documents that were taken down. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'

/** Tables that still have some, in words; none where all is gone. */
export async function remainingRows(db: Kysely<Database>, documents: readonly number[]): Promise<readonly string[]> {
  const { rows } = await sql<{ place: string; found: number }>`
    with gone as (select revision.* from revision where document_id = any(${documents}::bigint[]))
    select 'table text' as place, count(*) as found from text where revision_id in (select id from gone)
    union all
    select 'table contamination', count(*) from contamination where revision_id in (select id from gone)
    union all
    select 'table revision', count(*) from gone
      where coalesce(title, author, section, canonical, images::text) is not null
    union all
    select 'documents without a tombstone', count(*) from unnest(${documents}::bigint[]) as given (id)
      where not exists (select from tombstone where document_id = given.id)`.execute(db)
  return rows.flatMap(({ place, found }) => (found === 0 ? [] : [`${place}: ${found} rows`]))
}
