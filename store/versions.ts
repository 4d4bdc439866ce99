/** Versions of datasets, read by name or digest. History is linear and immutable; freezing one is freeze.ts's. */
import { type Kysely, type Selectable, sql } from 'kysely'
import { type Digest, type Json, UsageError } from '../pipeline/contract.ts'
import { nearest } from './nearest.ts'
import type { Database } from './schema.ts'

export interface VersionRow {
  readonly dataset: string
  readonly number: number
  readonly parent: number | null
  readonly digest: Digest
  readonly documents: number
  readonly bytes: number
  readonly frozenAt: Date
  readonly recipe: Json
  /** What it was computed from: source, night and the artifacts of extraction and cleaning. */
  readonly batches: readonly VersionBatch[]
  readonly dedupe: Digest
  readonly cleaningId: number
}

export interface VersionBatch {
  readonly source: string
  readonly night: string
  readonly extract: Digest
  readonly clean: Digest
  readonly contamination?: Digest
  /** Absent in versions that were frozen before near-duplicates were compared. */
  readonly signatures?: Digest
}

/** A version by number, or the latest; null where there is none. */
export async function findVersion(
  db: Kysely<Database>,
  dataset: string,
  number: number | 'latest',
): Promise<VersionRow | null> {
  const query = db.selectFrom('version').selectAll().where('dataset', '=', dataset)
  const row = await (number === 'latest'
    ? query.orderBy('number', 'desc').limit(1)
    : query.where('number', '=', number)
  ).executeTakeFirst()
  return row ? toVersion(row) : null
}

/** The version of this digest; of several datasets whose contents are equal any one. */
export async function versionByDigest(db: Kysely<Database>, digest: Digest): Promise<VersionRow | null> {
  const row = await db.selectFrom('version').selectAll().where('digest', '=', digest).limit(1).executeTakeFirst()
  return row ? toVersion(row) : null
}

export async function listVersions(db: Kysely<Database>, dataset: string | null): Promise<readonly VersionRow[]> {
  const query = db.selectFrom('version').selectAll().orderBy('dataset').orderBy('number')
  const rows = await (dataset === null ? query : query.where('dataset', '=', dataset)).execute()
  return rows.map(toVersion)
}

/** Versions before one whose states may be left, where a command was killed. */
const LEFT_BEHIND = 5

/** What was known of duplicates at the versions just before one, where no dataset's latest begins from it. */
export async function supersededStates(
  db: Kysely<Database>,
  { dataset, number }: Pick<VersionRow, 'dataset' | 'number'>,
): Promise<readonly Digest[]> {
  const { rows } = await sql<{ state: Digest }>`
    with known as (
      select dataset, number, meta #>> '{files,state}' as state,
        number = max(number) over (partition by dataset) as latest
      from version join artifact on artifact.digest = version.dedupe)
    select distinct state from known
    where dataset = ${dataset} and number between ${number - LEFT_BEHIND}::int and ${number - 1}::int and not latest
      and state is not null and not exists (select from known used where used.latest and used.state = known.state)
    order by state`.execute(db)
  return rows.map(({ state }) => state)
}

/**
 * The version a person names: `news@7`, `news@paper`, `news@latest`, `news`, or a digest's unique prefix.
 * @throws UsageError naming what exists where nothing or more than one thing matches.
 */
export async function resolveVersion(db: Kysely<Database>, name: string): Promise<VersionRow> {
  const found = await findNamedVersion(db, name)
  if (found) return found
  if (/^[0-9a-f]{6,64}$/.test(name)) {
    const rows = await db.selectFrom('version').selectAll().where('digest', 'like', `${name}%`).execute()
    const [row] = rows
    if (row && new Set(rows.map(({ digest }) => digest)).size === 1) return toVersion(row)
    if (rows.length > 1)
      throw new UsageError(`${name} is the beginning of ${rows.length} versions' digests: give more of it`)
  }
  throw await unknownVersion(db, name)
}

/** The version of `DATASET`, `DATASET@N`, `DATASET@TAG` or `DATASET@latest`; null where there is none. */
export async function findNamedVersion(db: Kysely<Database>, name: string): Promise<VersionRow | null> {
  const [dataset = '', wanted = 'latest', ...more] = name.split('@')
  if (more.length > 0) return null
  if (wanted === 'latest') return findVersion(db, dataset, 'latest')
  if (/^\d{1,9}$/.test(wanted)) return findVersion(db, dataset, Number(wanted))
  const row = await db
    .selectFrom('version_tag')
    .innerJoin('version', (join) =>
      join.onRef('version.dataset', '=', 'version_tag.dataset').onRef('version.number', '=', 'version_tag.number'),
    )
    .selectAll('version')
    .where('version.dataset', '=', dataset)
    .where('tag', '=', wanted)
    .executeTakeFirst()
  return row ? toVersion(row) : null
}

/** How many of the last versions an error names. */
const NAMED = 5

async function unknownVersion(db: Kysely<Database>, name: string): Promise<UsageError> {
  const [dataset = '', wanted] = name.split('@')
  const versions = await db.selectFrom('version').select(['dataset', 'number']).orderBy('number', 'desc').execute()
  if (versions.length === 0)
    return new UsageError(`there is no version ${name}: nothing has been built yet; run \`malmoi run\``)
  const tags = await db.selectFrom('version_tag').select(['dataset', 'tag']).orderBy('tag').execute()
  const datasets = [...new Set(versions.map((version) => version.dataset))].toSorted()
  const own = versions.filter((version) => version.dataset === dataset)
  if (own.length === 0)
    return new UsageError(
      `there is no dataset ${dataset} with versions; there is ${datasets.join(', ')}${meant(dataset, datasets)}`,
    )
  const ownTags = tags.filter((tag) => tag.dataset === dataset).map(({ tag }) => `${dataset}@${tag}`)
  const last = own.slice(0, NAMED).map(({ number }) => `${dataset}@${number}`)
  const tagged = ownTags.length === 0 ? '' : `, and by tag ${ownTags.slice(0, NAMED).join(', ')}`
  // A number that is not there is near to nothing: the last ones are named.
  const near = /^\d+$/.test(wanted ?? '') ? '' : meant(name, ownTags)
  return new UsageError(`there is no version ${name}; there is ${last.toReversed().join(', ')}${tagged}${near}`)
}

function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near ? `; did you mean ${near}?` : ''
}

function toVersion(row: Selectable<Database['version']>): VersionRow {
  return {
    dataset: row.dataset,
    number: row.number,
    parent: row.parent,
    digest: row.digest,
    documents: row.documents,
    bytes: row.bytes,
    frozenAt: row.frozen_at,
    recipe: row.recipe,
    batches: row.batches as unknown as readonly VersionBatch[],
    dedupe: row.dedupe,
    cleaningId: row.cleaning_id,
  }
}
