/** Versions of datasets, read by name or digest. History is linear and immutable; freezing one is freeze.ts's. */
import type { Kysely, Selectable } from 'kysely'
import { type Digest, type Json, UsageError } from '../pipeline/contract.ts'
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

/**
 * The version a person names: `news@7`, `news@latest`, `news`, or a digest's unique prefix.
 * @throws UsageError naming what exists where nothing or more than one thing matches.
 */
export async function resolveVersion(db: Kysely<Database>, name: string): Promise<VersionRow> {
  const [dataset = '', number = 'latest'] = name.split('@')
  const found =
    number === 'latest' || /^\d+$/.test(number)
      ? await findVersion(db, dataset, number === 'latest' ? 'latest' : Number(number))
      : null
  if (found) return found
  if (/^[0-9a-f]{6,64}$/.test(name)) {
    const rows = await db.selectFrom('version').selectAll().where('digest', 'like', `${name}%`).execute()
    const [row] = rows
    if (row && new Set(rows.map(({ digest }) => digest)).size === 1) return toVersion(row)
    if (rows.length > 1)
      throw new UsageError(`${name} is the beginning of ${rows.length} versions' digests: give more of it`)
  }
  const versions = await listVersions(db, null)
  const known = versions.filter((version) => version.dataset === dataset)
  const names = (known.length > 0 ? known : versions).map((version) => `${version.dataset}@${version.number}`)
  throw new UsageError(
    names.length === 0
      ? `there is no version ${name}: nothing has been built yet; run \`malmoi run\``
      : `there is no version ${name}; there is ${names.slice(-5).join(', ')}`,
  )
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
