/**
 * The whole DAG, read top to bottom: batches → revisions → verdicts → clusters → version → tokenizer → shards →
 * training set → checkpoint → evaluation. Each step is skipped where its key is done, so a plan is run as often as
 * one likes; what did not change stops the rebuild there, because the next key is made of what came out.
 */
import { presets } from '../model/config.ts'
import { frozenBatches } from '../store/batches.ts'
import { cleaningId } from '../store/documents.ts'
import { findArtifact } from '../store/runs.ts'
import { pinnedTokenizer, pinTokenizer } from '../store/tokens.ts'
import { type DroppedLeaf, freezeVersion, type Leaf, type VersionBatch, type VersionRow } from '../store/versions.ts'
import { type Artifact, FailedError, type StepMetrics, type TrainConfig } from './contract.ts'
import { canonicalJson, digestOf } from './digest.ts'
import type { ExecuteDeps, Stages } from './execute.ts'
import type { Dataset, Training } from './recipe.ts'
import { STAGES, type StageName } from './stage.ts'
import { clean, cleaningDigest } from './stages/clean.ts'
import { type DedupeLine, dedupe } from './stages/dedupe.ts'
import { evaluate } from './stages/evaluate.ts'
import { extract } from './stages/extract.ts'
import { readLines } from './stages/lines.ts'
import { shards } from './stages/shards.ts'
import { readLeaves, snapshot } from './stages/snapshot.ts'
import { tokenizer } from './stages/tokenizer.ts'
import { train } from './stages/train.ts'
import { trainingSet } from './stages/training-set.ts'

/** Tokens of one shard at most: 200 MB of uint16. */
const SHARD_TOKENS = 100_000_000

export interface Built {
  readonly version: VersionRow
  readonly tokenizer: Artifact | null
  readonly shards: readonly Artifact[]
  readonly trainingSet: Artifact | null
}

/** A batch on its way: its row, and the artifacts made of it. */
interface BatchArtifacts {
  readonly id: number
  readonly source: string
  readonly night: string
  readonly revisions: Artifact
  readonly verdicts: Artifact
}

/** A dataset from its frozen batches to its training set, or as far as `until`. */
export async function build(
  deps: ExecuteDeps,
  stages: Stages,
  dataset: Dataset,
  until: StageName = 'trainingSet',
): Promise<Built | null> {
  const batches = await cleanBatches(deps, stages, dataset)
  if (!reaches(until, 'dedupe')) return null
  const clusters = await stages.run(dedupe, {
    subject: dataset.name,
    config: {
      deduplication: dataset.deduplication,
      batches: batches.map(({ source, night }) => ({ source, night })),
    },
    inputs: batches.map((batch) => batch.verdicts),
    outside: null,
  })
  if (!reaches(until, 'snapshot')) return null
  const recipe = recipeOf(dataset)
  const frozen = await stages.run(snapshot, {
    subject: dataset.name,
    config: { recipe },
    inputs: [clusters],
    outside: { dataset: dataset.name },
  })
  const version = await freeze(deps, stages, dataset, recipe, batches, clusters, frozen)
  return encode(deps, stages, dataset, version, frozen, batches, until)
}

/** A version that is frozen already: stored artifacts are used, and what must be rebuilt has to come out the same. */
export async function rebuild(
  deps: ExecuteDeps,
  stages: Stages,
  dataset: Dataset,
  version: VersionRow,
): Promise<Built> {
  const recorded = new Map(version.batches.map((batch) => [`${batch.source} ${batch.night}`, batch]))
  const batches = await cleanBatches(deps, stages, dataset, recorded)
  const clusters = await stages.run(dedupe, {
    subject: dataset.name,
    config: {
      deduplication: dataset.deduplication,
      batches: batches.map(({ source, night }) => ({ source, night })),
    },
    inputs: batches.map((batch) => batch.verdicts),
    outside: null,
    expected: version.dedupe,
  })
  const frozen = await stages.run(snapshot, {
    subject: `${dataset.name}@${version.number}`,
    config: { recipe: recipeOf(dataset) },
    inputs: [clusters],
    outside: { dataset: dataset.name },
    expected: version.digest,
  })
  return encode(deps, stages, dataset, version, frozen, batches, 'trainingSet')
}

/** extract and clean, a batch at a time; a batch without anything new has no part in what follows. */
async function cleanBatches(
  { connection }: ExecuteDeps,
  stages: Stages,
  dataset: Dataset,
  recorded?: ReadonlyMap<string, VersionBatch>,
): Promise<readonly BatchArtifacts[]> {
  const all = await frozenBatches(connection.db, dataset.sources)
  const wanted = all.filter((batch) => !recorded || recorded.has(`${batch.source} ${batch.night}`))
  const made = await allSettledInOrder(
    wanted.map(async (batch): Promise<BatchArtifacts | null> => {
      const delta = await findArtifact(connection.db, batch.delta)
      if (!delta || delta.bytes === 0) return null
      const { source, night, id } = batch
      const known = recorded?.get(`${source} ${night}`)
      const subject = `${source} ${night}`
      const revisions = await stages.run(extract, {
        subject,
        config: { source, ...dataset.extraction },
        inputs: [delta],
        outside: { batchId: id },
        expected: known?.extract,
      })
      const verdicts = await stages.run(clean, {
        subject,
        config: { source, cleaning: dataset.cleaning },
        inputs: [revisions],
        outside: null,
        expected: known?.clean,
      })
      return { id, source, night, revisions, verdicts }
    }),
  )
  return made.filter((batch) => batch !== null)
}

