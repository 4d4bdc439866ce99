/** One statement of a person's own SQL, in a transaction that can only read, its rows streamed under a cursor. */
import pg from 'pg'
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import type { Connection } from '../connect.ts'
import type { Row } from './documents.ts'

export interface Statement {
  readonly text: string
  /** After which it is given up; null: never. */
  readonly timeoutMs: number | null
  /** Ends it at the server too. */
  readonly signal: AbortSignal
}

export interface ResultColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' | 'json'
}

const ROWS_AT_ONCE = 1_000
const CURSOR = 'declare reading no scroll cursor for '
/** What a cursor can be of; anything else is run as it stands. */
const QUERY = /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*(?:\(|select|with|values|table)\b/is

const { builtins } = pg.types
const TYPES = new Map<number, ResultColumn['type']>([
  [builtins.INT2, 'integer'],
  [builtins.INT4, 'integer'],
  [builtins.INT8, 'integer'],
  [builtins.FLOAT4, 'double'],
  [builtins.FLOAT8, 'double'],
  [builtins.NUMERIC, 'double'],
  [builtins.BOOL, 'boolean'],
  [builtins.DATE, 'date'],
  [builtins.TIMESTAMPTZ, 'timestamp'],
  [builtins.JSON, 'json'],
  [builtins.JSONB, 'json'],
])

/**
 * Runs it and hands its columns and rows to `read`. Views of the corpus are found without their schema.
 * @throws UsageError on what is wrong with the statement, with its place; FailedError where it takes too long
 */
export async function runStatement<Result>(
  connection: Connection,
  { text, timeoutMs, signal }: Statement,
  read: (columns: readonly ResultColumn[], rows: AsyncIterable<Row>) => Promise<Result>,
): Promise<Result> {
  const client = await connection.client()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const cancel = () =>
    void connection.client().then(async (other) => {
      await other.query('select pg_cancel_backend($1)', [rows[0]?.pid])
      other.release()
    })
  signal.addEventListener('abort', cancel, { once: true })
  const isQuery = QUERY.test(text)
  try {
    await client.query('begin read only')
    await client.query(
      `select set_config('search_path', 'corpus, malmoi, public', true),
      set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`,
      [String(timeoutMs ?? 0)],
    )
    // One statement alone passes the extended protocol.
    const begun = await ask(client, isQuery ? CURSOR + text : text)
    const first = isQuery ? await ask(client, `fetch ${ROWS_AT_ONCE} from reading`) : begun
    return await read(first.fields.map(columnOf), rowsOf(client, first, isQuery))
  } catch (error) {
    throw explained(error, text, isQuery ? CURSOR.length : 0, timeoutMs)
  } finally {
    signal.removeEventListener('abort', cancel)
    await client.query('rollback')
    client.release()
  }
}

async function* rowsOf(client: pg.PoolClient, first: pg.QueryResult<Row>, more: boolean): AsyncIterable<Row> {
  yield* first.rows
  for (let last = first; more && last.rows.length === ROWS_AT_ONCE; ) {
    last = await ask(client, `fetch ${ROWS_AT_ONCE} from reading`)
    yield* last.rows
  }
}

function ask(client: pg.PoolClient, text: string): Promise<pg.QueryResult<Row>> {
  const types = new pg.TypeOverrides()
  for (const number of [builtins.INT8, builtins.NUMERIC]) types.setTypeParser(number, Number)
  types.setTypeParser(builtins.DATE, (date) => date)
  types.setTypeParser(builtins.BYTEA, (bytes) => bytes.replace(/^\\x/, ''))
  // The types of pg leave out `queryMode`.
  const query: pg.QueryConfig & { readonly queryMode: 'extended' } = { text, types, queryMode: 'extended' }
  return client.query<Row>(query)
}

function columnOf({ name, dataTypeID }: pg.FieldDef): ResultColumn {
  return { name, type: TYPES.get(dataTypeID) ?? 'string' }
}

function explained(error: unknown, text: string, prefix: number, timeoutMs: number | null): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  const { code = '', message, hint, position } = error
  if (code === '57014' && timeoutMs !== null)
    return new FailedError(
      `the statement took longer than ${timeoutMs / 1000} s`,
      'give it more with --timeout SECONDS',
    )
  if (code === '25006') return new UsageError(`malmoi corpus sql only reads: ${message}`)
  // Classes: 0A not supported, 22 data, 42 syntax and names, 54 limits.
  if (!/^(0A|22|42|54)/.test(code)) return new FailedError(`the database refused the statement: ${message}`, hint)
  const place = position === undefined ? '' : placeIn(text, Number(position) - prefix - 1)
  return new UsageError(`${message}${hint ? `; ${hint}` : ''}${place}`)
}

/** The line that holds a place, and a mark under it. */
function placeIn(text: string, place: number): string {
  const letters = [...text]
  const before = letters.slice(0, place).join('').split('\n').at(-1) ?? ''
  const after = letters.slice(place).join('').split('\n')[0] ?? ''
  return `\n  ${before}${after}\n  ${before.replaceAll(/[^\t]/g, ' ')}^`
}
