/** malmoi run: the whole plan, as far as the config says or as the target says. */
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { reaches } from '../pipeline/plan.ts'
import type { Dataset } from '../pipeline/recipe.ts'
import { STAGES } from '../pipeline/stage.ts'
import { nearest } from '../store/nearest.ts'
import { crawlDue, type DatasetOutcome, failuresError, nightOf, runDataset } from './plan-run.ts'
import { noteMarks, noteTakenDown } from './takedown-notes.ts'
import { NIGHT, type Verb, WORKERS } from './verb.ts'

export const verb: Verb = {
  usage: '[DATASET | STAGE] [--night DATE] [--workers N]',
  details: `
Crawls every source that has no batch for the night yet, then rebuilds what depends on something new: extract, clean,
dedupe, snapshot, tokenizer, shards, trainingSet, and train and evaluate for datasets with a \`train\` section.
What is done is skipped, what was cut off goes on. A second run the same night executes nothing.

  malmoi run                      everything
  malmoi run news                 only the dataset news
  malmoi run snapshot             no further than new versions
  malmoi run --night 2026-11-02   as if it were that night`,
  options: { night: NIGHT, workers: WORKERS },
  async run(call) {
    const config = await call.config()
    const night = nightOf(call, config)
    const { until, datasets } = target(call.positionals, config.datasets)
    const workspace = await call.open()
    const used = config.sources.filter((source) => datasets.some((dataset) => dataset.sources.includes(source.name)))
    const crawled = await crawlDue(workspace, config, used, night)
    const failure = failuresError(crawled)
    const outcomes: DatasetOutcome[] = []
    if (reaches(until, 'extract')) {
      for (const dataset of datasets) {
        const outcome = await runDataset(workspace, dataset, until).catch((error: unknown) => {
          // With a source down there may be nothing to build from; the source is then the thing to name.
          if (failure && error instanceof FailedError) throw failure
          throw error
        })
        if (!outcome) continue
        outcomes.push(outcome)
        if (outcome.checkpoint === undefined) continue
        await noteTakenDown(call, workspace.connection.db, outcome.version)
        await noteMarks(call, workspace.connection.db, outcome.checkpoint)
      }
    }
    const executed = [...crawled.executed, ...workspace.stages.executed]
    const skipped = crawled.skipped + workspace.stages.skipped()
    const [first] = outcomes
    if (call.json) {
      const { dataset: _, ...main } = first ?? { dataset: null, version: null, trainingSet: null }
      call.emit({ executed, skipped, ...main, datasets: outcomes })
    } else {
      call.print(`night ${night}: ${executed.length} executed, ${skipped} skipped`)
      for (const outcome of outcomes) call.print(describe(outcome))
    }
    if (failure) throw failure
  },
}

function target(positionals: readonly string[], datasets: readonly Dataset[]) {
  const [name, ...more] = positionals
  if (more.length > 0) throw new UsageError(`malmoi run takes one target, not ${positionals.length}`)
  if (name === undefined) return { until: 'evaluate' as const, datasets }
  const stage = STAGES.find((each) => each === name)
  if (stage) return { until: stage, datasets }
  const chosen = datasets.filter((dataset) => dataset.name === name)
  if (chosen.length > 0) return { until: 'evaluate' as const, datasets: chosen }
  const known = [...datasets.map((dataset) => dataset.name), ...STAGES]
  const near = nearest(name, known)
  throw new UsageError(
    `there is no dataset or stage ${name}${near ? `; did you mean ${near}?` : `; there is ${known.join(', ')}`}`,
  )
}

function describe(outcome: DatasetOutcome): string {
  const short = (digest: string | null) => digest?.slice(0, 12) ?? '–'
  return [
    `${outcome.version}  ${short(outcome.versionDigest)}`,
    outcome.trainingSet ? `training set ${short(outcome.trainingSet)}` : null,
    outcome.checkpoint ? `checkpoint ${short(outcome.checkpoint)}` : null,
    outcome.bitsPerByte !== undefined ? `${outcome.bitsPerByte.toFixed(3)} bits per byte` : null,
  ]
    .filter((part) => part !== null)
    .join('  ')
}
