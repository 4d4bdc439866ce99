/** What a database takes on disk, by table and index, over what it keeps: the bytes of the texts. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../store/schema.ts'

export interface TableSize {
  readonly name: string
  readonly rows: number
  /** Bytes of the rows with what is kept aside of them, and of the indexes. */
  readonly heap: number
  readonly indexes: number
}

export interface Sizes {
  /** Of the whole database, its system tables included. */
  readonly database: number
  /** UTF-8 of all clean texts that are kept; and of those of the latest version alone. */
  readonly texts: number
  readonly version: number
  readonly tables: readonly TableSize[]
  readonly indexes: readonly { readonly name: string; readonly bytes: number }[]
}

export async function measureSizes(db: Kysely<Database>): Promise<Sizes> {
  await sql`vacuum analyze`.execute(db)
  const tables = await sql<TableSize>`
    select relname as name, pg_table_size(pg_class.oid) as heap, pg_indexes_size(pg_class.oid) as indexes
    from pg_class where relkind = 'r' and relnamespace = 'malmoi'::regnamespace
    order by pg_total_relation_size(pg_class.oid) desc, relname`.execute(db)
  const counted: TableSize[] = []
  for (const table of tables.rows) counted.push({ ...table, rows: await rowsOf(db, table.name) })
  const indexes = await sql<{ name: string; bytes: number }>`
    select relname as name, pg_relation_size(pg_class.oid) as bytes
    from pg_class where relkind = 'i' and relnamespace = 'malmoi'::regnamespace order by 2 desc, 1`.execute(db)
  const { rows } = await sql<{ database: number; texts: number; version: number }>`
    select pg_database_size(current_database()) as database,
      (select sum(octet_length(body)) from text)::float8 as texts,
      (select bytes from version order by number desc limit 1)::float8 as version`.execute(db)
  const [total] = rows
  if (!total) throw new Error('the database has no size')
  return { ...total, tables: counted, indexes: indexes.rows }
}

async function rowsOf(db: Kysely<Database>, table: string): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db)
  return rows[0]?.rows ?? 0
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** Lines for a person: the ratio, then what is larger than a thousandth of the whole. */
export function describeSizes({ database, texts, version, tables, indexes }: Sizes): readonly string[] {
  const least = database / 1000
  return [
    `database ${megabytes(database)}, texts ${megabytes(texts)}: ×${(database / texts).toFixed(2)} (latest version ${megabytes(version)})`,
    ...tables
      .filter(({ heap, indexes }) => heap + indexes > least)
      .map(({ name, rows, heap, indexes }) => `  ${name}: ${rows} rows, ${megabytes(heap)} + ${megabytes(indexes)}`),
    ...indexes.filter(({ bytes }) => bytes > least).map(({ name, bytes }) => `    index ${name}: ${megabytes(bytes)}`),
  ]
}

/** Rows that came to each table. */
export function grown(before: Sizes, after: Sizes): Readonly<Record<string, number>> {
  const was = new Map(before.tables.map(({ name, rows }) => [name, rows]))
  const changes = after.tables.map(({ name, rows }) => [name, rows - (was.get(name) ?? 0)] as const)
  return Object.fromEntries(changes.filter(([, rows]) => rows !== 0))
}
