/**
 * Removes documents from the tables, in one transaction: their words go, their identity, dates, digests and decisions
 * stay, so that every version, shard and checkpoint can still account for them.
 */
import { type Kysely, sql } from 'kysely'
import { readCursor } from '../cursor.ts'
import { grouped } from '../grouped.ts'
import type { Database } from '../schema.ts'
import { removeFromIndex, type StoredText } from '../search/index-texts.ts'
import { TAKEN_DOWN } from '../tombstones.ts'
import type { Takedown } from './record.ts'

const TEXTS_AT_ONCE = 500
/** Nights until a refused address is looked at again: never, by itself. */
const NEVER_NIGHTS = 20_000

export async function removeRows(
  db: Kysely<Database>,
  { id, places }: Takedown,
  documents: readonly number[],
): Promise<void> {
  const ofDocuments = sql`(select id from revision where document_id = any(${documents}::bigint[]))`
  await db.transaction().execute(async (trx) => {
    for await (const texts of grouped(readCursor(trx, textsOf(documents)), TEXTS_AT_ONCE))
      await removeFromIndex(trx, texts)
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

function textsOf(documents: readonly number[]) {
  return sql<StoredText>`
    select text.id, text.body from text join revision on revision.id = text.revision_id
    where revision.document_id = any(${documents}::bigint[]) order by text.id`
}
