/**
 * Tells the planner of tables that have grown: what reads rows next plans by what is known of them, and autovacuum comes
 * a minute late. Outside of the transactions that write: ANALYZE holds its lock to the end of one, and two writers would
 * wait for each other.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Analyses those of the tables that are a fifth larger than when they were analysed last. */
export async function analyzeGrown(db: Kysely<Database>, tables: readonly (keyof Database)[]): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where oid = any(${tables}::regclass[]) and pg_relation_size(oid) > 1.2 * greatest(relpages, 0) * 8192 + 65536
    order by relname`.execute(db)
  for (const { name } of rows) await sql`analyze ${sql.table(name)}`.execute(db)
}
