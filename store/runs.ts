/**
 * Runs and artifacts: the truth about what was executed. A run is named by its key; a key is done at most once,
 * guarded by an advisory lock that PostgreSQL lets go of when its process dies.
 */
import { hostname } from 'node:os'
import { type Kysely, sql, type Transaction } from 'kysely'
import type pg from 'pg'
import type { Artifact, Digest } from '../pipeline/contract.ts'
import type { Connection } from './connect.ts'
import type { Database, RunState } from './schema.ts'

export interface RunStart {
  readonly key: Digest
  readonly stage: string
  readonly subject: string
  /** Plain data, stored as JSON. */
  readonly config: object
  readonly code: Digest
  readonly inputs: readonly Digest[]
}

/** Holds a lock on `name` while `work` runs; a second holder, in any process, waits for the first. */
export async function locked<Result>(
  connection: Connection,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const client: pg.PoolClient = await connection.client()
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name])
    try {
      return await work()
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name])
    }
  } finally {
    client.release()
  }
}

/** The artifact that a done run of this key made; null where there is none. */
export async function doneArtifact(db: Kysely<Database>, key: Digest): Promise<Artifact | null> {
  const row = await db
    .selectFrom('run')
    .innerJoin('artifact', 'artifact.digest', 'run.output')
    .select(['artifact.digest', 'kind', 'bytes', 'meta', 'parts'])
    .where('key', '=', key)
    .where('state', '=', 'done')
    .executeTakeFirst()
  return row ?? null
}

export async function findArtifact(db: Kysely<Database>, digest: Digest): Promise<Artifact | null> {
  const columns = ['digest', 'kind', 'bytes', 'meta', 'parts'] as const
  return (await db.selectFrom('artifact').select(columns).where('digest', '=', digest).executeTakeFirst()) ?? null
}

/** What the same code last made of a subject under the same config, but for what `memo.differs` names; null if nothing. */
export async function earlierOutput(
  db: Kysely<Database>,
  {
    stage,
    subject,
    code,
    config,
  }: {
    readonly stage: { readonly name: string; readonly memo?: { readonly differs: readonly string[] } }
    readonly subject: string
    readonly code: Digest
    readonly config: object
  },
): Promise<Artifact | null> {
  const differs = sql`${[...(stage.memo?.differs ?? [])]}::text[]`
  return (
    (await db
      .selectFrom('run')
      .innerJoin('artifact', 'artifact.digest', 'run.output')
      .select(['artifact.digest', 'kind', 'bytes', 'artifact.meta', 'parts'])
      .where('stage', '=', stage.name)
      .where('subject', '=', subject)
      .where('state', '=', 'done')
      .where('code', '=', code)
      .where(sql<boolean>`config #- ${differs} = ${JSON.stringify(config)}::jsonb #- ${differs}`)
      .orderBy('finished_at', 'desc')
      .limit(1)
      .executeTakeFirst()) ?? null
  )
}

/** Begins a run; earlier attempts of the key that never ended were interrupted: their process holds no lock. */
export async function beginRun(db: Kysely<Database>, start: RunStart): Promise<string> {
  await db
    .updateTable('run')
    .set({ state: 'interrupted', finished_at: new Date() })
    .where('key', '=', start.key)
    .where('state', '=', 'running')
    .execute()
  const row = await db
    .insertInto('run')
    .values({
      ...start,
      config: JSON.stringify(start.config),
      inputs: [...start.inputs],
      state: 'running',
      output: null,
      host: hostname(),
      pid: process.pid,
      error: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Records an artifact whose objects are stored; one that is known stays. */
export async function addArtifact(db: Kysely<Database>, artifact: Artifact): Promise<void> {
  await db
    .insertInto('artifact')
    .values({ ...artifact, meta: JSON.stringify(artifact.meta), parts: [...artifact.parts] })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .execute()
}

/** Output and completion mark, in the transaction that also writes the stage's own rows. */
export async function completeRun(trx: Transaction<Database>, id: string, artifact: Artifact): Promise<void> {
  await addArtifact(trx, artifact)
  await trx
    .updateTable('run')
    .set({ state: 'done', output: artifact.digest, finished_at: new Date() })
    .where('id', '=', id)
    .execute()
}

export async function failRun(
  db: Kysely<Database>,
  id: string,
  state: Extract<RunState, 'failed' | 'interrupted'>,
  error: string,
): Promise<void> {
  await db.updateTable('run').set({ state, error, finished_at: new Date() }).where('id', '=', id).execute()
}

/** A done run whose artifact was lost is set aside, so that its key can be executed again and compared. */
export async function setAside(db: Kysely<Database>, key: Digest): Promise<void> {
  await db
    .updateTable('run')
    .set({ state: 'interrupted', error: 'its artifact was lost' })
    .where('key', '=', key)
    .where('state', '=', 'done')
    .execute()
}

/** The last runs. One that says it is running, but whose lock nobody holds, died with its process. */
export async function recentRuns(db: Kysely<Database>, limit: number) {
  const held = sql`exists (select from pg_locks where locktype = 'advisory' and objsubid = 1
    and (classid::bigint << 32 | objid::bigint) = hashtextextended('run ' || key, 0))`
  return db
    .selectFrom('run')
    .select(['stage', 'subject', 'output', 'host', 'pid', 'started_at', 'finished_at', 'error'])
    .select(sql<RunState>`case when state = 'running' and not ${held} then 'interrupted' else state end`.as('state'))
    .orderBy('started_at', 'desc')
    .limit(limit)
    .execute()
}

/** One logged training step; a step that is repeated after a resume replaces itself. */
export async function addMetric(
  db: Kysely<Database>,
  key: Digest,
  metric: { step: number; loss: number; learningRate: number; gradientNorm: number; tokensPerSecond: number },
): Promise<void> {
  await sql`
    insert into metric (run_key, step, loss, learning_rate, gradient_norm, tokens_per_second)
    values (${key}, ${metric.step}, ${metric.loss}, ${metric.learningRate}, ${metric.gradientNorm}, ${metric.tokensPerSecond})
    on conflict (run_key, step) do update set loss = excluded.loss, learning_rate = excluded.learning_rate,
      gradient_norm = excluded.gradient_norm, tokens_per_second = excluded.tokens_per_second`.execute(db)
}
