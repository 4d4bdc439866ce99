/**
 * Freezing a version. A membership is one row: an interval of version numbers with the cause of its beginning and of its
 * end, so a version costs what changed.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Digest } from '../pipeline/contract.ts'
import { chunks } from './documents.ts'
import type { Database } from './schema.ts'
import { findVersion, type VersionBatch, type VersionRow } from './versions.ts'

/** One document of a version, as the snapshot lists it. */
export interface Leaf extends RevisionName {
  /** Digest of the clean text without what is omitted. */
  readonly text: Digest
  /** Paragraphs that another document owns, by their place in the clean text. */
  readonly omitted: readonly number[]
}

interface RevisionName {
  readonly source: string
  readonly key: string
  readonly revision: Digest
}

export interface DroppedLeaf extends RevisionName {
  readonly owner: RevisionName
  readonly intersection: number
  readonly union: number
}

export interface Freeze {
  readonly dataset: string
  readonly digest: Digest
  /** Plain data, stored as JSON. */
  readonly recipe: object
  readonly batches: readonly VersionBatch[]
  readonly dedupe: Digest
  readonly cleaningId: number
  /** Evaluation sets, by digest, whose passages keep a document out. */
  readonly droppedSets: readonly Digest[]
  readonly leaves: AsyncIterable<Leaf>
  readonly dropped: AsyncIterable<DroppedLeaf>
}

