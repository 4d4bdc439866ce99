/** malmoi corpus sql: the documented views, by a statement of SQL, or by any client of PostgreSQL while it serves. */
import { once } from 'node:events'
import { UsageError } from '../pipeline/contract.ts'
import { runStatement } from '../store/query/statement.ts'
import { formatOf, OUTPUT_OPTIONS, writeRows } from './row-formats.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: "'SELECT …' | --serve",
  details: `
Runs one statement that only reads, over the views corpus.versions, corpus.members, corpus.documents, corpus.verdicts
and corpus.lineage; \`\\d+ corpus.documents\` in psql describes every column. --serve keeps the embedded PostgreSQL
running and says how psql, DuckDB or a notebook connects to it, until it is interrupted.

  malmoi corpus sql "select source, count(*), sum(bytes) from documents where dataset = 'news' and version = 7 group by 1"
  malmoi corpus sql "select url, text from documents where dataset = 'news' and version = 7" --out news.parquet
  malmoi corpus sql --serve`,
  options: {
    serve: { type: 'boolean', about: 'keep the database open to other programs, until interrupted' },
    timeout: { type: 'string', value: 'SECONDS', about: 'give the statement up after that (default: never)' },
    ...OUTPUT_OPTIONS,
  },
  async run(call) {
    const [text, ...more] = call.positionals
    if (call.flag('serve')) {
      if (text !== undefined) throw new UsageError('--serve runs no statement: leave out one of the two')
      return serve(call)
    }
    if (text === undefined || more.length > 0)
      throw new UsageError('malmoi corpus sql takes one statement in quotes, or --serve')
    if (text.includes('\0')) throw new UsageError('a statement holds no character U+0000')
    formatOf(call)
    const seconds = call.count('timeout')
    const { connection } = await call.open()
    await runStatement(
      connection,
      { text, timeoutMs: seconds === undefined ? null : seconds * 1000, signal: call.signal },
      (columns, rows) => writeRows(call, columns, rows),
    )
  },
}

async function serve(call: Call): Promise<void> {
  const { connection } = await call.open()
  if (connection.conninfo === null)
    throw new UsageError('DATABASE_URL names the database, which its own server serves: psql "$DATABASE_URL"')
  const conninfo = `${connection.conninfo} options='-c search_path=corpus,malmoi -c default_transaction_read_only=on'`
  if (call.json) call.emit({ conninfo })
  else {
    call.print(`psql "${conninfo}"`)
    call.print(
      `duckdb -c "install postgres; attach '${conninfo.replaceAll("'", "''")}' as corpus (type postgres, read_only)"`,
    )
    call.print('serving until Ctrl-C')
  }
  if (!call.signal.aborted) await once(call.signal, 'abort')
}
