/** Texts put straight into the tables, as members of a version, for tests and benchmarks of what reads them. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../store/schema.ts'
import { resolveVersion, type VersionRow } from '../../store/versions.ts'

export interface PutText {
  readonly body: string
  readonly title?: string | null
  readonly source?: string
  readonly licence?: string
  readonly lang?: string | null
  /** YYYY-MM-DD */
  readonly day?: string
  readonly omitted?: readonly number[] | null
  /** Version that takes it in, and the one that leaves it out again. */
  readonly added?: number
  readonly removed?: number | null
}

/** Stores texts as documents of a dataset; gives their ids in the same order. Nothing but what a search reads is there. */
export async function putTexts(
  db: Kysely<Database>,
  dataset: string,
  texts: readonly PutText[],
): Promise<readonly number[]> {
  const column = <Value>(pick: (text: PutText) => Value) => texts.map(pick)
  return db.transaction().execute(async (trx) => {
    // Batches and captures are not there: their keys are not asked for.
    await sql`set local session_replication_role = replica`.execute(trx)
    await sql`
      insert into source (name, kind, licence)
      select distinct name, 'files', 'CC0-1.0' from unnest(${column(sourceOf)}::text[]) as name
      on conflict do nothing`.execute(trx)
    const { rows } = await sql<{ id: number }>`
      with line as materialized (
        select nextval(pg_get_serial_sequence('text', 'id')) as id, line.*
        from unnest(${column(({ body }) => body)}::text[], ${column(({ title }) => title ?? null)}::text[],
                    ${column(sourceOf)}::text[], ${column(({ licence }) => licence ?? 'CC0-1.0')}::text[],
                    ${column(({ lang }) => (lang === undefined ? 'ko' : lang))}::text[],
                    ${column(({ day }) => day ?? '2026-11-01')}::date[],
                    ${column(({ omitted }) => (omitted ? `{${omitted.join()}}` : null))}::text[],
                    ${column(({ added }) => added ?? 1)}::int[], ${column(({ removed }) => removed ?? null)}::int[])
          with ordinality as line (body, title, source, licence, lang, day, omitted, added, removed, ord)
        order by ord),
      document as (
        insert into document (id, source_id, key, first_batch_id) overriding system value
        select line.id, source.id, 'https://example.org/' || line.id, 1
        from line join source on source.name = line.source),
      revision as (
        insert into revision (id, document_id, capture_id, digest, title) overriding system value
        select id, id, id, sha256(int8send(id)), title from line),
      stored as (
        insert into text (id, revision_id, digest, body) overriding system value
        select id, id, sha256(convert_to(body, 'UTF8')), body from line),
      member as (
        insert into member (dataset, source_id, document_id, revision_id, text_id, added, removed, bytes, day, lang,
          licence, added_cause, omitted)
        select ${dataset}, source.id, line.id, line.id, line.id, added, removed, octet_length(body), day, lang,
          line.licence, 'crawled', omitted::int[]
        from line join source on source.name = line.source)
      select id from line order by ord`.execute(trx)
    return rows.map(({ id }) => id)
  })
}

const sourceOf = ({ source }: PutText) => source ?? 'town'

/** Freezes what is a member of this version, without anything of how it came about. */
export async function putVersion(db: Kysely<Database>, dataset: string, number: number): Promise<VersionRow> {
  await db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx)
    await sql`
      insert into version (dataset, number, digest, recipe, batches, dedupe, cleaning_id, documents, bytes)
      select ${dataset}, ${number}::int, md5(${dataset} || ${number}::text), '{}', '[]', '', 1, count(*),
        coalesce(sum(bytes), 0)
      from member where dataset = ${dataset} and added <= ${number} and (removed is null or removed > ${number})
      `.execute(trx)
  })
  return resolveVersion(db, `${dataset}@${number}`)
}
