/** The rows of takedowns: begun before anything is removed, done when nothing is left to remove. */
import { type Kysely, sql } from 'kysely'
import { type Digest, FailedError, type Json } from '../../pipeline/contract.ts'
import type { Database } from '../schema.ts'
import type { Places, Request } from './request.ts'

export interface Takedown {
  readonly id: number
  readonly request: Request
  readonly places: Places
  readonly begunAt: Date
}

/**
 * Records a takedown as running, and bars its documents from coming back: whatever happens from here on, it is gone on
 * with. Where copies are meant, their texts may not come back under another address either.
 */
export async function beginTakedown(
  db: Kysely<Database>,
  request: Request,
  documents: readonly number[],
  places: Places,
): Promise<Takedown> {
  return db.transaction().execute(async (trx) => {
    const { id, begun_at } = await trx
      .insertInto('takedown')
      .values({ state: 'running', request: JSON.stringify(request), places: JSON.stringify(places) })
      .returning(['id', 'begun_at'])
      .executeTakeFirstOrThrow()
    // What was taken down as a single copy before may now be so with its copies.
    await sql`insert into tombstone (document_id, takedown_id) select unnest(${documents}::bigint[]), ${id}::int
      on conflict (document_id) do update set takedown_id = excluded.takedown_id where ${request.scope !== 'copy'}`.execute(
      trx,
    )
    if (request.scope !== 'copy')
      await sql`insert into tombstone_text (digest, takedown_id)
        select decode(unnest(${places.texts}::text[]), 'hex'), ${id}::int on conflict do nothing`.execute(trx)
    return { id, request, places, begunAt: begun_at }
  })
}

/** The takedowns that were cut off, oldest first. */
export async function unfinishedTakedowns(db: Kysely<Database>): Promise<readonly Takedown[]> {
  const rows = await db.selectFrom('takedown').selectAll().where('state', '=', 'running').orderBy('id').execute()
  return rows.map(({ id, request, places, begun_at }) => ({
    id,
    // Written by beginTakedown.
    request: request as unknown as Request,
    places: places as unknown as Places,
    begunAt: begun_at,
  }))
}

/** The documents of a takedown, by id. */
export async function documentsOf(db: Kysely<Database>, takedown: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('tombstone')
    .select('document_id')
    .where('takedown_id', '=', takedown)
    .orderBy('document_id')
    .execute()
  return rows.map(({ document_id }) => document_id)
}

/** Of some documents those that were taken down before. */
export async function alreadyDown(db: Kysely<Database>, documents: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    select document_id as id from tombstone where document_id = any(${documents}::bigint[])`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

/** What was replaced by what, on behalf of a takedown. */
export async function redactionsOf(
  db: Kysely<Database>,
  takedown: number,
): Promise<readonly { readonly digest: Digest; readonly replacement: Digest }[]> {
  return db
    .selectFrom('redaction')
    .select(['digest', 'replacement'])
    .where('takedown_id', '=', takedown)
    .orderBy('digest')
    .execute()
}

interface Redaction {
  readonly digest: Digest
  readonly replacement: Digest
}

/**
 * Says what will stand in the place of an object. Where an artifact names a part that goes with it (`words`), the artifact
 * has the new part from now on.
 */
export async function recordRedaction(
  db: Kysely<Database>,
  takedown: number,
  { digest, replacement, words }: Redaction & { readonly words?: Redaction },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('redaction')
      .values({ digest, replacement, takedown_id: takedown })
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .execute()
    if (words)
      await sql`update artifact set parts = array_replace(parts, ${words.digest}, ${words.replacement})
        where kind = 'signatures' and parts @> array[${words.digest}]`.execute(trx)
  })
}

/** The config of the run that made an artifact. */
export async function configOf(db: Kysely<Database>, artifact: Digest): Promise<Json> {
  const row = await db
    .selectFrom('run')
    .select('config')
    .where('output', '=', artifact)
    .where('state', '=', 'done')
    .limit(1)
    .executeTakeFirst()
  if (row) return row.config
  throw new FailedError(`no run is on record that made ${artifact}`)
}

/** Marks a takedown as done. */
export async function completeTakedown(
  db: Kysely<Database>,
  id: number,
  attestation: Json,
  doneAt: Date,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('takedown')
    .set({ state: 'done', attestation: JSON.stringify(attestation), done_at: doneAt })
    .where('id', '=', id)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new FailedError(`takedown ${id} is not on record`)
}
