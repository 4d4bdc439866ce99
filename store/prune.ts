/**
 * Old versions let go by a rule. What a version that stays holds is as it was: memberships that no version is left to
 * hold go with the versions, and numbers are not given again. Texts and captures are left alone; objects are collect.ts's.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from './schema.ts'

/** Which versions stay without a reason of their own: the last so many, or those frozen within so many days. */
export type RetentionRule = { readonly versions: number } | { readonly days: number }

export interface Kept {
  readonly number: number
  readonly documents: number
  readonly frozenAt: Date
  /** Why it stays; null where it goes. */
  readonly because: string | null
}

/** Every version of the dataset by number, with what keeps it: the rule, a tag, a checkpoint, an export, a tokenizer. */
export async function keptVersions(
  db: Kysely<Database>,
  dataset: string,
  rule: RetentionRule,
): Promise<readonly Kept[]> {
  const within =
    'versions' in rule
      ? sql<boolean>`place <= ${rule.versions}`
      : sql<boolean>`frozen_at > now() - make_interval(days => ${rule.days}::int)`
  const { rows } = await sql<Kept>`
    select number, documents, frozen_at as "frozenAt", case
      when place = 1 then 'the latest'
      when ${within} then 'within the rule'
      else coalesce(
        (select 'tag ' || string_agg(tag, ', ' order by tag) from version_tag
         where version_tag.dataset = listed.dataset and version_tag.number = listed.number),
        (select 'checkpoint ' || string_agg(left(checkpoint.digest, 12), ', ' order by checkpoint.digest)
         from training_set join checkpoint on checkpoint.training_set = training_set.digest
         where training_set.version = listed.digest),
        (select 'export ' || string_agg(path, ', ' order by path) from export
         where export.dataset = listed.dataset and export.number = listed.number),
        (select 'tokenizer ' || string_agg(left(tokenizer.digest, 12), ', ' order by tokenizer.digest) from tokenizer
         where tokenizer.dataset = listed.dataset and tokenizer.version = listed.digest)) end as because
    from (select version.*, row_number() over (order by number desc) as place from version where dataset = ${dataset})
      listed
    order by number`.execute(db)
  return rows
}

export interface Pruned {
  readonly versions: readonly number[]
  readonly memberships: number
  readonly duplicates: number
}

/** Lets every version go that nothing keeps. Idempotent. */
export async function pruneVersions(db: Kysely<Database>, dataset: string, rule: RetentionRule): Promise<Pruned> {
  return db.transaction().execute(async (trx) => {
    // The lock of freezing: what is the latest does not change underneath.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`version ${dataset}`}, 0))`.execute(trx)
    const all = await keptVersions(trx, dataset, rule)
    const gone = all.filter(({ because }) => because === null).map(({ number }) => number)
    const kept = all.filter(({ because }) => because !== null).map(({ number }) => number)
    if (gone.length === 0) return { versions: [], memberships: 0, duplicates: 0 }
    await trx.deleteFrom('version').where('dataset', '=', dataset).where('number', 'in', gone).execute()
    const gaps = gapsOf(gone, kept)
    const memberships = await deleteWithin(trx, 'member', dataset, gaps)
    const duplicates = await deleteWithin(trx, 'duplicate', dataset, gaps)
    await deleteWithin(trx, 'left_out', dataset, gaps)
    return { versions: gone, memberships, duplicates }
  })
}

interface Gap {
  /** The version that stays before the gap, 0 where there is none, and the one after it. */
  readonly after: number
  readonly until: number
}

function gapsOf(gone: readonly number[], kept: readonly number[]): readonly Gap[] {
  return [0, ...kept].flatMap((after, place) => {
    const until = kept[place]
    return until !== undefined && gone.some((number) => number > after && number < until) ? [{ after, until }] : []
  })
}

/** Rows whose interval of versions lies within a gap are in no version that there is. */
async function deleteWithin(
  trx: Transaction<Database>,
  table: 'member' | 'duplicate' | 'left_out',
  dataset: string,
  gaps: readonly Gap[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} using unnest(${gaps.map(({ after }) => after)}::int[],
      ${gaps.map(({ until }) => until)}::int[]) as gap ("after", until)
    where dataset = ${dataset} and added > gap."after" and removed > gap."after" and removed <= gap.until`.execute(trx)
  return Number(numAffectedRows ?? 0)
}
