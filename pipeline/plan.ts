/**
 * The whole DAG, read top to bottom: batches → revisions → verdicts (→ contamination) → clusters → version → tokenizer → shards →
 * training set → checkpoint → evaluation. Each step is skipped where its key is done, so a plan is run as often as
 * one likes; what did not change stops the rebuild there, because the next key is made of what came out.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Kysely } from 'kysely'
import type { Eligibility } from '../dedupe/eligibility.ts'
import type { Mixture } from '../dedupe/mixture.ts'
import { presets } from '../model/config.ts'
import { analyzeGrown } from '../store/analyze.ts'
import { frozenBatches } from '../store/batches.ts'
import { addArtifact, findArtifact } from '../store/runs.ts'
import type { Database } from '../store/schema.ts'
import { pinnedTokenizer, pinTokenizer } from '../store/tokens.ts'
import { tombstonesOf } from '../store/tombstones.ts'
import { findVersion, supersededStates, type VersionRow, versionByDigest } from '../store/versions.ts'
import { type Artifact, FailedError, type StepMetrics, type TrainConfig } from './contract.ts'
import { canonicalJson, digestOf } from './digest.ts'
import type { ExecuteDeps, Stages } from './execute.ts'
import { type BatchArtifacts, cleaningOf, contentOf, type Frozen, freeze, recordedRecipe } from './freeze.ts'
import { numberOf } from './meta.ts'
import type { Recipe, Training } from './recipe.ts'
import { STAGES, type StageName } from './stage.ts'
import { clean } from './stages/clean.ts'
import { contamination } from './stages/contamination.ts'
import { dedupe, editsOf, type Previous } from './stages/dedupe.ts'
import { labelOf } from './stages/dedupe-lines.ts'
import { evaluate } from './stages/evaluate.ts'
import { extract } from './stages/extract.ts'
import { shards } from './stages/shards.ts'
import { signatures } from './stages/signatures.ts'
import { snapshot } from './stages/snapshot.ts'
import { tokenizer } from './stages/tokenizer.ts'
import { writeTombstones } from './stages/tombstones.ts'
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

/**
 * A recipe from its frozen batches to its training set, or as far as `until`. With `recorded`, a version that is frozen
 * already: stored artifacts are used, and what must be made again has to come out as it is on record.
 */
export async function build(
  deps: ExecuteDeps,
  stages: Stages,
  dataset: Recipe,
  until: StageName = 'trainingSet',
  recorded: VersionRow | null = null,
): Promise<Built | null> {
  const batches = await cleanBatches(deps, stages, dataset, recorded)
  await analyzeGrown(deps.connection.db, ['revision', 'extracted', 'verdict', 'text'])
  if (!reaches(until, 'dedupe')) return null
  const names = batches.map(({ source, night }) => ({ source, night }))
  const down = await tombstones(deps, dataset)
  const mixture = mixtureOf(dataset)
  const clusters = await stages.run(dedupe, {
    subject: dataset.name,
    config: { deduplication: dataset.deduplication, batches: names, ...(mixture && { mixture }) },
    inputs: [...batches.map((batch) => batch.signatures), ...(down ? [down] : [])],
    outside: {
      verdicts: batches.map((batch) => batch.verdicts.digest),
      previous: await previousOf(deps.connection.db, dataset),
    },
    expected: recorded?.dedupe,
  })
  if (!reaches(until, 'snapshot')) return null
  const frozen = await stages.run(snapshot, {
    subject: dataset.name,
    config: { recipe: contentOf(dataset) },
    inputs: [clusters],
    outside: { dataset: dataset.name },
    expected: recorded?.digest,
  })
  const vocabulary = reaches(until, 'tokenizer')
    ? await tokenize(deps, stages, dataset, { frozen, clusters, batches })
    : null
  const version = recorded ?? (await freeze(deps, stages, { dataset, batches, clusters, frozen }))
  if (version === null) return build(deps, stages, dataset, until)
  for (const state of await supersededStates(deps.connection.db, version)) await deps.objects.remove(state)
  if (!vocabulary || !reaches(until, 'shards')) {
    return { version, tokenizer: vocabulary, shards: [], trainingSet: null }
  }
  const edits = await editsByBatch(deps.connection.db, clusters)
  const encoded = await allSettledInOrder(
    batches.map((batch) =>
      stages.run(shards, {
        subject: `${batch.source} ${batch.night}`,
        config: { source: batch.source, maxTokens: SHARD_TOKENS },
        inputs: [batch.verdicts, vocabulary, ...(edits[labelOf(batch)] ?? [])],
        outside: { batchId: batch.id, cleaningId: version.cleaningId },
      }),
    ),
  )
  if (!reaches(until, 'trainingSet')) return { version, tokenizer: vocabulary, shards: encoded, trainingSet: null }
  const set = await stages.run(trainingSet, {
    subject: `${version.dataset}@${version.number}`,
    config: { seed: dataset.seed, validation: dataset.validation, batches: names },
    inputs: [frozen, clusters, vocabulary, ...encoded],
    outside: null,
  })
  return { version, tokenizer: vocabulary, shards: encoded, trainingSet: set }
}

