/** Which documents are asked for: a filter as plain data, checked, and as SQL over `member`. Reads none of them. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { UsageError } from '../../pipeline/contract.ts'
import { latestRevisions } from '../latest.ts'
import { nearest } from '../nearest.ts'
import type { Database } from '../schema.ts'
import type { VersionRow } from '../versions.ts'
import { conditionOf } from './condition.ts'
import { type Field, type Fields, fieldsOf } from './fields.ts'
import { isDay } from './moments.ts'
import { searchCondition } from './search-condition.ts'

/** What is not given lets everything pass; of several values one has to hold. */
export interface Filter {
  readonly sources?: readonly string[] | undefined
  /** First and last day, `YYYY-MM-DD`: when it was published, else the night it was captured. */
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly licences?: readonly string[] | undefined
  readonly languages?: readonly string[] | undefined
  /** An expression (expression.ts). */
  readonly where?: string | undefined
  /** A search (store/search/parse.ts). */
  readonly search?: string | undefined
}

/**
 * Those that the version holds, those of its batches that cleaning rejected, or all that cleaning judged; of none of them
 * what was taken down since.
 */
export type Population = 'held' | 'rejected' | 'judged'

export interface Selection {
  readonly version: VersionRow
  readonly fields: Fields
  /** What stands as `member` in `from`. */
  readonly from: RawBuilder<unknown>
  readonly where: RawBuilder<boolean>
  /** Fields that `where` needs the tables of. */
  readonly compared: readonly Field[]
  /** Whether days bound it: it is then read in their order, which an index has. */
  readonly byDay: boolean
}

/** @throws UsageError naming what of the filter is wrong, and the nearest that is right. */
export async function selectionOf(
  db: Kysely<Database>,
  version: VersionRow,
  filter: Filter,
  population: Population = 'held',
): Promise<Selection> {
  checkFilter(filter)
  const { since, until, licences, languages, where, search } = filter
  if (search !== undefined && population !== 'held')
    throw new UsageError('no text is kept of rejected documents: they cannot be searched')
  const fields = await fieldsOf(db, version, population !== 'held')
  const condition = where === undefined ? null : conditionOf(where, fields)
  const said = search === undefined ? null : await searchCondition(db, search, fields)
  const sources = filter.sources === undefined ? null : await sourceIds(db, filter.sources)
  const conditions = [
    ...(population === 'held' ? [holds(version, 'member')] : []),
    ...((await isAnyTakenDown(db)) ? [notTakenDown] : []),
    ...(sources ? [oneOf(sql`member.source_id`, sources)] : []),
    ...(since === undefined ? [] : [sql<boolean>`member.day >= ${since}::date`]),
    ...(until === undefined ? [] : [sql<boolean>`member.day <= ${until}::date`]),
    ...(licences ? [oneOf(sql`member.licence`, licences)] : []),
    ...(languages ? [oneOf(sql`member.lang`, languages)] : []),
    ...(condition ? [condition.sql] : []),
    ...(said ? [said.sql] : []),
  ]
  return {
    version,
    fields,
    from: population === 'held' ? sql`member` : sql`(${judged(version, population === 'rejected')}) as member`,
    where: conditions.length > 0 ? sql`${sql.join(conditions, sql` and `)}` : sql`true`,
    compared: [...(condition?.fields ?? []), ...(said?.fields ?? [])],
    byDay: since !== undefined || until !== undefined,
  }
}

function checkFilter({ sources, licences, languages, since, until }: Filter): void {
  for (const [name, values] of Object.entries({ source: sources, licence: licences, lang: languages }))
    if (values?.some((value) => value.includes('\0')))
      throw new UsageError(`${name}: no text holds the character U+0000`)
  for (const [name, day] of Object.entries({ since, until }))
    if (day !== undefined && !isDay(day)) throw new UsageError(`${name} ${day} is no day: write 2026-11-01`)
  if (since !== undefined && until !== undefined && since > until)
    throw new UsageError(`since ${since} is after until ${until}`)
}

const notTakenDown = sql<boolean>`not exists (select from tombstone where tombstone.document_id = member.document_id)`

/** Comparing a million documents with nothing takes as long as counting them. */
async function isAnyTakenDown(db: Kysely<Database>): Promise<boolean> {
  return (await db.selectFrom('tombstone').select('document_id').limit(1).execute()).length > 0
}

/** Whether a membership, under its alias, is of the version. */
export function holds({ dataset, number }: VersionRow, alias: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql`(${column('dataset')} = ${dataset} and ${column('added')} <= ${number}
    and (${column('removed')} is null or ${column('removed')} > ${number}))`
}

/** An index gives rows of one value in the order of the documents, and of several values in none. */
function oneOf(column: RawBuilder<unknown>, values: readonly (string | number)[]): RawBuilder<boolean> {
  return values.length === 1 ? sql`${column} = ${values[0]}` : sql`${column} = any(${values})`
}

/** The documents of the version's batches by their latest revision, with what a membership has. */
function judged(version: VersionRow, rejected: boolean): RawBuilder<unknown> {
  return sql`
    select source.id as source_id, latest.document_id, latest.revision_id, revision.lang,
      day_of(revision.published, batch.night) as day, coalesce(revision.licence, source.licence) as licence, null::integer as bytes
    from (${latestRevisions(version)}) latest
    join verdict on verdict.revision_id = latest.revision_id and verdict.cleaning_id = ${version.cleaningId}
      ${rejected ? sql`and not verdict.kept` : sql``}
    join revision on revision.id = latest.revision_id
    join extraction on extraction.id = latest.extraction_id
    join batch on batch.id = extraction.batch_id
    join source on source.id = batch.source_id`
}

async function sourceIds(db: Kysely<Database>, names: readonly string[]): Promise<readonly number[]> {
  const rows = await db.selectFrom('source').select(['id', 'name']).orderBy('name').execute()
  return names.map((name) => {
    const found = rows.find((row) => row.name === name)
    if (found) return found.id
    const known = rows.map((row) => row.name)
    const near = nearest(name, known)
    throw new UsageError(
      `there is no source ${name}; ${near ? `did you mean ${near}? ` : ''}there is ${known.join(', ')}`,
    )
  })
}
