/**
 * Objects that only versions which went had need of: their lists, what was known of duplicates, training sets that nothing
 * was trained on. All else stays: captures, texts, shards, checkpoints. The rows of artifacts and runs stay too, and who
 * asks for such an artifact has it made again.
 */
import { stat } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import type { Digest } from '../pipeline/contract.ts'
import { codeOf } from './error-code.ts'
import type { Objects } from './objects.ts'
import type { Database } from './schema.ts'

/** What a version has of its own, of the size of the version. What a batch has is shared, and of a night's size. */
const KINDS = ['version', 'clusters', 'edits', 'trainingSet']

/** Long enough for every run that has made or found one of them to be done with it. */
export const GRACE_MS = 24 * 60 * 60 * 1000

export interface Collected {
  readonly objects: number
  /** As they lay on the disk. */
  readonly bytes: number
}

/** Removes the objects that nothing names, and that no run made or file has touched for `graceMs`. Idempotent. */
export async function collectObjects(db: Kysely<Database>, objects: Objects, graceMs: number): Promise<Collected> {
  let [count, bytes] = [0, 0]
  for (const digest of await looseObjects(db, graceMs)) {
    // What was taken down lies under another name, which others may share.
    if (objects.resolve(digest) !== digest) continue
    const files = await Promise.all((['zst', 'raw'] as const).map((form) => sizeAndAge(objects.path(digest, form))))
    const there = files.filter((file) => file !== null)
    if (there.length === 0 || there.some(({ ageMs }) => ageMs < graceMs)) continue
    await objects.remove(digest)
    count++
    bytes += there.reduce((sum, file) => sum + file.bytes, 0)
  }
  return { objects: count, bytes }
}

/** What belongs to artifacts of these kinds that no version, no training set in use and no other artifact names. */
async function looseObjects(db: Kysely<Database>, graceMs: number): Promise<ReadonlySet<Digest>> {
  const since = sql`now() - make_interval(secs => ${graceMs / 1000}::float8)`
  const { rows } = await sql<{ object: Digest }>`
    with named as (
      select digest from version union select dedupe from version
      union select training_set.digest from training_set
        where exists (select from version where version.digest = training_set.version)
          or exists (select from checkpoint where checkpoint.training_set = training_set.digest)),
    held as (
      select digest from named union select unnest(parts) from artifact join named using (digest)),
    loose as (
      select digest, parts from artifact
      where kind = any(${KINDS}::text[]) and created_at <= ${since}
        and not exists (select from held where held.digest = artifact.digest)
        and not exists (select from run where run.output = artifact.digest and coalesce(finished_at, now()) > ${since})),
    bound as (
      select unnest(parts || digest) as object from artifact
      where not exists (select from loose where loose.digest = artifact.digest))
    select object from (select unnest(parts || digest) as object from loose) mine
    except select object from bound order by object`.execute(db)
  return new Set(rows.map(({ object }) => object))
}

async function sizeAndAge(path: string): Promise<{ readonly bytes: number; readonly ageMs: number } | null> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { bytes: size, ageMs: Date.now() - mtimeMs }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}
