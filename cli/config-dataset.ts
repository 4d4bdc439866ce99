/** A dataset of the config: its fields, and every default filled in. */
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { PERSONAL_KINDS } from '../clean/pii/personal.ts'
import { defaultCleaning } from '../clean/rules.ts'
import { type Droppable, droppable } from '../crawler/extract/blocks.ts'
import { exactDuplicates, nearDuplicates } from '../dedupe/config.ts'
import { repeatedParagraphs } from '../dedupe/paragraphs.ts'
import { presets } from '../model/config.ts'
import type { CleaningConfig, DeduplicationConfig, PersonalKind } from '../pipeline/contract.ts'
import { sha256 } from '../pipeline/digest.ts'
import type { Dataset, Training } from '../pipeline/recipe.ts'
import { nearest } from '../store/nearest.ts'
import { fieldError, positive, unknownSource } from './config-fields.ts'

/** The environment's variable that holds the key of pseudonyms: it stands in no file and in no table. */
export const PSEUDONYM_KEY = 'MALMOI_PSEUDONYM_KEY'

interface EvaluationFile {
  readonly name: string
  readonly path: string
}

/** Code is no Korean: a tutorial with a page of it would fail for its share of Hangul. */
const DROPPED: readonly Droppable[] = ['code']

const trainShape = {
  preset: z.enum(Object.keys(presets) as [keyof typeof presets]),
  steps: positive.optional(),
  tokens: positive.optional(),
  batch: positive.optional(),
  sequence: positive.optional(),
  learningRate: z.number().positive().optional(),
  seed: z.number().int().min(0).optional(),
  threads: positive.optional(),
}

const rulesShape = Object.fromEntries(
  Object.keys(defaultCleaning.rules).map((rule) => [rule, z.number().min(0).nullable().optional()]),
)

const personalShape = {
  actions: z.strictObject(ofKinds(z.enum(['mask', 'pseudonym', 'drop', 'keep']))).optional(),
  placeholders: z.strictObject(ofKinds(z.string().min(1))).optional(),
}

const cleaningShape = {
  rules: z.strictObject(rulesShape).optional(),
  boilerplate: z.boolean().optional(),
  personalData: z.strictObject(personalShape).optional(),
}

const paragraphsShape = { leastLetters: positive.optional(), leastRemaining: positive.optional() }

const deduplicationShape = {
  method: z.enum(['near', 'exact']).optional(),
  /** Least Jaccard similarity. */
  threshold: z.number().min(0.001).max(1).optional(),
  shingle: positive.max(64).optional(),
  leastShingles: positive.max(10_000).optional(),
  bands: positive.max(64).optional(),
  rows: positive.max(32).optional(),
  paragraphs: z.union([z.literal(false), z.strictObject(paragraphsShape)]).optional(),
}

const contaminationShape = {
  sets: z.array(z.string()).min(1).optional(),
  letters: positive.optional(),
  action: z.enum(['drop', 'mark']).optional(),
}

const capShape = { documents: positive.optional(), bytes: positive.optional() }

const day = z.string().refine(isDay, 'no day of the calendar; write one like 2026-11-01')

const datasetShape = {
  sources: z.array(z.string()).min(1).optional(),
  /** As pages and sources name them; a document of another cannot come into a version. */
  licences: z.array(z.string().min(1)).min(1).optional(),
  since: day.optional(),
  until: day.optional(),
  caps: z.record(z.string(), z.strictObject(capShape)).optional(),
  mixture: z.record(z.string(), z.number().positive()).optional(),
  extraction: z.strictObject({ drop: z.array(z.enum(Object.keys(droppable) as [Droppable])).optional() }).optional(),
  cleaning: z.strictObject(cleaningShape).optional(),
  tokenizer: z
    .strictObject({
      algorithm: z.enum(['bpe']).optional(),
      vocabSize: z.union([positive, z.literal('auto')]).optional(),
    })
    .optional(),
  validation: z.number().min(0).max(0.5).optional(),
  seed: z.number().int().min(0).optional(),
  contamination: z.strictObject(contaminationShape).optional(),
  deduplication: z.strictObject(deduplicationShape).optional(),
  train: z.strictObject(trainShape).optional(),
  retention: z.union([z.strictObject({ versions: positive }), z.strictObject({ days: positive })]).optional(),
}

