/** The documents of a selection, streamed, with the fields that are asked for. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { readCursor } from '../cursor.ts'
import type { Database } from '../schema.ts'
import { type Field, findField, joinsFor } from './fields.ts'
import type { Selection } from './selection.ts'

/** Values by field name, in the order of the fields. */
export type Row = Readonly<Record<string, unknown>>

/** The first page is what a person waits for. */
const FIRST_PAGE = 100
const PAGE = 500

/**
 * Streams a version's documents in the order of (source, document), or of (day, source, document) where days bound the
 * selection. Read a page at a time, each from where the last one ended, so no transaction is held open while the reader
 * is busy, and a reader that stops costs nothing more. Versions do not change, so neither does what is read.
 * @throws UsageError on a field that is not there
 */
export async function* readDocuments(
  db: Kysely<Database>,
  selection: Selection,
  names: readonly string[],
  limit = Number.POSITIVE_INFINITY,
): AsyncIterable<Row> {
  const fields = names.map((name) => findField(selection.fields, name))
  let after: Place | null = null
  for (let left = limit, size = FIRST_PAGE; left > 0; size = PAGE) {
    const asked = Math.min(left, size)
    const { rows }: { readonly rows: readonly Placed[] } = await sql<Placed>`
      with page as materialized (${pageOf(selection, after, asked)})
      select ${shown(fields)}, row_to_json(place) as "#place"
      from page as member
      ${joinsFor(fields, selection.version)}
      cross join lateral (select member.day, member.source_id as source, member.document_id as document) place
      order by ${orderOf(selection)}`.execute(db)
    for (const { '#place': _, ...row } of rows) yield row
    after = rows.at(-1)?.['#place'] ?? null
    if (rows.length < asked) return
    left -= rows.length
  }
}

/** Streams the documents that cleaning rejected, in the order of (source, document), under one cursor. */
export async function* readRejected(
  db: Kysely<Database>,
  selection: Selection,
  names: readonly string[],
  limit = Number.POSITIVE_INFINITY,
): AsyncIterable<Row> {
  const fields = names.map((name) => findField(selection.fields, name))
  const trx = await db.startTransaction().setAccessMode('read only').execute()
  try {
    yield* readCursor<Row>(
      trx,
      sql`select ${shown(fields)} from ${selection.from}
        ${joinsFor([...fields, ...selection.compared], selection.version)}
        where ${selection.where} order by member.source_id, member.document_id
        ${Number.isFinite(limit) ? sql`limit ${limit}` : sql``}`,
    )
  } finally {
    await trx.rollback().execute()
  }
}

interface Place {
  readonly day: string
  readonly source: number
  readonly document: number
}
interface Placed extends Row {
  readonly '#place': Place
}

function pageOf(selection: Selection, after: Place | null, rows: number): RawBuilder<unknown> {
  return sql`
    select member.source_id, member.document_id, member.revision_id, member.text_id, member.bytes, member.day,
      member.lang, member.licence, member.digest, member.omitted
    from ${selection.from}
    ${joinsFor(selection.compared, selection.version)}
    where ${selection.where} ${after === null ? sql`` : sql`and ${beyond(selection, after)}`}
    order by ${orderOf(selection)} limit ${rows}`
}

function orderOf({ byDay }: Selection): RawBuilder<unknown> {
  return sql`${byDay ? sql`member.day, ` : sql``}member.source_id, member.document_id`
}

function beyond({ byDay }: Selection, { day, source, document }: Place): RawBuilder<boolean> {
  return byDay
    ? sql`(member.day, member.source_id, member.document_id) > (${day}::date, ${source}::int, ${document}::bigint)`
    : sql`(member.source_id, member.document_id) > (${source}::int, ${document}::bigint)`
}

function shown(fields: readonly Field[]): RawBuilder<unknown> {
  return sql.join(fields.map((field) => sql`${field.shown ?? field.sql} as ${sql.id(field.name)}`))
}
