/** Rows of tokenizers, shards, training sets, checkpoints and evaluations: what lineage joins on. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Digest } from '../pipeline/contract.ts'
import { chunks } from './documents.ts'
import type { Database } from './schema.ts'

export interface ShardDocument {
  readonly revision: Digest
  readonly start: number
  readonly length: number
}

/** The tokenizer a dataset is pinned to under this recipe; null before the first was trained. */
export async function pinnedTokenizer(
  db: Kysely<Database>,
  dataset: string,
  recipe: Digest,
): Promise<{ readonly digest: Digest; readonly version: Digest } | null> {
  const row = await db
    .selectFrom('tokenizer')
    .select(['digest', 'version'])
    .where('dataset', '=', dataset)
    .where('recipe', '=', recipe)
    .executeTakeFirst()
  return row ?? null
}

/** Pins a dataset's recipe to the tokenizer trained on `version`; the first pin stays. */
export async function pinTokenizer(
  db: Kysely<Database>,
  pin: { readonly dataset: string; readonly recipe: Digest; readonly digest: Digest; readonly version: Digest },
): Promise<void> {
  await db
    .insertInto('tokenizer')
    .values(pin)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** One row a document a tokenizer, never one a training set. */
export async function addShard(
  trx: Transaction<Database>,
  shard: {
    readonly digest: Digest
    readonly manifest: Digest
    readonly batch_id: number
    readonly cleaning_id: number
    readonly tokenizer: Digest
    readonly documents: number
    readonly tokens: number
  },
  documents: AsyncIterable<ShardDocument>,
): Promise<void> {
  const row = await trx
    .insertInto('shard')
    .values(shard)
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!row) return
  let ord = 0
  for await (const chunk of chunks(documents)) {
    await sql`
      insert into shard_document (shard_id, ord, revision_id, start, length)
      select ${row.id}::int, ${ord}::int + line.ord, revision.id, line.start, line.length
      from unnest(${chunk.map((line) => line.revision)}::text[], ${chunk.map((line) => line.start)}::bigint[],
                  ${chunk.map((line) => line.length)}::int[]) with ordinality as line (revision, start, length, ord)
      join revision on revision.digest = decode(line.revision, 'hex')`.execute(trx)
    ord += chunk.length
  }
}

export async function addTrainingSet(
  trx: Transaction<Database>,
  set: {
    readonly digest: Digest
    readonly version: Digest
    readonly tokenizer: Digest
    readonly train_tokens: number
    readonly validation_tokens: number
  },
  shards: readonly Digest[],
): Promise<void> {
  await trx
    .insertInto('training_set')
    .values(set)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  for (const shard of shards) {
    await trx
      .insertInto('training_set_shard')
      .values({ training_set: set.digest, shard })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

export async function addCheckpoint(
  trx: Transaction<Database>,
  checkpoint: { readonly digest: Digest; readonly trainingSet: Digest; readonly step: number; readonly config: object },
): Promise<void> {
  await trx
    .insertInto('checkpoint')
    .values({
      digest: checkpoint.digest,
      training_set: checkpoint.trainingSet,
      step: checkpoint.step,
      config: JSON.stringify(checkpoint.config),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function addEvaluation(
  trx: Transaction<Database>,
  evaluation: { readonly digest: Digest; readonly checkpoint: Digest; readonly metrics: object },
): Promise<void> {
  await trx
    .insertInto('evaluation')
    .values({ ...evaluation, metrics: JSON.stringify(evaluation.metrics) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
