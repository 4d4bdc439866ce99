/**
 * How long a question to the database takes, by percentile of a hundred runs, and the plan of each of its statements: the
 * statements are those the function itself sends, recorded on the way.
 */
import { type CompiledQuery, type Kysely, type KyselyPlugin, sql } from 'kysely'
import type { Connection } from '../store/connect.ts'
import type { Database } from '../store/schema.ts'

const WARM_RUNS = 5
const RUNS = 100

export interface Question {
  readonly name: string
  /** Milliseconds that the slowest of a hundred may take; null where nothing is claimed. */
  readonly limit: number | null
  /** Asks it once; `run` counts from 0, for questions that vary. The number of rows, or what was counted. */
  ask(db: Kysely<Database>, run: number): Promise<number>
}

export interface Answer {
  readonly name: string
  readonly limit: number | null
  /** Milliseconds, the way to the server and back included. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly most: number
  /** What the last run found. */
  readonly found: number
  readonly plans: readonly string[]
}

export async function measure(connection: Connection, { name, limit, ask }: Question): Promise<Answer> {
  let found = 0
  for (let run = 0; run < WARM_RUNS; run++) await ask(connection.db, run)
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now()
    found = await ask(connection.db, run)
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.ceil(RUNS * share) - 1] ?? 0
  const plans = await plansOf(connection, (db) => ask(db, 0))
  return { name, limit, p50: at(0.5), p90: at(0.9), p99: at(0.99), most: at(1), found, plans }
}

/** EXPLAIN (ANALYZE, BUFFERS) of each statement that `ask` sends; what those do is undone. */
async function plansOf(connection: Connection, ask: (db: Kysely<Database>) => Promise<unknown>): Promise<string[]> {
  const sent: CompiledQuery[] = []
  await ask(connection.db.withPlugin(recorder(connection.db, sent)))
  const client = await connection.client()
  const plans: string[] = []
  try {
    for (const { sql: statement, parameters } of sent.filter(
      (query) => !/^\s*(?:fetch|close|set)\b/i.test(query.sql),
    )) {
      await client.query('begin')
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${statement}`, [
        ...parameters,
      ])
      await client.query('rollback')
      plans.push(`${statement.trim()}\n${rows.map((row) => row['QUERY PLAN']).join('\n')}`)
    }
  } finally {
    client.release()
  }
  return plans
}

function recorder(db: Kysely<Database>, sent: CompiledQuery[]): KyselyPlugin {
  return {
    transformQuery({ node, queryId }) {
      sent.push(db.getExecutor().compileQuery(node, queryId))
      return node
    },
    transformResult: async ({ result }) => result,
  }
}

/** A line for a person, marked where it is slower than it may be. */
export function describeAnswer({ name, limit, p50, p90, p99, most, found }: Answer): string {
  const times = [p50, p90, p99, most].map((time) => time.toFixed(1)).join(' · ')
  const mark = limit === null ? '' : p99 <= limit ? ` (< ${limit})` : ` (SLOWER than ${limit})`
  return `${name}: ${times} ms${mark}, ${found} found`
}

/** Reads everything once, so that the first question is not the one that waits for the disk. */
export async function warm(db: Kysely<Database>): Promise<void> {
  await sql`select count(*) from member`.execute(db)
  await sql`select sum(octet_length(body)) from text`.execute(db)
}
