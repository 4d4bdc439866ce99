/** For statements that name all they want by keys. */
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/**
 * Rows are read by key, in the order in which a statement names its tables, until the transaction ends. After a night that
 * doubled a table, or for a source or batch that has much of it, PostgreSQL would read all of that at every statement.
 */
export async function keysOnly(trx: Kysely<Database>): Promise<void> {
  await sql`select set_config(name, value, true)
    from (values ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),
      ('join_collapse_limit', '1'), ('jit', 'off')) as setting (name, value)`.execute(trx)
}
