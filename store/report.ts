/** What a report of a version asks of the tables. Every query counts documents as they were when the version was frozen. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Measures } from '../pipeline/contract.ts'
import { readCursor } from './cursor.ts'
import { latestRevisions } from './latest.ts'
import { type Outcome, type OutcomeRules, outcomeOf } from './outcome.ts'
import type { Database } from './schema.ts'
import type { VersionRow } from './versions.ts'

/** A document on its way into a version. */
export interface ReportedDocument {
  readonly source: string
  readonly url: string
  readonly revision: string
  readonly title: string | null
  readonly published: string | null
  readonly lang: string | null
  readonly licence: string
  readonly outcome: Outcome
  readonly rule: string | null
  readonly measures: Measures
  /** Placeholders for personal data, by kind. */
  readonly personal: readonly string[] | null
  readonly omitted: number
  /** The extract artifact that its text is in. */
  readonly extract: string
}

/** Every document of the version's batches with what became of it, in the order of its row, streamed. */
export function reportedDocuments(
  trx: Transaction<Database>,
  version: VersionRow,
  rules: OutcomeRules,
): AsyncIterable<ReportedDocument> {
  return readCursor(
    trx,
    sql<ReportedDocument>`
      select source.name as source, document.key as url, encode(revision.digest, 'hex') as revision, title, published,
        revision.lang, coalesce(revision.licence, source.licence) as licence,
        ${outcomeOf(version, rules)} as outcome, verdict.rule,
        coalesce(measures(cleaning.measures, verdict.values), '{}') as measures,
        coalesce(cardinality(member.omitted), 0) as omitted, extraction.digest as extract,
        (select array_agg(part ->> 'kind' order by part ->> 'kind') from jsonb_array_elements(text.personal) part)
          as personal
      from (${latestRevisions(version)}) latest
      join extraction on extraction.id = latest.extraction_id
      join revision on revision.id = latest.revision_id
      join document on document.id = latest.document_id
      join source on source.id = document.source_id
      join verdict on verdict.revision_id = latest.revision_id and verdict.cleaning_id = ${version.cleaningId}
      join cleaning on cleaning.id = verdict.cleaning_id
      left join member on member.dataset = ${version.dataset} and member.source_id = document.source_id
        and member.document_id = document.id and member.added <= ${version.number}
        and (member.removed is null or member.removed > ${version.number})
      left join text on text.id = member.text_id
      order by document.id`,
  )
}

/** Beginnings of clean texts by revision digest; of a rejected one there is none here. */
export async function excerpts(
  db: Kysely<Database>,
  version: VersionRow,
  revisions: readonly string[],
  length: number,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ revision: string; text: string }>`
    select wanted.digest as revision, left(member_text(body, omitted), ${length}) as text
    from unnest(${[...revisions]}::text[]) as wanted (digest)
    join revision on revision.digest = decode(wanted.digest, 'hex')
    join verdict on verdict.revision_id = revision.id and verdict.cleaning_id = ${version.cleaningId}
    join text on text.id = verdict.text_id
    left join member on member.dataset = ${version.dataset} and member.text_id = text.id
      and member.added <= ${version.number} and (member.removed is null or member.removed > ${version.number})`.execute(
    db,
  )
  return new Map(rows.map(({ revision, text }) => [revision, text]))
}

export interface Cluster {
  readonly owner: string
  readonly title: string | null
  readonly copies: number
  readonly leastSimilarity: number
  readonly members: readonly string[]
}

/** Kept documents with the copies that were dropped for them: how many of each size, and the largest. */
export async function clustersOf(
  db: Kysely<Database>,
  { dataset, number }: VersionRow,
  most: number,
): Promise<{
  readonly sizes: readonly { readonly copies: number; readonly clusters: number }[]
  readonly largest: readonly Cluster[]
}> {
  const clusters = sql`
    select owner_id, count(*)::int as copies, min(intersection::float8 / "union") as least,
      (array_agg(revision_id order by revision_id))[1:8] as copied_ids
    from duplicate
    where dataset = ${dataset} and added <= ${number} and (removed is null or removed > ${number}) group by owner_id`
  const { rows: sizes } = await sql<{ copies: number; clusters: number }>`
    select copies, count(*)::int as clusters from (${clusters}) cluster group by copies order by copies`.execute(db)
  const { rows: largest } = await sql<Cluster>`
    select document.key as owner, title, copies, least as "leastSimilarity",
      array(select member_document.key from unnest(copied_ids) as copy (id) join revision copied on copied.id = copy.id
        join document member_document on member_document.id = copied.document_id order by copied.id) as members
    from (${clusters}) cluster
    join revision on revision.id = owner_id join document on document.id = revision.document_id
    order by copies desc, owner_id limit ${most}`.execute(db)
  return { sizes, largest }
}

export interface OverlapCount {
  readonly set: string
  readonly documents: number
  readonly item: string
  readonly url: string
  readonly passage: string
}

/** By evaluation set: how many of the version's documents share a passage with it, and the longest such passage. */
export async function overlapsOf(
  db: Kysely<Database>,
  version: VersionRow,
  sets: readonly string[],
): Promise<readonly OverlapCount[]> {
  const { rows } = await sql<Omit<OverlapCount, 'passage'> & { start: number; length: number; text: string }>`
    with shared as (
      select contamination.*, latest.document_id,
        row_number() over (partition by name order by letters desc, latest.revision_id, ord) as place,
        dense_rank() over (partition by name order by latest.document_id) as nth
      from (${latestRevisions(version)}) latest
      join contamination on contamination.revision_id = latest.revision_id
        and contamination.cleaning_id = ${version.cleaningId} and evaluation_set = any(${[...sets]}::text[]))
    select shared.name as set, (select max(nth)::int from shared each where each.name = shared.name) as documents, item,
      document.key as url, start, length, text.body as text
    from shared
    join document on document.id = shared.document_id
    join verdict on verdict.revision_id = shared.revision_id and verdict.cleaning_id = shared.cleaning_id
    join text on text.id = verdict.text_id
    where place = 1 order by shared.name`.execute(db)
  return rows.map(({ start, length, text, ...row }) => ({ ...row, passage: text.slice(start, start + length) }))
}
