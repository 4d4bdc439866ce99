/**
 * Opens the database of a workspace: DATABASE_URL, or the embedded PostgreSQL, started by its first client and
 * stopped by its last. Applies the migrations under Kysely's lock. Gives a Kysely instance and nothing more.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { migrations } from '../migrations/index.ts'
import { FailedError } from '../pipeline/contract.ts'
import { readCursor } from './cursor.ts'
import { embeddedAddress, makeDataFolder, type Starting, startEmbedded, stopEmbedded } from './embedded.ts'
import { type Embedded, locateEmbedded } from './embedded-place.ts'
import { codeOf } from './error-code.ts'
import { grouped } from './grouped.ts'
import type { Database } from './schema.ts'
import { indexTexts, type StoredText } from './search/index-texts.ts'

/** Every client of an embedded server holds this advisory lock shared; who gets it alone is the last. */
const PRESENCE_LOCK = 7_311_001
/** The migration that made the search index. */
const SEARCHABLE = '0004_corpus'
const START_DEADLINE_MS = 30_000
/** After a kill -9 old backends hold on to the shared memory for a while; and of two that start at once one is refused. */
const PASSING_REFUSAL = /pre-existing shared memory block|lock file/

export interface Connection {
  readonly db: Kysely<Database>
  readonly kind: 'embedded' | 'DATABASE_URL'
  /** Of the embedded server, for as long as this connection is open: what psql and other clients of libpq take. */
  readonly conninfo: string | null
  /** A client of its own, for session-level locks. The caller releases it. */
  client(): Promise<pg.PoolClient>
  close(): Promise<void>
}

/** @throws FailedError where the server cannot be reached, with the server's name and the remedy. */
export async function connect(workspace: string, databaseUrl: string | undefined): Promise<Connection> {
  return databaseUrl ? connectUrl(databaseUrl) : connectEmbedded(workspace)
}

async function connectUrl(databaseUrl: string): Promise<Connection> {
  const shown = databaseUrl.replace(/\/\/[^@/]*@/, '//')
  let config: pg.PoolConfig
  try {
    new URL(databaseUrl)
    config = { connectionString: databaseUrl, connectionTimeoutMillis: 10_000 }
  } catch (cause) {
    throw new FailedError(`DATABASE_URL is not a URL: ${shown}`, 'write postgres://user:password@host:5432/database', {
      cause,
    })
  }
  const pool = openPool(config)
  try {
    ;(await pool.connect()).release()
  } catch (cause) {
    await pool.end()
    throw new FailedError(
      `DATABASE_URL ${shown} cannot be reached: ${reasonOf(cause)}`,
      'start that server or correct DATABASE_URL; unset it to use the embedded PostgreSQL',
      { cause },
    )
  }
  const db = await migrated(pool)
  return { db, kind: 'DATABASE_URL', conninfo: null, client: () => pool.connect(), close: () => db.destroy() }
}

