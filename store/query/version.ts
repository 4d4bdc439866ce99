/** The version that is asked for: by name, or by the moment at which it was the latest of its dataset. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { UsageError } from '../../pipeline/contract.ts'
import { nearest } from '../nearest.ts'
import type { Database } from '../schema.ts'
import { findVersion, resolveVersion, type VersionRow } from '../versions.ts'
import { dayAfter, isDay, momentOf } from './moments.ts'

export interface VersionChoice {
  /** Missing: the only one there is. */
  readonly dataset?: string | undefined
  /** A number, `latest`, a tag; or all of `news@7`, or a digest's beginning. Missing: the latest. */
  readonly version?: string | number | undefined
  /** A day, at the end of it, or a moment: `2026-11-01`, `2026-11-01T09:00+09:00`. */
  readonly asOf?: string | undefined
  /** In which `asOf` is, where it names no offset. */
  readonly timeZone: string
}

/** @throws UsageError naming what there is, and the nearest, where nothing is meant by it. */
export async function chooseVersion(db: Kysely<Database>, choice: VersionChoice): Promise<VersionRow> {
  const { dataset, version, asOf, timeZone } = choice
  if (asOf !== undefined) {
    if (version !== undefined) throw new UsageError('--version and --as-of both name a version: give one of them')
    return versionAsOf(db, await knownDataset(db, dataset), asOf, timeZone)
  }
  // A digest needs no dataset, and `news@7` has one.
  if (dataset === undefined && /@|^(?!\d+$)[0-9a-f]{6,64}$/.test(String(version ?? '')))
    return resolveVersion(db, String(version))
  const known = await knownDataset(db, dataset)
  const name = String(version ?? 'latest')
  if (!name.includes('@')) return resolveVersion(db, `${known}@${name}`)
  if (name.split('@', 1)[0] !== known)
    throw new UsageError(`${name} is no version of ${known}: leave out one of the two`)
  return resolveVersion(db, name)
}

async function knownDataset(db: Kysely<Database>, name: string | undefined): Promise<string> {
  const rows = await db.selectFrom('version').select('dataset').distinct().orderBy('dataset').execute()
  const datasets = rows.map(({ dataset }) => dataset)
  const [only, ...others] = datasets
  if (only === undefined) throw new UsageError('there is no version yet: nothing has been built; run `malmoi run`')
  if (name === undefined) {
    if (others.length > 0) throw new UsageError(`name one of the datasets with --dataset: ${datasets.join(', ')}`)
    return only
  }
  if (datasets.includes(name)) return name
  const near = nearest(name, datasets)
  throw new UsageError(
    `there is no dataset ${name} with a version; ${near ? `did you mean ${near}?` : `there is ${datasets.join(', ')}`}`,
  )
}

async function versionAsOf(db: Kysely<Database>, dataset: string, asOf: string, timeZone: string): Promise<VersionRow> {
  const { rows } = await sql<{ readonly number: number | null; readonly first: string }>`
    select max(number) filter (where frozen_at < ${momentAfter(asOf, timeZone)}) as number,
      to_char(min(frozen_at) at time zone ${timeZone}, 'YYYY-MM-DD HH24:MI:SS') as first
    from version where dataset = ${dataset}`.execute(db)
  const [found] = rows
  const version = found?.number ? await findVersion(db, dataset, found.number) : null
  if (version) return version
  const moment = isDay(asOf) ? `at the end of ${asOf}` : `at ${asOf}`
  throw new UsageError(
    `${dataset} had no version yet ${moment} in ${timeZone}: its first was frozen at ${found?.first}`,
  )
}

/** The first moment that is not meant any more. */
function momentAfter(asOf: string, timeZone: string): RawBuilder<Date> {
  if (isDay(asOf)) return dayAfter(asOf, timeZone)
  const moment = momentOf(asOf, timeZone)
  if (!moment) throw new UsageError(`--as-of ${asOf}: write a day, 2026-11-01, or a moment, 2026-11-01T09:00+09:00`)
  return sql`${moment} + interval '1 microsecond'`
}