export const datasetSchema = z.strictObject(datasetShape)
type DatasetFields = z.output<typeof datasetSchema>

/** Names of all fields, for the nearest to a wrong one. */
export const DATASET_FIELDS = [
  ...[datasetShape, trainShape, cleaningShape, rulesShape, personalShape],
  ...[contaminationShape, deduplicationShape, paragraphsShape, capShape],
].flatMap(Object.keys)

/** The same field for each kind of personal data. */
function ofKinds<Field extends z.ZodType>(field: Field): Record<PersonalKind, z.ZodOptional<Field>> {
  return Object.fromEntries(PERSONAL_KINDS.map((kind) => [kind, field.optional()])) as Record<
    PersonalKind,
    z.ZodOptional<Field>
  >
}

/** What a dataset may refer to. */
interface Given {
  readonly name: string
  /** Names of all sources. */
  readonly sources: readonly string[]
  readonly evaluationSets: readonly EvaluationFile[]
}

/** A dataset with its defaults. @throws UsageError that names the field. */
export function fillDataset(given: Given, recipe: DatasetFields): Dataset {
  const { name: dataset, evaluationSets } = given
  const { train, tokenizer } = recipe
  if (train && (train.steps === undefined) === (train.tokens === undefined)) {
    throw fieldError(`datasets.${dataset}.train`, 'needs either `steps` or `tokens`')
  }
  return {
    name: dataset,
    ...selectionOf(given, recipe),
    extraction: { drop: (recipe.extraction?.drop ?? DROPPED).toSorted() },
    cleaning: cleaningOf(dataset, recipe.cleaning ?? {}),
    contamination: contaminationOf(dataset, recipe.contamination ?? {}, evaluationSets),
    deduplication: deduplicationOf(recipe.deduplication ?? {}),
    tokenizer: { algorithm: tokenizer?.algorithm ?? 'bpe', vocabSize: tokenizer?.vocabSize ?? 'auto' },
    validation: recipe.validation ?? 0.05,
    seed: recipe.seed ?? 0,
    train: train
      ? trainingOf({
          ...train,
          length: train.tokens === undefined ? { steps: train.steps ?? 0 } : { tokens: train.tokens },
        })
      : null,
    retention: recipe.retention ?? null,
  }
}

/** What of its sources' documents a dataset takes. */
function selectionOf(
  given: Given,
  recipe: DatasetFields,
): Pick<Dataset, 'sources' | 'licences' | 'since' | 'until' | 'caps' | 'mixture'> {
  const sources = recipe.sources ?? given.sources
  for (const field of ['caps', 'mixture'] as const) {
    const unknown = Object.keys(recipe[field] ?? {}).find((source) => !sources.includes(source))
    if (unknown !== undefined) throw unknownSource(`datasets.${given.name}.${field}`, unknown, sources)
  }
  const missing = recipe.mixture && sources.find((source) => !(source in (recipe.mixture ?? {})))
  if (missing !== undefined) {
    throw fieldError(
      `datasets.${given.name}.mixture`,
      `has no share for ${missing}: name it, or leave it out of \`sources\``,
    )
  }
  const [since, until] = [recipe.since ?? null, recipe.until ?? null]
  if (since !== null && until !== null && since > until) {
    throw fieldError(
      `datasets.${given.name}.since`,
      `${since} is after \`until\`, ${until}: no document is of such a day`,
    )
  }
  return {
    sources,
    licences: recipe.licences?.toSorted() ?? null,
    since,
    until,
    caps: Object.fromEntries(Object.entries(recipe.caps ?? {}).map(([source, cap]) => [source, definedOnly(cap)])),
    mixture: recipe.mixture ? normalised(recipe.mixture) : null,
  }
}

