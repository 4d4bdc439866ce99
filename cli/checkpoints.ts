/** The checkpoint a person names by the beginning of its digest. */
import type { Kysely } from 'kysely'
import { type Artifact, UsageError } from '../pipeline/contract.ts'
import { findArtifact } from '../store/runs.ts'
import type { Database } from '../store/schema.ts'

/** @throws UsageError where none or several begin so, naming the latest ones. */
export async function findCheckpoint(
  db: Kysely<Database>,
  name: string | undefined,
): Promise<{ readonly checkpoint: Artifact; readonly trainingSet: Artifact }> {
  const rows = await db
    .selectFrom('checkpoint')
    .innerJoin('artifact', 'artifact.digest', 'checkpoint.digest')
    .select(['checkpoint.digest', 'training_set'])
    .orderBy('created_at', 'desc')
    .execute()
  if (rows.length === 0)
    throw new UsageError('there is no checkpoint yet: train one with `malmoi train DATASET --preset test --steps 300`')
  const latest = rows
    .slice(0, 3)
    .map((row) => row.digest.slice(0, 12))
    .join(', ')
  if (!name) throw new UsageError(`name a checkpoint by the beginning of its digest; the latest: ${latest}`)
  const found = rows.filter((row) => row.digest.startsWith(name))
  const [row] = found
  if (!row) throw new UsageError(`there is no checkpoint ${name}; the latest: ${latest}`)
  if (found.length > 1) throw new UsageError(`${name} is the beginning of ${found.length} checkpoints: give more of it`)
  const checkpoint = await findArtifact(db, row.digest)
  const trainingSet = await findArtifact(db, row.training_set)
  if (!checkpoint || !trainingSet) throw new Error(`checkpoint ${row.digest} has no artifact`)
  return { checkpoint, trainingSet }
}