/** A version that is frozen already, by the recipe on record. */
export async function rebuild(deps: ExecuteDeps, stages: Stages, version: VersionRow): Promise<Built> {
  const built = await build(deps, stages, recordedRecipe(version), 'trainingSet', version)
  if (!built) throw new Error(`a rebuild of ${version.dataset}@${version.number} stopped short`)
  return built
}

/** A batch at a time, as far as its texts are known; one without anything new has no part in what follows. */
async function cleanBatches(
  { connection, pseudonymKey }: ExecuteDeps,
  stages: Stages,
  dataset: Recipe,
  recorded: VersionRow | null,
): Promise<readonly BatchArtifacts[]> {
  const all = await frozenBatches(connection.db, dataset.sources)
  const sets = await evaluationSets(connection.db, dataset)
  const made = await allSettledInOrder(
    all.map(async ({ source, licence, night, id, delta: digest }): Promise<BatchArtifacts | null> => {
      const known = recorded?.batches.find((batch) => batch.source === source && batch.night === night)
      const delta = await findArtifact(connection.db, digest)
      if (!delta || delta.bytes === 0 || (recorded && !known)) return null
      const subject = `${source} ${night}`
      const revisions = await stages.run(extract, {
        subject,
        config: { source, night, ...dataset.extraction },
        inputs: [delta],
        outside: { batchId: id },
        expected: known?.extract,
      })
      const verdicts = await stages.run(clean, {
        subject,
        config: { source, cleaning: dataset.cleaning },
        inputs: [revisions],
        outside: { pseudonymKey },
        expected: known?.clean,
      })
      const overlaps =
        dataset.contamination === null
          ? null
          : await stages.run(contamination, {
              subject,
              config: { source, sets: dataset.contamination.sets, letters: dataset.contamination.letters },
              inputs: [verdicts, ...sets],
              outside: { cleaningId: recorded?.cleaningId ?? (await cleaningOf(connection.db, stages, dataset)) },
              expected: known?.contamination,
            })
      const eligibility = eligibilityOf(dataset, licence, night)
      const signed = await stages.run(signatures, {
        subject,
        config: { deduplication: dataset.deduplication, ...(eligibility && { eligibility }) },
        inputs: [
          verdicts,
          ...(eligibility ? [revisions] : []),
          ...(dataset.contamination?.action === 'drop' && overlaps ? [overlaps] : []),
        ],
        outside: null,
        expected: known?.signatures,
      })
      return { id, source, night, revisions, verdicts, contamination: overlaps, signatures: signed }
    }),
  )
  return made.filter((batch) => batch !== null)
}

