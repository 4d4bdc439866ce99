/**
 * Nights that schedules have begun. A night of a schedule begins once, on whichever machine: its row is unique, and
 * whoever works on it holds a lock that goes with its process.
 */
import { hostname } from 'node:os'
import { type Kysely, sql } from 'kysely'
import type { Connection } from './connect.ts'
import type { Database } from './schema.ts'

export type Cause = Database['schedule_night']['cause']

export interface ScheduledNight {
  readonly night: string
  readonly cause: Cause
  readonly state: Database['schedule_night']['state']
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly host: string
  readonly error: string | null
}

/** When a schedule was last known to be due next; null where it is new or its expression is another one now. */
export async function rememberedNext(db: Kysely<Database>, name: string, cron: string): Promise<Date | null> {
  const row = await db.selectFrom('schedule').select(['cron', 'next_at']).where('name', '=', name).executeTakeFirst()
  return row?.cron === cron ? row.next_at : null
}

export async function rememberNext(db: Kysely<Database>, name: string, cron: string, next: Date): Promise<void> {
  await db
    .insertInto('schedule')
    .values({ name, cron, next_at: next })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ cron, next_at: next }))
    .execute()
}

/** The last night of a schedule; null where it has none. */
export async function lastNight(db: Kysely<Database>, name: string): Promise<ScheduledNight | null> {
  const row = await db
    .selectFrom('schedule_night')
    .selectAll()
    .where('name', '=', name)
    .orderBy('night', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return null
  const { night, cause, state, started_at, finished_at, host, error } = row
  return { night, cause, state, startedAt: started_at, finishedAt: finished_at, host, error }
}

/** Nights that say they are running; those of a process that died are gone on with. */
export async function unfinishedNights(db: Kysely<Database>, name: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('schedule_night')
    .select('night')
    .where('name', '=', name)
    .where('state', '=', 'running')
    .orderBy('night')
    .execute()
  return rows.map(({ night }) => night)
}

export interface NightToWork {
  readonly name: string
  readonly night: string
  readonly cause: Cause
  /** Even where it is over. */
  readonly again: boolean
  readonly signal: AbortSignal
}

/**
 * Works on a night of a schedule unless another process does, or it is over. Gives false where it was not worked on.
 */
export async function workNight(
  { db, client }: Connection,
  { name, night, cause, again, signal }: NightToWork,
  work: () => Promise<void>,
): Promise<boolean> {
  const session = await client()
  try {
    const { rows } = await session.query<{ mine: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
      [`schedule ${name}`],
    )
    if (!rows[0]?.mine) return false
    if (!(await begin(db, name, night, cause, again))) return false
    let error: string | null = null
    try {
      await work()
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause)
      throw cause
    } finally {
      // One that is interrupted stays unfinished: the next scheduler goes on with it.
      if (!signal.aborted) await finish(db, name, night, error)
    }
    return true
  } finally {
    // The lock ends with the session.
    session.release(true)
  }
}

async function begin(
  db: Kysely<Database>,
  name: string,
  night: string,
  cause: Cause,
  again: boolean,
): Promise<boolean> {
  const { rows } = await sql<{ name: string }>`
    insert into schedule_night (name, night, cause, state, host, pid)
    values (${name}, ${night}, ${cause}, 'running', ${hostname()}, ${process.pid})
    on conflict (name, night) do update set state = 'running', host = excluded.host, pid = excluded.pid, error = null,
      finished_at = null, started_at = now()
    where schedule_night.state <> 'done' or ${again}
    returning name`.execute(db)
  return rows.length > 0
}

async function finish(db: Kysely<Database>, name: string, night: string, error: string | null): Promise<void> {
  await db
    .updateTable('schedule_night')
    .set({ state: error === null ? 'done' : 'failed', error, finished_at: new Date() })
    .where('name', '=', name)
    .where('night', '=', night)
    .execute()
}