/** Freezes `dataset@N+1`, or gives the latest version where its digest is the same. Idempotent. */
export async function freezeVersion(db: Kysely<Database>, freeze: Freeze): Promise<VersionRow> {
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`version ${freeze.dataset}`}, 0))`.execute(trx)
    const parent = await findVersion(trx, freeze.dataset, 'latest')
    if (parent?.digest === freeze.digest) return parent
    const number = (parent?.number ?? 0) + 1
    await loadLeaves(trx, freeze)
    await sql`analyze leaf, dropped, member`.execute(trx)
    await updateMembers(trx, freeze, number)
    await updateDuplicates(trx, freeze, number)
    const { documents, bytes } = await trx
      .selectFrom('member')
      .innerJoin('text', (join) =>
        join.onRef('text.revision_id', '=', 'member.revision_id').onRef('text.cleaning_id', '=', 'member.cleaning_id'),
      )
      .select([
        sql<number>`count(*)`.as('documents'),
        sql<number>`coalesce(sum(octet_length(member_text(body, omitted))), 0)`.as('bytes'),
      ])
      .where('dataset', '=', freeze.dataset)
      .where('removed', 'is', null)
      .executeTakeFirstOrThrow()
    await trx
      .insertInto('version')
      .values({
        dataset: freeze.dataset,
        number,
        parent: parent?.number ?? null,
        digest: freeze.digest,
        recipe: JSON.stringify(freeze.recipe),
        batches: JSON.stringify(freeze.batches),
        dedupe: freeze.dedupe,
        cleaning_id: freeze.cleaningId,
        documents,
        bytes: Number(bytes),
      })
      .execute()
    const frozen = await findVersion(trx, freeze.dataset, number)
    if (!frozen) throw new Error(`version ${freeze.dataset}@${number} was not written`)
    return frozen
  })
}

async function loadLeaves(trx: Transaction<Database>, freeze: Freeze): Promise<void> {
  await sql`create temporary table leaf (revision_id bigint primary key, document_id bigint, text bytea,
    omitted integer[]) on commit drop`.execute(trx)
  await sql`create temporary table dropped (revision_id bigint primary key, document_id bigint, owner_id bigint,
    intersection integer, "union" integer) on commit drop`.execute(trx)
  for await (const chunk of chunks(freeze.leaves)) {
    await sql`
      insert into leaf
      select revision.id, revision.document_id, decode(leaf_text.digest, 'hex'), leaf_text.omitted::integer[]
      from ${leafRows(chunk)}
      join unnest(${chunk.map((leaf) => leaf.text)}::text[], ${chunk.map(omittedOf)}::text[]) with ordinality
        as leaf_text (digest, omitted, ord) on leaf_text.ord = line.ord
      join source on source.name = line.source
      join document on document.source_id = source.id and document.key = line.key
      join revision on revision.document_id = document.id and revision.digest = decode(line.revision, 'hex')`.execute(
      trx,
    )
  }
  for await (const chunk of chunks(freeze.dropped)) {
    await sql`
      insert into dropped
      select revision.id, revision.document_id, owner.id, owned.intersection, owned."union"
      from ${leafRows(chunk)}
      join unnest(${chunk.map((line) => line.owner.source)}::text[], ${chunk.map((line) => line.owner.key)}::text[],
                  ${chunk.map((line) => line.owner.revision)}::text[], ${chunk.map((line) => line.intersection)}::int[],
                  ${chunk.map((line) => line.union)}::int[]) with ordinality
        as owned (source, key, revision, intersection, "union", ord) on owned.ord = line.ord
      join source on source.name = line.source
      join document on document.source_id = source.id and document.key = line.key
      join revision on revision.document_id = document.id and revision.digest = decode(line.revision, 'hex')
      join source owner_source on owner_source.name = owned.source
      join document owner_document on owner_document.source_id = owner_source.id and owner_document.key = owned.key
      join revision owner on owner.document_id = owner_document.id
        and owner.digest = decode(owned.revision, 'hex')`.execute(trx)
  }
}

/** An array literal: arrays of different lengths make no array of arrays. */
function omittedOf({ omitted }: Leaf): string | null {
  return omitted.length === 0 ? null : `{${omitted.join(',')}}`
}

const leafRows = (chunk: readonly RevisionName[]) => sql`
  unnest(${chunk.map((leaf) => leaf.source)}::text[], ${chunk.map((leaf) => leaf.key)}::text[],
         ${chunk.map((leaf) => leaf.revision)}::text[]) with ordinality as line (source, key, revision, ord)`

/** Ends the memberships that are no more and begins the new ones, each with its cause. */
async function updateMembers(trx: Transaction<Database>, freeze: Freeze, number: number): Promise<void> {
  const current = sql`member.dataset = ${freeze.dataset} and member.removed is null`
  await sql`
    update member set removed = ${number}::int, removed_cause = case
      when exists (select from leaf where leaf.document_id = revision.document_id and leaf.revision_id <> revision.id)
        then 'revised'
      when leaf.revision_id is not null and leaf.omitted is distinct from member.omitted then 'paragraphs'
      when leaf.revision_id is not null then 'cleaning'
      when dropped.document_id is not null then 'duplicate'
      when exists (select from verdict where verdict.revision_id = revision.id
        and verdict.cleaning_id = ${freeze.cleaningId} and not kept) then 'rejected'
      when exists (select from contamination where contamination.revision_id = revision.id
        and contamination.cleaning_id = ${freeze.cleaningId}
        and evaluation_set = any(${freeze.droppedSets}::text[])) then 'contaminated'
      when document.gone_batch_id is not null then 'gone'
      when not (source.name = any(${freeze.batches.map((batch) => batch.source)}::text[])) then 'recipe'
      else 'rejected' end
    from revision
    join document on document.id = revision.document_id
    join source on source.id = document.source_id
    left join leaf on leaf.revision_id = revision.id
    left join dropped on dropped.document_id = revision.document_id
    where ${current} and revision.id = member.revision_id
      and (leaf.revision_id is null or leaf.text <> member.digest)`.execute(trx)
  // Joins, not a look-up a row: a first version has as many rows as documents.
  await sql`
    insert into member (dataset, revision_id, cleaning_id, added, added_cause, digest, omitted)
    select ${freeze.dataset}, leaf.revision_id, ${freeze.cleaningId}::int, ${number}::int,
      coalesce(ended.cause, case when was.revision_id is not null then 'elected' else 'crawled' end),
      leaf.text, leaf.omitted
    from leaf
    left join member on ${current} and member.revision_id = leaf.revision_id
    left join (
      select distinct on (document_id) document_id,
        case when removed_cause in ('revised', 'cleaning', 'paragraphs') then removed_cause end as cause
      from member gone join revision on revision.id = gone.revision_id
      where gone.dataset = ${freeze.dataset} and gone.removed = ${number}::int
      order by document_id) ended using (document_id)
    left join (
      select distinct revision_id from duplicate where dataset = ${freeze.dataset} and removed is null) was
      on was.revision_id = leaf.revision_id
    where member.revision_id is null`.execute(trx)
}

async function updateDuplicates(trx: Transaction<Database>, freeze: Freeze, number: number): Promise<void> {
  await sql`
    update duplicate set removed = ${number}::int
    where dataset = ${freeze.dataset} and removed is null and not exists (
      select from dropped where dropped.revision_id = duplicate.revision_id and dropped.owner_id = duplicate.owner_id)
  `.execute(trx)
  await sql`
    insert into duplicate (dataset, revision_id, owner_id, intersection, "union", added)
    select ${freeze.dataset}, revision_id, owner_id, intersection, "union", ${number}::int from dropped
    where not exists (select from duplicate was where was.dataset = ${freeze.dataset} and was.removed is null
      and was.revision_id = dropped.revision_id and was.owner_id = dropped.owner_id)`.execute(trx)
}
