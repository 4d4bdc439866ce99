/** Crawling and building as several verbs do them: which sources, which datasets, how far. */
import PQueue from 'p-queue'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import type { Source } from '../pipeline/crawl-contract.ts'
import { recipeOf } from '../pipeline/evaluation-sets.ts'
import type { Execution } from '../pipeline/execute.ts'
import { numberOf } from '../pipeline/meta.ts'
import { nightAt } from '../pipeline/night.ts'
import { type Built, build, evaluateOn, reaches, rebuild, trainOn } from '../pipeline/plan.ts'
import type { Config, Dataset } from '../pipeline/recipe.ts'
import type { StageName } from '../pipeline/stage.ts'
import type { CrawledBatch } from '../pipeline/stages/crawl.ts'
import { frozenBatches } from '../store/batches.ts'
import { nearest } from '../store/nearest.ts'
import { findVersion, resolveVersion } from '../store/versions.ts'
import { withSmallHeap } from './small-heap.ts'
import { onCorpus } from './takedown-deps.ts'
import type { Call } from './verb.ts'
import type { Workspace } from './workspace.ts'

/** Most of the time a crawl waits for its hosts; a source holds a connection for its lock. */
const SOURCES_AT_ONCE = 12

export interface Crawled {
  readonly night: string
  readonly batches: readonly CrawledBatch[]
  readonly executed: readonly Execution[]
  readonly skipped: number
  readonly failures: readonly { readonly source: string; readonly error: Error }[]
}

export interface DatasetOutcome {
  readonly dataset: string
  readonly version: string
  readonly versionDigest: string
  readonly tokenizer: string | null
  readonly shards: readonly string[]
  readonly trainingSet: string | null
  readonly checkpoint?: string
  readonly bitsPerByte?: number
}

