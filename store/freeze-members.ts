/** The memberships that a version ends and begins, with their causes: told from the temporary table `changed`. */
import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Freeze } from './freeze.ts'
import { isContaminated } from './outcome.ts'
import type { Database } from './schema.ts'
import { isTakenDown } from './tombstones.ts'
import type { VersionRow } from './versions.ts'

export interface Moved {
  readonly documents: number
  readonly bytes: number
}

/** Ends the memberships of documents that leave, or stay with another text. */
export async function endMembers(trx: Transaction<Database>, freeze: Freeze, number: number): Promise<Moved> {
  const { rows } = await sql<Moved>`
    with ended as (
      update member set removed = ${number}::int, removed_cause = gone.cause
      from (
        select member.source_id, member.document_id, member.added, case
          when becomes = 'kept' and changed.revision_id <> member.revision_id then 'revised'
          when becomes = 'kept' and changed.omitted is distinct from member.omitted then 'paragraphs'
          when becomes = 'kept' then 'cleaning'
          when ${takenDown} then 'takedown'
          when becomes is not null then becomes
          when not (source.name = any(${freeze.batches.map((batch) => batch.source)}::text[])) then 'recipe'
          else ${lostCause(freeze)} end as cause
        from changed
        join member on member.dataset = ${freeze.dataset} and member.removed is null
          and member.document_id = changed.document_id
        join document on document.id = member.document_id
        join source on source.id = document.source_id and source.id = member.source_id
        left join text on text.id = member.text_id
        where becomes is distinct from 'kept' or changed.revision_id <> member.revision_id
          or changed.text <> coalesce(member.digest, text.digest)) gone
      where member.dataset = ${freeze.dataset} and member.source_id = gone.source_id
        and member.document_id = gone.document_id and member.added = gone.added
      returning bytes)
    select count(*)::int as documents, coalesce(sum(bytes), 0)::float8 as bytes from ended`.execute(trx)
  return rows[0] ?? { documents: 0, bytes: 0 }
}

const takenDown = sql<boolean>`(${isTakenDown(sql`member.source_id`, sql`document.key`)}
  or exists (select from tombstone_text where tombstone_text.digest = text.digest))`

/** Why nothing became of a document's latest revision in the version's batches. */
function lostCause({ batches, cleaningId, causes: { droppedSets, licences } }: Freeze): RawBuilder<string> {
  return sql<string>`(
    select case
      when verdict.rule = 'withdrawn' then 'gone'
      when not verdict.kept then 'rejected'
      when ${isContaminated(sql`latest.id`, cleaningId, droppedSets)} then 'contaminated'
      when coalesce(latest.licence, source.licence) <> all(${licences}::text[]) then 'licence'
      else 'window' end
    from revision latest
    join extracted on extracted.revision_id = latest.id
    join extraction on extraction.id = extracted.extraction_id
      and extraction.digest = any(${batches.map(({ extract }) => extract)}::text[])
    join batch on batch.id = extraction.batch_id
    join verdict on verdict.revision_id = latest.id and verdict.cleaning_id = ${cleaningId}
    where latest.document_id = member.document_id order by batch.night desc limit 1)`
}

/** Begins the memberships of documents that come, or stay with another text. */
export async function beginMembers(
  trx: Transaction<Database>,
  freeze: Freeze,
  parent: VersionRow | null,
  number: number,
): Promise<Moved> {
  const { dataset, cleaningId } = freeze
  const { rows } = await sql<Moved>`
    with begun as (
      insert into member (dataset, source_id, document_id, revision_id, text_id, added, bytes, day, lang, licence,
        added_cause, digest, omitted)
      select ${dataset}, document.source_id, document.id, revision.id, verdict.text_id, ${number}::int, changed.bytes,
        day_of(revision.published, changed.night), revision.lang, coalesce(revision.licence, source.licence),
        case when changed.was = 'kept' then ended.removed_cause when changed.was = 'duplicate' then 'elected'
          else coalesce(changed.was, ${gainedCause(freeze, parent)}) end,
        case when changed.omitted is not null then changed.text end, changed.omitted
      from changed
      join revision on revision.id = changed.revision_id
      join document on document.id = changed.document_id
      join source on source.id = document.source_id
      join verdict on verdict.revision_id = revision.id and verdict.cleaning_id = ${cleaningId}
      left join member ended on ended.dataset = ${dataset} and ended.source_id = document.source_id
        and ended.document_id = document.id and ended.removed = ${number}::int
      where becomes = 'kept' and not exists (select from member open where open.dataset = ${dataset}
        and open.source_id = document.source_id and open.document_id = document.id and open.removed is null)
      order by document.source_id, document.id
      returning bytes)
    select count(*)::int as documents, coalesce(sum(bytes), 0)::float8 as bytes from begun`.execute(trx)
  return rows[0] ?? { documents: 0, bytes: 0 }
}

/** Why a document is of the version of which nothing became in the one before. */
function gainedCause({ causes }: Freeze, parent: VersionRow | null): RawBuilder<string> {
  if (parent === null) return sql<string>`'crawled'`
  const { sources, licences, droppedSets } = causes.before(parent)
  const known = (night: RawBuilder<unknown>) =>
    sql`(source.name || ' ' || ${night}::text) = any(${parent.batches.map(
      (batch) => `${batch.source} ${batch.night}`,
    )}::text[])`
  const firstNight = sql`(select night from batch where batch.id = document.first_batch_id)`
  return sql<string>`case
    when not ${known(firstNight)} then case when source.name = any(${[...sources]}::text[])
      or (select frozen_at from batch where batch.id = document.first_batch_id) > ${parent.frozenAt} then 'crawled'
      else 'recipe' end
    when not ${known(sql`changed.night`)} then 'revised'
    when exists (select from verdict old where old.revision_id = revision.id and old.cleaning_id = ${parent.cleaningId}
      and not old.kept) then 'accepted'
    when ${isContaminated(sql`revision.id`, parent.cleaningId, droppedSets)} then 'contaminated'
    when coalesce(revision.licence, source.licence) <> all(${licences}::text[]) then 'licence'
    else 'window' end`
}
