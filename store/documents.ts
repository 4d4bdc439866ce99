/**
 * Revisions, verdicts and clean texts: the rows behind every question about a document.
 * Written by the stages inside the transaction that completes their run.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Digest, RevisionLine, Verdict } from '../pipeline/contract.ts'
import { grouped } from './grouped.ts'
import type { Database } from './schema.ts'

const ROWS_A_STATEMENT = 500

/**
 * Adds the revisions of a batch, and that its extraction (by the digest of the artifact) gave them; one that is known
 * (same document, same digest) keeps its first capture.
 */
export async function addRevisions(
  trx: Transaction<Database>,
  batchId: number,
  extraction: Digest,
  lines: AsyncIterable<RevisionLine>,
): Promise<void> {
  const { id } = await trx
    .insertInto('extraction')
    .values({ batch_id: batchId, digest: extraction })
    .onConflict((conflict) => conflict.columns(['digest', 'batch_id']).doUpdateSet({ batch_id: batchId }))
    .returning('id')
    .executeTakeFirstOrThrow()
  for await (const chunk of chunks(lines)) {
    // PostgreSQL's text holds no U+0000, and what a page calls its title may.
    const column = (pick: (line: RevisionLine) => string | null) =>
      chunk.map((line) => pick(line)?.replaceAll('\0', '') ?? null)
    await sql`
      insert into revision (document_id, capture_id, digest, title, author, published, modified, section, lang,
        canonical, licence, images)
      select document.id, capture.id, decode(line.digest, 'hex'), line.title, line.author, line.published,
        line.modified, line.section, line.lang, line.canonical, line.licence, line.images::jsonb
      from unnest(${column((line) => line.key)}::text[], ${column((line) => line.revision)}::text[],
                  ${column((line) => line.title)}::text[], ${column((line) => line.author)}::text[],
                  ${column((line) => line.published)}::text[], ${column((line) => line.modified)}::text[],
                  ${column((line) => line.section)}::text[], ${column((line) => line.lang)}::text[],
                  ${column((line) => line.canonical)}::text[], ${column((line) => line.licence)}::text[],
                  ${column(imagesOf)}::text[])
        with ordinality as line (key, digest, title, author, published, modified, section, lang, canonical, licence,
          images, ord)
      join batch on batch.id = ${batchId}
      join document on document.source_id = batch.source_id and document.key = line.key
      join capture on capture.batch_id = batch.id and capture.document_id = document.id
      order by line.ord
      on conflict (document_id, digest) do nothing`.execute(trx)
    await sql`
      insert into extracted (extraction_id, revision_id)
      select ${id}::int, revision.id
      from unnest(${column((line) => line.key)}::text[], ${column((line) => line.revision)}::text[]) as line (key, digest)
      join batch on batch.id = ${batchId}
      join document on document.source_id = batch.source_id and document.key = line.key
      join revision on revision.document_id = document.id and revision.digest = decode(line.digest, 'hex')
      on conflict do nothing`.execute(trx)
  }
  await sql`analyze revision, extracted`.execute(trx)
}

/** The revision that an extraction of a batch gave of a document; null where it is on record no more. */
export async function extractedRevision(
  db: Kysely<Database>,
  batchId: number,
  extraction: Digest,
  key: string,
): Promise<Digest | null> {
  const { rows } = await sql<{ revision: Digest }>`
    select encode(revision.digest, 'hex') as revision
    from extraction
    join extracted on extracted.extraction_id = extraction.id
    join revision on revision.id = extracted.revision_id
    join document on document.id = revision.document_id
    where extraction.batch_id = ${batchId} and extraction.digest = ${extraction} and document.key = ${key}`.execute(db)
  return rows[0]?.revision ?? null
}

/** JSON that PostgreSQL takes: without U+0000 and halves of surrogate pairs. Null where the page shows none. */
function imagesOf({ images }: RevisionLine): string | null {
  const storable = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value
  return images.length === 0 ? null : JSON.stringify(images, storable)
}

/** The id of a cleaning: its config and the code that ran it. */
export async function cleaningId(db: Kysely<Database>, digest: Digest, code: string, config: object): Promise<number> {
  await db
    .insertInto('cleaning')
    .values({ digest, code, config: JSON.stringify(config) })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .execute()
  const row = await db.selectFrom('cleaning').select('id').where('digest', '=', digest).executeTakeFirstOrThrow()
  return row.id
}

export interface VerdictLine {
  readonly revision: Digest
  readonly verdict: Verdict
  /** Digest of the clean text; null where it was rejected. */
  readonly text: Digest | null
}

/** Adds the verdicts of a batch under one cleaning, and the clean texts of those kept. */
export async function addVerdicts(
  trx: Transaction<Database>,
  source: string,
  cleaning: number,
  lines: AsyncIterable<VerdictLine>,
): Promise<void> {
  for await (const chunk of chunks(lines)) {
    const records = chunk.map(({ revision, verdict, text }) => ({
      revision,
      kept: verdict.kept,
      rule: verdict.kept ? null : verdict.rule,
      measured: verdict.kept ? null : verdict.value,
      threshold: verdict.kept ? null : verdict.threshold,
      measures: verdict.measures,
      digest: text,
      body: verdict.kept ? verdict.text : null,
      personal: verdict.kept && verdict.personal.length > 0 ? verdict.personal : null,
    }))
    await sql`
      with line as (
        select * from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as line
          (revision text, kept boolean, rule text, measured double precision, threshold double precision,
           measures jsonb, digest text, body text, personal jsonb)),
      known as (
        select distinct on (revision.id) revision.id as revision_id, line.*
        from line
        join revision on revision.digest = decode(line.revision, 'hex')
        join document on document.id = revision.document_id
        join source on source.id = document.source_id and source.name = ${source}),
      judged as (
        insert into verdict (revision_id, cleaning_id, kept, rule, measured, threshold, measures)
        select revision_id, ${cleaning}::integer, kept, rule, measured, threshold, measures from known
        on conflict do nothing)
      insert into text (revision_id, cleaning_id, digest, body, personal)
      select revision_id, ${cleaning}::integer, decode(digest, 'hex'), body, personal from known where kept
      on conflict do nothing`.execute(trx)
  }
  await sql`analyze verdict, text`.execute(trx)
}

/** Lines in groups that one statement takes. */
export const chunks = <Line>(lines: AsyncIterable<Line>) => grouped(lines, ROWS_A_STATEMENT)
