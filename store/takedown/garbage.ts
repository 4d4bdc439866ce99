/**
 * Objects that nothing names: what stages left behind that were cut off between the bytes and the row. They may hold
 * anything, and nobody reads them. Only while nobody else works on the corpus is what is unnamed garbage.
 */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import type { Digest } from '../../pipeline/contract.ts'
import type { Objects } from '../objects.ts'
import type { Database } from '../schema.ts'

/** Removes unnamed objects, and scratch folders but those of trainings; gives how many files of objects went. */
export async function removeGarbage(db: Kysely<Database>, objects: Objects, folder: string): Promise<number> {
  const named = await namedObjects(db, objects)
  const root = join(folder, 'objects')
  await rm(join(root, 'tmp'), { recursive: true, force: true })
  let removed = 0
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const digest = /^([0-9a-f]{64})(?:\.zst)?$/.exec(entry.name)?.[1]
    if (!entry.isFile() || digest === undefined || named.has(digest)) continue
    await rm(join(entry.parentPath, entry.name))
    removed++
  }
  await removeScratch(db, join(folder, 'scratch'))
  return removed
}

/** Digests of the bytes that rows name: of what was taken down those of its replacement. */
async function namedObjects(db: Kysely<Database>, objects: Objects): Promise<ReadonlySet<Digest>> {
  const { rows } = await sql<{ digest: Digest }>`
    select digest from artifact
    union select unnest(parts) from artifact
    union select meta #>> '{files,state}' from artifact where kind = 'clusters'
    union select digest from batch where digest is not null
    union select delta from batch where delta is not null
    union select replacement from redaction`.execute(db)
  return new Set(rows.map(({ digest }) => objects.resolve(digest)))
}

/** A training goes on from its scratch folder, which holds weights; of other stages nobody reads what is there. */
async function removeScratch(db: Kysely<Database>, folder: string): Promise<void> {
  const trainings = await db.selectFrom('run').select('key').where('stage', '=', 'train').execute()
  const kept = new Set(trainings.map(({ key }) => key.slice(0, 32)))
  for (const name of await readdir(folder).catch(() => []))
    if (!kept.has(name)) await rm(join(folder, name), { recursive: true, force: true })
}
