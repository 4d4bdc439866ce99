/**
 * What became of a document on its way into a version, as SQL over its latest revision there: `latest`, `document`, `source`,
 * `revision`, `verdict`, and the membership, if any, as `member`. Exactly one of these became of each.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { CauseRules } from './freeze.ts'
import { latestRevisions } from './latest.ts'
import type { Database } from './schema.ts'
import { isTakenDown } from './tombstones.ts'
import type { VersionRow } from './versions.ts'

/** Accepted by cleaning, like no other document, and out all the same. */
export const LEFT_OUT = ['licence', 'window', 'cap', 'mixture', 'takedown'] as const
export type LeftOut = (typeof LEFT_OUT)[number]
export type Outcome = 'kept' | 'duplicate' | 'contaminated' | 'rejected' | LeftOut

/** What of the recipe a document's absence can be told from. */
export type OutcomeRules = Pick<CauseRules, 'droppedSets' | 'licences'>

export function outcomeOf(version: VersionRow, { droppedSets, licences }: OutcomeRules): RawBuilder<Outcome> {
  const { dataset, number, cleaningId } = version
  const ofVersion = (table: string) => {
    const column = (name: string) => sql.ref(`${table}.${name}`)
    return sql`${column('dataset')} = ${dataset} and ${column('revision_id')} = latest.revision_id
      and ${column('added')} <= ${number} and (${column('removed')} is null or ${column('removed')} > ${number})`
  }
  return sql<Outcome>`case
    when member.revision_id is not null then 'kept'
    when not verdict.kept then 'rejected'
    when exists (select from duplicate where ${ofVersion('duplicate')}) then 'duplicate'
    else coalesce((select reason from left_out where ${ofVersion('left_out')}), case
      when ${isTakenDown(sql`document.source_id`, sql`document.key`)} then 'takedown'
      when exists (select from text buried join tombstone_text using (digest) where buried.id = verdict.text_id)
        then 'takedown'
      when ${isContaminated(sql`latest.revision_id`, cleaningId, droppedSets)} then 'contaminated'
      when coalesce(revision.licence, source.licence) <> all(${licences}::text[]) then 'licence'
      else 'window' end) end`
}

export interface DocumentOutcome {
  readonly outcome: Outcome
  readonly licence: string
  readonly day: string
}

/** What became of one document; null where no batch of the version has it, or cleaning did not judge it. */
export async function documentOutcome(
  db: Kysely<Database>,
  version: VersionRow,
  rules: OutcomeRules,
  { source, url }: { readonly source: string; readonly url: string },
): Promise<DocumentOutcome | null> {
  const known = await db
    .selectFrom('document')
    .innerJoin('source', 'source.id', 'document.source_id')
    .select('document.id')
    .where('key', '=', url)
    .where('name', '=', source)
    .executeTakeFirst()
  if (!known) return null
  const { rows } = await sql<DocumentOutcome>`
    select ${outcomeOf(version, rules)} as outcome, coalesce(revision.licence, source.licence) as licence,
      day_of(published, batch.night) as day
    from (${latestRevisions(version)}) latest
    join extraction on extraction.id = latest.extraction_id
    join batch on batch.id = extraction.batch_id
    join revision on revision.id = latest.revision_id
    join document on document.id = latest.document_id
    join source on source.id = document.source_id
    join verdict on verdict.revision_id = latest.revision_id and verdict.cleaning_id = ${version.cleaningId}
    left join member on member.dataset = ${version.dataset} and member.source_id = document.source_id
      and member.document_id = document.id and member.added <= ${version.number}
      and (member.removed is null or member.removed > ${version.number})
    where latest.document_id = ${known.id}`.execute(db)
  return rows[0] ?? null
}

/** Whether a revision shares a passage with one of these evaluation sets. */
export function isContaminated(
  revision: RawBuilder<unknown>,
  cleaningId: number,
  sets: readonly string[],
): RawBuilder<boolean> {
  return sql<boolean>`exists (select from contamination where contamination.revision_id = ${revision}
    and contamination.cleaning_id = ${cleaningId} and evaluation_set = any(${[...sets]}::text[]))`
}