/** Shares that sum to 1. */
function normalised(shares: Readonly<Record<string, number>>): Record<string, number> {
  const sum = Object.values(shares).reduce((total, share) => total + share, 0)
  return Object.fromEntries(Object.entries(shares).map(([source, share]) => [source, share / sum]))
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

function cleaningOf(
  dataset: string,
  { rules, boilerplate, personalData }: NonNullable<DatasetFields['cleaning']>,
): CleaningConfig {
  const defaults = defaultCleaning.personalData
  const actions = { ...defaults.actions, ...definedOnly(personalData?.actions ?? {}) }
  const key = process.env[PSEUDONYM_KEY]
  const pseudonyms = Object.values(actions).includes('pseudonym')
  if (pseudonyms && !key) {
    const problem = `asks for pseudonyms, which need a key: set ${PSEUDONYM_KEY} to a long secret of this corpus's own`
    throw fieldError(`datasets.${dataset}.cleaning.personalData`, problem)
  }
  return {
    rules: { ...defaultCleaning.rules, ...definedOnly(rules ?? {}) },
    boilerplate: boilerplate ?? defaultCleaning.boilerplate,
    personalData: {
      actions,
      placeholders: { ...defaults.placeholders, ...definedOnly(personalData?.placeholders ?? {}) },
      key: pseudonyms && key ? sha256(key) : null,
    },
  }
}

function deduplicationOf(given: NonNullable<DatasetFields['deduplication']>): DeduplicationConfig {
  const { method = 'near', threshold, shingle, leastShingles, bands, rows, paragraphs = {} } = given
  const left = paragraphs === false ? null : { ...repeatedParagraphs, ...definedOnly(paragraphs) }
  if (method === 'exact') return { ...exactDuplicates, paragraphs: left }
  const perMille = threshold === undefined ? {} : { perMille: Math.round(threshold * 1000) }
  return { ...nearDuplicates, ...definedOnly({ shingle, leastShingles, bands, rows }), ...perMille, paragraphs: left }
}

/** All evaluation sets of the config, unless the dataset names some. */
function contaminationOf(
  dataset: string,
  { sets, letters, action }: z.output<z.ZodObject<typeof contaminationShape>>,
  known: readonly EvaluationFile[],
): Dataset['contamination'] {
  const unknown = sets?.find((name) => !known.some((set) => set.name === name))
  if (unknown !== undefined) {
    const near = nearest(
      unknown,
      known.map(({ name }) => name),
    )
    throw fieldError(
      `datasets.${dataset}.contamination.sets`,
      `names ${unknown}, which is not in \`evaluationSets\`${near ? `; did you mean ${near}?` : ''}`,
    )
  }
  const chosen = known.filter(({ name }) => sets?.includes(name) ?? true)
  return chosen.length === 0 ? null : { sets: chosen, letters: letters ?? 40, action: action ?? 'drop' }
}

/** A training with its defaults. */
export function trainingOf(
  given: Pick<Training, 'preset' | 'length'> & {
    readonly batch?: number | undefined
    readonly sequence?: number | undefined
    readonly learningRate?: number | undefined
    readonly seed?: number | undefined
    readonly threads?: number | undefined
  },
): Training {
  return {
    preset: given.preset,
    length: given.length,
    batch: given.batch ?? 8,
    sequence: given.sequence ?? null,
    learningRate: given.learningRate ?? (given.preset === 'test' ? 3e-3 : 3e-4),
    seed: given.seed ?? 0,
    threads: given.threads ?? Math.min(availableParallelism(), 16),
  }
}

function definedOnly<Value>(values: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined))
}