/** The night a call means: `--night`, or today in the config's time zone. @throws UsageError where it is no date. */
export function nightOf(call: Call, config: Config): string {
  const given = call.text('night')
  if (given === undefined) return nightAt(new Date(), config.timeZone)
  const date = new Date(`${given}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(given) || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(given)) {
    throw new UsageError(`--night ${given}: write a date like 2026-11-01`)
  }
  return given
}

/** Crawls the sources that have no frozen batch for the night; one that fails does not stop the others. */
export function crawlDue(
  workspace: Workspace,
  config: Config,
  sources: readonly Source[],
  night: string,
): Promise<Crawled> {
  return onCorpus(workspace, () => crawlSources(workspace, config, sources, night))
}

async function crawlSources(
  workspace: Workspace,
  config: Config,
  sources: readonly Source[],
  night: string,
): Promise<Crawled> {
  const frozen = await frozenBatches(
    workspace.connection.db,
    sources.map((source) => source.name),
  )
  const done = frozen.filter((batch) => batch.night === night)
  const due = sources.filter((source) => !done.some((batch) => batch.source === source.name))
  const batches: CrawledBatch[] = done.map(({ source, counts }) => ({ source, night, ...counts }))
  const executed: Execution[] = []
  const failures: { source: string; error: Error }[] = []
  if (due.length > 0) {
    const { crawlNight } = await import('../pipeline/stages/crawl.ts')
    const { createHosts } = await import('../crawler/http/polite.ts')
    const { openSiteMemory } = await import('../store/sites.ts')
    const sites = await openSiteMemory(workspace.connection)
    const session = { night, userAgent: config.userAgent, sites, hosts: createHosts(sites) }
    const queue = new PQueue({ concurrency: SOURCES_AT_ONCE })
    try {
      const crawl = async (source: Source): Promise<void> => {
        try {
          const crawled = await crawlNight(workspace, source, session)
          if (!crawled) return
          batches.push(crawled.batch)
          executed.push(crawled.execution)
        } catch (error) {
          workspace.signal.throwIfAborted()
          if (!(error instanceof FailedError)) throw error
          failures.push({ source: source.name, error })
        }
      }
      await withSmallHeap(async () => {
        await queue.addAll(due.map((source) => () => crawl(source)))
      })
    } finally {
      sites.close()
    }
  }
  const order = sources.map((source) => source.name)
  batches.sort((a, b) => order.indexOf(a.source) - order.indexOf(b.source))
  return { night, batches, executed, skipped: done.length, failures }
}

/** One error for all sources that failed wholly. */
export function failuresError({ failures }: Crawled): FailedError | null {
  if (failures.length === 0) return null
  const reasons = failures.map(({ error }) => {
    const remedy = error instanceof FailedError && error.remedy ? `; ${error.remedy}` : ''
    return `${error.message}${remedy}`
  })
  return new FailedError(reasons.join('; '), undefined, { cause: failures[0]?.error })
}

/** The sources of the config by name; all where none is named. */
export function pickSources(config: Config, names: readonly string[]): readonly Source[] {
  const known = config.sources.map((source) => source.name)
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    throw new UsageError(
      `there is no source ${name}${near ? `; did you mean ${near}?` : `; there is ${known.join(', ')}`}`,
    )
  }
  return names.length === 0 ? config.sources : config.sources.filter((source) => names.includes(source.name))
}

/** A dataset of the config by name. */
export function pickDataset(config: Config, name: string): Dataset {
  const found = config.datasets.find((dataset) => dataset.name === name)
  if (found) return found
  const known = config.datasets.map((dataset) => dataset.name)
  const near = nearest(name, known)
  throw new UsageError(
    `there is no dataset ${name}${near ? `; did you mean ${near}?` : `; there is ${known.join(', ')}`}`,
  )
}

/** `news` builds from the batches that are there; `news@3` makes sure that everything of that version is there. */
export function buildNamed(
  workspace: Workspace,
  config: Config,
  name: string,
  until: StageName = 'trainingSet',
): Promise<Built> {
  return onCorpus(workspace, () => buildByName(workspace, config, name, until))
}

async function buildByName(workspace: Workspace, config: Config, name: string, until: StageName): Promise<Built> {
  if (name.includes('@')) {
    const { db } = workspace.connection
    const dataset = name.slice(0, name.indexOf('@'))
    // Of a dataset that has no version yet the config knows more.
    if (!(await findVersion(db, dataset, 'latest'))) {
      pickDataset(config, dataset)
      throw new UsageError(`there is no version ${name}; build one with \`malmoi build ${dataset}\``)
    }
    return rebuild(workspace, workspace.stages, await resolveVersion(db, name))
  }
  const built = await build(workspace, workspace.stages, await recipeOf(workspace, pickDataset(config, name)), until)
  if (!built) throw new Error(`a build of ${name} until ${until} gives no version`)
  return built
}

/** A dataset from the batches that are there, as far as its config and `until` say; null where that is no version. */
export function runDataset(workspace: Workspace, dataset: Dataset, until: StageName): Promise<DatasetOutcome | null> {
  return onCorpus(workspace, () => runPlan(workspace, dataset, until))
}

async function runPlan(workspace: Workspace, dataset: Dataset, until: StageName): Promise<DatasetOutcome | null> {
  const { stages } = workspace
  const built = await build(workspace, stages, await recipeOf(workspace, dataset), until)
  if (!built) return null
  const outcome = {
    dataset: dataset.name,
    version: `${dataset.name}@${built.version.number}`,
    versionDigest: built.version.digest,
    tokenizer: built.tokenizer?.digest ?? null,
    shards: built.shards.map((shard) => shard.digest),
    trainingSet: built.trainingSet?.digest ?? null,
  }
  if (!dataset.train || !built.trainingSet || !reaches(until, 'train')) return outcome
  const checkpoint = await trainOn(stages, built, dataset.train, () => {})
  if (!reaches(until, 'evaluate')) return { ...outcome, checkpoint: checkpoint.digest }
  const evaluation = await evaluateOn(stages, checkpoint, built.trainingSet, dataset.train.threads)
  const bitsPerByte = numberOf(evaluation, 'bitsPerByte')
  return { ...outcome, checkpoint: checkpoint.digest, ...(bitsPerByte !== undefined && { bitsPerByte }) }
}
