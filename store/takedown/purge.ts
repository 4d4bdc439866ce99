/**
 * After rows were deleted their bytes are still there: in dead tuples, in statistics, in the write-ahead log. This
 * rewrites the tables and has the log's old segments removed. What a server of its own keeps beyond that (archived log,
 * replicas, backups) is its owner's, and is named.
 */
import { type Kysely, sql } from 'kysely'
import type { Connection } from '../connect.ts'
import { codeOf } from '../error-code.ts'
import type { Database } from '../schema.ts'

/** Tables with words of documents; each is locked against readers and writers while it is rewritten. */
const TABLES = ['text', 'revision', 'contamination', 'search_segment', 'search_posting'] as const
/** Columns with words of documents. */
const COLUMNS = [
  ['text', 'body'],
  ['text', 'personal'],
  ['revision', 'title'],
  ['revision', 'author'],
  ['revision', 'section'],
  ['revision', 'canonical'],
  ['revision', 'images'],
] as const
/** max_wal_size is 2 GB of 16 MB each; a server of its own may have more, and then says so. */
const MOST_SEGMENTS = 1024

export interface Purged {
  readonly tables: readonly string[]
  /** Seconds that the tables were locked. */
  readonly seconds: number
  /** What the server did not let us do, and whoever runs it has to. */
  readonly left: readonly string[]
}

export async function purgeDatabase({ db, kind }: Connection, report: (line: string) => void): Promise<Purged> {
  const started = performance.now()
  const left: string[] = []
  for (const table of TABLES) {
    report(`${table}: rewritten; whoever reads it waits meanwhile`)
    await sql`vacuum (full, analyze) ${sql.table(table)}`.execute(db)
  }
  const seconds = Math.round(performance.now() - started) / 1000
  report('statistics')
  if (!(await allowed(() => clearStatistics(db))))
    left.push('statistics of columns (pg_statistic): as superuser, `vacuum full pg_statistic`')
  report('write-ahead log')
  if (!(await allowed(() => discardLog(db))))
    left.push(
      'the write-ahead log: as superuser, `alter system set wal_recycle = off`, `select pg_reload_conf()`, `select pg_switch_wal()`, `checkpoint`',
    )
  if (kind === 'DATABASE_URL') left.push(...(await beyondReach(db)))
  return { tables: TABLES, seconds, left }
}

/** Whether the server let us. */
async function allowed(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    // insufficient_privilege
    if (codeOf(error) === '42501') return false
    throw error
  }
}

/** Samples of values that ANALYZE took before these columns were left out of it. */
async function clearStatistics(db: Kysely<Database>): Promise<void> {
  for (const [table, column] of COLUMNS)
    await sql`delete from pg_catalog.pg_statistic where starelid = ${table}::regclass and staattnum =
      (select attnum from pg_attribute where attrelid = ${table}::regclass and attname = ${column})`.execute(db)
  await sql`vacuum (full) pg_catalog.pg_statistic`.execute(db)
}

/**
 * Fills no segment any more that held what was there before: a checkpoint, then new segments until none is left that an
 * earlier checkpoint had set aside for use again, then a checkpoint that removes those behind.
 */
async function discardLog(db: Kysely<Database>): Promise<void> {
  await sql`checkpoint`.execute(db)
  for (let switched = 0; switched < MOST_SEGMENTS; switched++) {
    // A segment without a record is not switched.
    await sql`select pg_logical_emit_message(true, 'malmoi', '')`.execute(db)
    await sql`select pg_switch_wal()`.execute(db)
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_ls_waldir()
      where name ~ '^[0-9A-F]{24}$' and name > pg_walfile_name(pg_current_wal_insert_lsn())`.execute(db)
    if (rows[0]?.waiting === 0) break
  }
  await sql`checkpoint`.execute(db)
  await sql`checkpoint`.execute(db)
}

/** What lies outside of what SQL reaches. */
async function beyondReach(db: Kysely<Database>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in ('archive_mode', 'wal_recycle')`.execute(db)
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]))
  return [
    ...(settings.get('wal_recycle') === 'on'
      ? ['write-ahead log segments that the server uses again (wal_recycle is on): remove them, or wait until it has']
      : []),
    ...(settings.get('archive_mode') === 'off' ? [] : ['archived write-ahead log']),
    'replicas, their logs, and backups of the server',
  ]
}