/** By the batch's label: its edits artifact. */
async function editsByBatch(
  db: Kysely<Database>,
  clusters: Artifact,
): Promise<Readonly<Record<string, readonly Artifact[]>>> {
  const edits = Object.entries(editsOf(clusters))
  return Object.fromEntries(
    await Promise.all(
      edits.map(async ([batch, digest]) => {
        const found = await findArtifact(db, digest)
        if (found === null) throw new FailedError(`the edits ${digest.slice(0, 12)} of ${batch} are not recorded`)
        return [batch, [found]] as const
      }),
    ),
  )
}

/** Null where the dataset takes texts of any licence and date. */
function eligibilityOf({ licences, since, until }: Recipe, sourceLicence: string, night: string): Eligibility | null {
  return licences === null && since === null && until === null ? null : { licences, since, until, sourceLicence, night }
}

/** Null where the dataset takes all that is kept. */
function mixtureOf({ caps, mixture, seed }: Recipe): Mixture | null {
  return mixture === null && Object.keys(caps).length === 0 ? null : { caps, shares: mixture, seed }
}

/** What was taken down of the dataset's sources; null where nothing was. */
async function tombstones({ connection, objects }: ExecuteDeps, dataset: Recipe): Promise<Artifact | null> {
  const artifact = await writeTombstones(objects, await tombstonesOf(connection.db, dataset.sources))
  if (artifact) await addArtifact(connection.db, artifact)
  return artifact
}

/** What the latest version knew of duplicates, so that a night compares its own documents alone. */
async function previousOf(db: Kysely<Database>, dataset: Recipe): Promise<Previous | null> {
  const version = await findVersion(db, dataset.name, 'latest')
  if (!version) return null
  if (!isDeepStrictEqual(recordedRecipe(version).deduplication, dataset.deduplication)) return null
  const clusters = await findArtifact(db, version.dedupe)
  const batches = version.batches.map(({ source, night, signatures: signed }) => ({
    source,
    night,
    signatures: signed ?? '',
  }))
  return clusters && { clusters, batches }
}

async function evaluationSets(db: Kysely<Database>, { contamination: against }: Recipe): Promise<readonly Artifact[]> {
  const sets = await Promise.all((against?.sets ?? []).map(({ digest }) => findArtifact(db, digest)))
  return sets.map((set, index) => {
    if (set !== null) return set
    throw new FailedError(`evaluation set ${against?.sets[index]?.name} is not recorded`)
  })
}

/** The tokenizer that the recipe is pinned to; the first version under it trains and pins it. */
async function tokenize(
  { connection: { db } }: ExecuteDeps,
  stages: Stages,
  dataset: Recipe,
  { frozen, clusters, batches }: Pick<Frozen, 'frozen' | 'clusters' | 'batches'>,
): Promise<Artifact> {
  const recipe = digestOf(canonicalJson(dataset.tokenizer))
  const pin = await pinnedTokenizer(db, dataset.name, recipe)
  const pinned = pin ? await versionByDigest(db, pin.version) : null
  const digests = pinned && [pinned.digest, pinned.dedupe, ...pinned.batches.map((batch) => batch.clean)]
  const recorded = digests && (await Promise.all(digests.map((digest) => findArtifact(db, digest))))
  const vocabulary = await stages.run(tokenizer, {
    subject: dataset.name,
    config: dataset.tokenizer,
    inputs: recorded?.filter((artifact) => artifact !== null) ?? [
      frozen,
      clusters,
      ...batches.map(({ verdicts }) => verdicts),
    ],
    outside: null,
    expected: pin?.digest,
  })
  const version = pin?.version ?? frozen.digest
  await pinTokenizer(db, { dataset: dataset.name, recipe, digest: vocabulary.digest, version })
  return vocabulary
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
  const size = numberOf(vocabulary, 'vocab')
  if (size !== undefined) return size
  throw new FailedError(`tokenizer ${vocabulary.digest.slice(0, 12)} does not say how many pieces it has`)
}

/** Waits for all of them even where one fails, so that no work goes on behind an error that was already shown. */
async function allSettledInOrder<Value>(promises: readonly Promise<Value>[]): Promise<readonly Value[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}
