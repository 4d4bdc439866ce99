/** Rows of a query, a few thousand at a time: what a batch of millions is read with. */
import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Database } from './schema.ts'

const ROWS_AT_ONCE = 5_000

/** One cursor at a time is open in the transaction; it is closed when the reader stops early too. */
export async function* readCursor<Row>(trx: Transaction<Database>, query: RawBuilder<Row>): AsyncIterable<Row> {
  await sql`declare reading no scroll cursor for ${query}`.execute(trx)
  try {
    for (;;) {
      const { rows } = await sql<Row>`fetch ${sql.lit(ROWS_AT_ONCE)} from reading`.execute(trx)
      if (rows.length === 0) return
      yield* rows
    }
  } finally {
    await sql`close reading`.execute(trx)
  }
}