async function connectEmbedded(workspace: string): Promise<Connection> {
  const server = locateEmbedded(workspace)
  await makeDataFolder(server)
  const address = { ...embeddedAddress(server), user: 'malmoi', database: 'malmoi' }
  const presence = await joinServer(server, address)
  const pool = openPool(address)
  const close = async () => {
    await pool.end()
    await leaveServer(server, presence)
  }
  try {
    const db = await migrated(pool)
    return { db, kind: 'embedded', conninfo: conninfoOf(address), client: () => pool.connect(), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A path under /proc/self is this process's own; others reach it by its number. */
function conninfoOf({
  host,
  port,
  user,
  database,
}: Readonly<Record<'host' | 'user' | 'database', string>> & { readonly port: number }): string {
  const path = host.replace(/^\/proc\/self\//, `/proc/${process.pid}/`).replaceAll(/['\\]/g, '\\$&')
  return `host='${path}' port=${port} user=${user} dbname=${database}`
}

/** A client that holds the presence lock; starts the server, and waits while it starts, stops or recovers. */
async function joinServer(server: Embedded, address: pg.ClientConfig): Promise<pg.Client> {
  let deadline = Date.now() + START_DEADLINE_MS
  let starting: Starting | null = null
  for (;;) {
    try {
      return await present(address)
    } catch (error) {
      // 57P03: it says that it is starting or recovering, which takes as long as it takes.
      if (codeOf(error) === '57P03') deadline = Date.now() + START_DEADLINE_MS
      if (Date.now() > deadline || !isConnectionLoss(error)) throw silent(server, reasonOf(error), error)
    }
    if (starting && !starting.running()) {
      const refusal = starting.refusal()
      if (refusal !== null && !PASSING_REFUSAL.test(refusal)) throw silent(server, refusal)
      starting = null
      await sleep(200)
    }
    starting ??= await startEmbedded(server)
    await sleep(5)
  }
}

function silent(server: Embedded, why: string, cause?: unknown): FailedError {
  return new FailedError(`the embedded PostgreSQL does not answer: ${why}`, `look into ${server.logFile}`, { cause })
}

async function present(address: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(address)
  // A server that stops while we wait for the lock ends the connection: the query below rejects, and we try again.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select pg_advisory_lock_shared($1)', [PRESENCE_LOCK])
    return client
  } catch (error) {
    await client.end()
    // 3D000: the data folder is fresh, nobody made the database yet.
    if (codeOf(error) !== '3D000') throw error
    await createDatabase(address)
    return present(address)
  }
}

async function leaveServer(server: Embedded, presence: pg.Client): Promise<void> {
  try {
    await presence.query('select pg_advisory_unlock_shared($1)', [PRESENCE_LOCK])
    const { rows } = await presence.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
      PRESENCE_LOCK,
    ])
    // Whoever arrives now waits for the lock we hold, loses its connection as we stop, and starts the server again.
    if (rows[0]?.alone) await stopEmbedded(server)
  } catch (error) {
    // A server that died under us has nobody to take leave of.
    if (!isConnectionLoss(error)) throw error
  } finally {
    await presence.end()
  }
}

async function createDatabase(address: pg.ClientConfig): Promise<void> {
  const client = new pg.Client({ ...address, database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('create database malmoi')
  } catch (error) {
    // 42P04, 23505: another process was first.
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error
  } finally {
    await client.end()
  }
}

function openPool(config: pg.PoolConfig): pg.Pool {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  types.setTypeParser(pg.types.builtins.DATE, (text) => text)
  const pool = new pg.Pool({ ...config, max: 20, types, options: '-c search_path=malmoi,public' })
  // A connection that breaks, idle or lent out, is heard of by the next query on it.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

async function migrated(pool: pg.Pool): Promise<Kysely<Database>> {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  if ((await appliedMigrations(pool)).join() === Object.keys(migrations).toSorted().join()) return db
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: 'malmoi',
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  })
  const { error, results } = await migrator.migrateToLatest()
  if (isConnectionLoss(error)) throw error
  if (error) {
    throw new FailedError(
      `the database could not be brought up to date: ${reasonOf(error)}`,
      'if this database was written by a newer malmoi, use that one',
      { cause: error },
    )
  }
  if (results?.some(({ migrationName, status }) => migrationName === SEARCHABLE && status === 'Success')) {
    await db.transaction().execute((trx) => indexTexts(trx, storedTexts(trx)))
  }
  return db
}

/** Texts that were stored before there was an index. */
async function* storedTexts(trx: Transaction<Database>): AsyncIterable<readonly StoredText[]> {
  const texts = readCursor(trx, sql<StoredText>`select id, body from text order by id`)
  for await (const group of grouped(texts, 500)) yield group
}

/** Asked in one query, where Kysely's migrator takes a dozen: the usual answer is that all are applied. */
async function appliedMigrations(pool: pg.Pool): Promise<readonly string[]> {
  try {
    const { rows } = await pool.query<{ name: string }>('select name from malmoi.migration order by name collate "C"')
    return rows.map(({ name }) => name)
  } catch (error) {
    // 42P01 undefined_table, 3F000 invalid_schema_name: a fresh database.
    if (codeOf(error) === '42P01' || codeOf(error) === '3F000') return []
    throw error
  }
}

/** Whether the server was not there: starting, stopping, or dead while it was in use. */
export function isConnectionLoss(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  // 57P03 cannot_connect_now, 57P01 admin_shutdown, 57P02 crash_shutdown
  if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P03', '57P01', '57P02'].includes(code)) return true
  if (code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect'
  // What pg says of itself has no code.
  return /^Connection (terminated|ended)|connection error and is not queryable/.test(error.message)
}

/** A connection tried over several addresses fails with an AggregateError that has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
