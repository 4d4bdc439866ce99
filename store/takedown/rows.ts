/**
 * Removes documents from the tables, in one transaction: their words go, their identity, dates, digests and decisions
 * stay, so that every version, shard and checkpoint can still account for them.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../schema.ts'
import { TAKEN_DOWN } from '../tombstones.ts'
import type { Takedown } from './record.ts'

/** Takes texts out of the search index, by their ids. */
export type RemoveFromIndex = (trx: Transaction<Database>, texts: readonly number[]) => Promise<void>

/** Nights until a refused address is looked at again: never, by itself. */
const NEVER_NIGHTS = 20_000

export async function removeRows(
  db: Kysely<Database>,
  { id, places }: Takedown,
  documents: readonly number[],
  removeFromIndex: RemoveFromIndex,
): Promise<void> {
  const ofDocuments = sql`(select id from revision where document_id = any(${documents}::bigint[]))`
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: number }>`
      select id from text where revision_id in ${ofDocuments} order by id`.execute(trx)
    await removeFromIndex(
      trx,
      rows.map((row) => row.id),
    )
    await sql`update verdict set text_id = null where revision_id in ${ofDocuments} and text_id is not null`.execute(
      trx,
    )
    await sql`delete from text where revision_id in ${ofDocuments}`.execute(trx)
    await sql`delete from contamination where revision_id in ${ofDocuments}`.execute(trx)
    await sql`update revision set title = null, author = null, section = null, canonical = null, images = null
      where document_id = any(${documents}::bigint[])`.execute(trx)
    await sql`
      update frontier set state = 'refused', reason = ${TAKEN_DOWN}, due = current_date + ${NEVER_NIGHTS}::int
      from document where document.id = any(${documents}::bigint[]) and frontier.source_id = document.source_id
        and frontier.hash = left(encode(sha256(convert_to(document.key, 'UTF8')), 'hex'), 32)::uuid`.execute(trx)
    await sql`
      insert into takedown_checkpoint (takedown_id, checkpoint)
      select ${id}::int, digest from checkpoint where digest = any(${places.checkpoints}::text[])
      on conflict do nothing`.execute(trx)
  })
}
