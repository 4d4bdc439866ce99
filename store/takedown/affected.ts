/** What versions, training sets and checkpoints have to do with takedowns. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Digest } from '../../pipeline/contract.ts'
import type { Database } from '../schema.ts'

/** How many documents were taken down from under each version that has lost some, by `DATASET@N`. */
export async function takenDownByVersion(db: Kysely<Database>): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ version: string; documents: number }>`
    select version.dataset || '@' || version.number as version, count(*) as documents
    from tombstone join member on member.document_id = tombstone.document_id
    join version on version.dataset = member.dataset and version.number >= member.added
      and (member.removed is null or version.number < member.removed)
    group by version.dataset, version.number`.execute(db)
  return new Map(rows.map(({ version, documents }) => [version, documents]))
}

export interface CheckpointMark {
  readonly checkpoint: Digest
  readonly takedown: number
  /** When it was begun: the checkpoint was trained before, on what is gone now. */
  readonly at: Date
}

/** The marks of checkpoints that learned from what was taken down later; of all where none is named. */
export async function checkpointMarks(
  db: Kysely<Database>,
  checkpoint: Digest | null,
): Promise<readonly CheckpointMark[]> {
  const marks = db
    .selectFrom('takedown_checkpoint')
    .innerJoin('takedown', 'takedown.id', 'takedown_id')
    .select(['checkpoint', 'takedown.id as takedown', 'begun_at as at'])
    .orderBy('checkpoint')
    .orderBy('takedown.id')
  return (checkpoint === null ? marks : marks.where('checkpoint', '=', checkpoint)).execute()
}

/** Marks a checkpoint whose training began before a takedown from its training set, and went on after it. */
export async function markCheckpoint(trx: Transaction<Database>, checkpoint: Digest, runKey: Digest): Promise<void> {
  await sql`
    insert into takedown_checkpoint (takedown_id, checkpoint)
    select distinct takedown.id, checkpoint.digest
    from checkpoint join training_set on training_set.digest = checkpoint.training_set
    join version on version.digest = training_set.version
    join member on member.dataset = version.dataset and member.added <= version.number
      and (member.removed is null or member.removed > version.number)
    join tombstone on tombstone.document_id = member.document_id
    join takedown on takedown.id = tombstone.takedown_id
    where checkpoint.digest = ${checkpoint}
      and exists (select from run where run.key = ${runKey} and run.started_at < takedown.begun_at)
    on conflict do nothing`.execute(trx)
}

export interface DocumentTakedown {
  readonly takedown: number
  readonly state: 'running' | 'done'
  readonly scope: string
  readonly reason: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** The takedown of the document with one of these keys; null where there is none. */
export async function takedownOf(db: Kysely<Database>, keys: readonly string[]): Promise<DocumentTakedown | null> {
  const { rows } = await sql<DocumentTakedown>`
    select takedown.id as takedown, state, request ->> 'scope' as scope, request ->> 'reason' as reason,
      to_char(begun_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
    from document join tombstone on tombstone.document_id = document.id
    join takedown on takedown.id = tombstone.takedown_id
    where document.key = any(${keys}::text[]) order by takedown.id desc limit 1`.execute(db)
  return rows[0] ?? null
}
