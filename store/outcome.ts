/**
 * What became of a document on its way into a version, as SQL over its latest revision there: `latest`, `document`, `source`,
 * `revision`, `verdict`, and the membership, if any, as `member`. Exactly one of these became of each.
 */
import { type RawBuilder, sql } from 'kysely'
import type { CauseRules } from './freeze.ts'
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

/** Whether a revision shares a passage with one of these evaluation sets. */
export function isContaminated(
  revision: RawBuilder<unknown>,
  cleaningId: number,
  sets: readonly string[],
): RawBuilder<boolean> {
  return sql<boolean>`exists (select from contamination where contamination.revision_id = ${revision}
    and contamination.cleaning_id = ${cleaningId} and evaluation_set = any(${[...sets]}::text[]))`
}