/** tokenizer, shards and training set of a frozen version. */
async function encode(
  { connection }: ExecuteDeps,
  stages: Stages,
  dataset: Dataset,
  version: VersionRow,
  frozen: Artifact,
  batches: readonly BatchArtifacts[],
  until: StageName,
): Promise<Built> {
  if (!reaches(until, 'tokenizer')) return { version, tokenizer: null, shards: [], trainingSet: null }
  const name = `${version.dataset}@${version.number}`
  const recipe = digestOf(canonicalJson(dataset.tokenizer))
  const pin = await pinnedTokenizer(connection.db, dataset.name, recipe)
  const vocabulary = await stages.run(tokenizer, {
    subject: name,
    config: dataset.tokenizer,
    inputs: [frozen, ...batches.map((batch) => batch.verdicts)],
    outside: null,
    expected: pin?.digest,
  })
  await pinTokenizer(connection.db, {
    dataset: dataset.name,
    recipe,
    digest: vocabulary.digest,
    version: frozen.digest,
  })
  if (!reaches(until, 'shards')) return { version, tokenizer: vocabulary, shards: [], trainingSet: null }
  const encoded = await allSettledInOrder(
    batches.map((batch) =>
      stages.run(shards, {
        subject: `${batch.source} ${batch.night}`,
        config: { source: batch.source, maxTokens: SHARD_TOKENS },
        inputs: [batch.verdicts, vocabulary],
        outside: { batchId: batch.id, cleaningId: version.cleaningId },
      }),
    ),
  )
  if (!reaches(until, 'trainingSet')) return { version, tokenizer: vocabulary, shards: encoded, trainingSet: null }
  const set = await stages.run(trainingSet, {
    subject: name,
    config: { seed: dataset.seed, validation: dataset.validation },
    inputs: [frozen, vocabulary, ...encoded],
    outside: null,
  })
  return { version, tokenizer: vocabulary, shards: encoded, trainingSet: set }
}

/** Trains on a built training set. */
export function trainOn(
  stages: Stages,
  built: Built,
  training: Training,
  onMetrics: (metrics: StepMetrics) => void,
): Promise<Artifact> {
  const { tokenizer: vocabulary, trainingSet: set, version } = built
  if (!vocabulary || !set) throw new Error('training needs a training set')
  return stages.run(train, {
    subject: `${version.dataset}@${version.number}`,
    config: { engine: 'onnx', train: trainConfig(training, vocabulary) },
    inputs: [set],
    outside: { onMetrics },
  })
}

export function evaluateOn(stages: Stages, checkpoint: Artifact, set: Artifact, threads: number): Promise<Artifact> {
  return stages.run(evaluate, {
    subject: checkpoint.digest.slice(0, 12),
    config: { threads },
    inputs: [checkpoint, set],
    outside: null,
  })
}

/** Whether a plan that goes as far as `until` executes `stage`. */
export function reaches(until: StageName, stage: StageName): boolean {
  return STAGES.indexOf(until) >= STAGES.indexOf(stage)
}

async function freeze(
  { connection, objects }: ExecuteDeps,
  stages: Stages,
  dataset: Dataset,
  recipe: object,
  batches: readonly BatchArtifacts[],
  clusters: Artifact,
  frozen: Artifact,
): Promise<VersionRow> {
  const code = stages.codeOf(clean.adapter)
  async function* leaves(): AsyncIterable<Leaf> {
    for await (const [source, key, revision] of readLeaves(objects, frozen.digest)) yield { source, key, revision }
  }
  async function* dropped(): AsyncIterable<DroppedLeaf> {
    for await (const { owner, intersection, union, ...leaf } of readLines<DedupeLine>(objects, clusters.digest)) {
      if (owner) yield { ...leaf, owner, intersection: intersection ?? 0, union: union ?? 0 }
    }
  }
  return freezeVersion(connection.db, {
    dataset: dataset.name,
    digest: frozen.digest,
    recipe,
    batches: batches.map(({ source, night, revisions, verdicts }) => ({
      source,
      night,
      extract: revisions.digest,
      clean: verdicts.digest,
    })),
    dedupe: clusters.digest,
    cleaningId: await cleaningId(connection.db, cleaningDigest(dataset.cleaning, code), code, dataset.cleaning),
    leaves: leaves(),
    dropped: dropped(),
  })
}

/** What a version's digest covers beside its documents. */
function recipeOf(dataset: Dataset): object {
  const { sources, extraction, cleaning, deduplication, tokenizer, validation, seed } = dataset
  return { sources: sources.toSorted(), extraction, cleaning, deduplication, tokenizer, validation, seed }
}

function trainConfig(training: Training, vocabulary: Artifact): TrainConfig {
  const shape = presets[training.preset]
  const sequence = training.sequence ?? shape.context
  const tokensAStep = training.batch * sequence
  const steps = 'steps' in training.length ? training.length.steps : Math.ceil(training.length.tokens / tokensAStep)
  return {
    model: { ...shape, vocabSize: vocabSizeOf(vocabulary) },
    steps,
    batch: training.batch,
    sequence,
    learningRate: training.learningRate,
    warmupSteps: Math.min(100, Math.ceil(steps / 10)),
    minLearningRateShare: 0.1,
    weightDecay: 0.01,
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    clipNorm: 1,
    seed: training.seed,
    threads: training.threads,
  }
}

function vocabSizeOf(vocabulary: Artifact): number {
  const { meta } = vocabulary
  if (meta !== null && typeof meta === 'object' && 'vocab' in meta && typeof meta.vocab === 'number') return meta.vocab
  throw new FailedError(`tokenizer ${vocabulary.digest.slice(0, 12)} does not say how many pieces it has`)
}

/** Waits for all of them even where one fails, so that no work goes on behind an error that was already shown. */
async function allSettledInOrder<Value>(promises: readonly Promise<Value>[]): Promise<readonly Value[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}
