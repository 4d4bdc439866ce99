/** Exports on record: what was written where, so that a takedown reaches it. A path has one. */
import { type Kysely, sql } from 'kysely'
import type { Json } from '../pipeline/contract.ts'
import type { Database } from './schema.ts'

export interface ExportRow {
  readonly dataset: string
  readonly number: number
  /** Absolute. */
  readonly path: string
  readonly options: Json
  /** Digest of its manifest.json; empty while the first export to this path is being written. */
  readonly manifest: string
}

/** Says that an export is being written, before it reads its documents; what is on record of the path stays. */
export async function announceExport(db: Kysely<Database>, { options, ...row }: ExportRow): Promise<void> {
  await db
    .insertInto('export')
    .values({ ...row, options: JSON.stringify(options) })
    .onConflict((conflict) => conflict.column('path').doNothing())
    .execute()
}

/** Records a written export in place of what was on record of its path. */
export async function recordExport(db: Kysely<Database>, { options, ...row }: ExportRow): Promise<void> {
  const values = { ...row, options: JSON.stringify(options) }
  await db
    .insertInto('export')
    .values(values)
    .onConflict((conflict) => conflict.column('path').doUpdateSet({ ...values, exported_at: sql`now()` }))
    .execute()
}

/** Forgets an export that is not there: one that was announced and not written, or that somebody removed. */
export async function forgetExport(db: Kysely<Database>, path: string): Promise<void> {
  await db.deleteFrom('export').where('path', '=', path).execute()
}

export async function findExport(db: Kysely<Database>, path: string): Promise<ExportRow | null> {
  const columns = ['dataset', 'number', 'path', 'options', 'manifest'] as const
  return (await db.selectFrom('export').select(columns).where('path', '=', path).executeTakeFirst()) ?? null
}

export async function listExports(db: Kysely<Database>): Promise<readonly ExportRow[]> {
  return db.selectFrom('export').select(['dataset', 'number', 'path', 'options', 'manifest']).orderBy('path').execute()
}
