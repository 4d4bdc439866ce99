/**
 * Revisions, verdicts and clean texts: the rows behind every question about a document.
 * Written by the stages inside the transaction that completes their run.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Digest, Measures, RevisionLine, Verdict } from '../pipeline/contract.ts'
import { grouped } from './grouped.ts'
import { keysOnly } from './keys-only.ts'
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
  await keysOnly(trx)
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
      on conflict (digest) do nothing`.execute(trx)
    await sql`
      insert into extracted (extraction_id, revision_id)
      select ${id}::int, revision.id
      from unnest(${column((line) => line.revision)}::text[]) as line (digest)
      join revision on revision.digest = decode(line.digest, 'hex')
      on conflict do nothing`.execute(trx)
  }
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

/** A cleaning: its config, the code that applies it, and the names of what it measures. */
export interface Cleaning {
  readonly digest: Digest
  readonly code: Digest
  /** Plain data, stored as JSON. */
  readonly config: object
  readonly measures: readonly string[]
}

/** The id of a cleaning, which is added where it is new. */
export async function cleaningId(db: Kysely<Database>, { digest, code, config, measures }: Cleaning): Promise<number> {
  await db
    .insertInto('cleaning')
    .values({ digest, code, config: JSON.stringify(config), measures: [...measures] })
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

/** A text that was not there before. */
export interface AddedText {
  readonly id: number
  readonly body: string
}

/**
 * Adds the verdicts of a batch under one cleaning, and the clean texts of those kept; gives the texts that are new. Batches
 * that share revisions write them in the order of their lines, by key: in any other two of them could wait for each other.
 */
export async function* addVerdicts(
  trx: Transaction<Database>,
  cleaning: Pick<Cleaning, 'measures'> & { readonly id: number },
  lines: AsyncIterable<VerdictLine>,
): AsyncIterable<readonly AddedText[]> {
  await keysOnly(trx)
  for await (const chunk of chunks(lines)) {
    yield await addTexts(trx, chunk)
    const records = chunk.map(({ revision, verdict, text }, ord) => ({
      ord,
      revision,
      kept: verdict.kept,
      rule: verdict.kept ? null : verdict.rule,
      measured: verdict.kept ? null : verdict.value,
      threshold: verdict.kept ? null : verdict.threshold,
      values: valuesOf(verdict.measures, cleaning.measures),
      digest: text,
    }))
    await sql`
      insert into verdict (revision_id, cleaning_id, kept, rule, measured, threshold, "values", text_id)
      select revision.id, ${cleaning.id}::integer, kept, rule, measured, threshold, line."values", text.id
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as line
        (ord integer, revision text, kept boolean, rule text, measured double precision, threshold double precision,
         "values" double precision[], digest text)
      join revision on revision.digest = decode(line.revision, 'hex')
      left join text on text.revision_id = revision.id and text.digest = decode(line.digest, 'hex')
      order by line.ord
      on conflict do nothing`.execute(trx)
  }
}

/** The clean texts of a chunk, each once a revision. */
async function addTexts(trx: Transaction<Database>, chunk: readonly VerdictLine[]): Promise<readonly AddedText[]> {
  const records = chunk.flatMap(({ revision, verdict, text }, ord) => {
    if (!verdict.kept) return []
    const personal = verdict.personal.length > 0 ? verdict.personal : null
    return [{ ord, revision, digest: text, body: verdict.text, personal }]
  })
  const bodies = new Map(records.map(({ digest, body }) => [digest, body]))
  const { rows } = await sql<{ id: number; digest: Digest }>`
    insert into text (revision_id, digest, body, personal)
    select revision.id, decode(line.digest, 'hex'), body, personal
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as line
      (ord integer, revision text, digest text, body text, personal jsonb)
    join revision on revision.digest = decode(line.revision, 'hex')
    order by line.ord
    on conflict do nothing
    returning id, encode(digest, 'hex') as digest`.execute(trx)
  return rows.map(({ id, digest }) => ({ id, body: bodies.get(digest) ?? '' }))
}

/** Values in the order of the names; 0 is null, which takes a bit. Null where nothing was measured. */
function valuesOf(measures: Measures, names: readonly string[]): readonly (number | null)[] | null {
  return Object.keys(measures).length === 0 ? null : names.map((name) => measures[name] || null)
}

/** The clean texts of revisions, each by its digest; null where none is stored. */
export async function storedTexts(
  db: Kysely<Database>,
  wanted: readonly { readonly revision: Digest; readonly text: Digest }[],
): Promise<readonly (string | null)[]> {
  const { rows } = await sql<{ body: string | null }>`
    select body
    from unnest(${wanted.map(({ revision }) => revision)}::text[], ${wanted.map(({ text }) => text)}::text[])
      with ordinality as line (revision, text, ord)
    left join lateral (
      select body from revision
      join text on text.revision_id = revision.id and text.digest = decode(line.text, 'hex')
      where revision.digest = decode(line.revision, 'hex')) stored on true
    order by ord`.execute(db)
  return rows.map(({ body }) => body)
}

/** Lines in groups that one statement takes. */
export const chunks = <Line>(lines: AsyncIterable<Line>) => grouped(lines, ROWS_A_STATEMENT)
