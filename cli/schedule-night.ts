/** One night of a schedule: its sources crawled, then the plan down to what the schedule says. */
import { FailedError } from '../pipeline/contract.ts'
import { reaches } from '../pipeline/plan.ts'
import type { Config, Schedule } from '../pipeline/recipe.ts'
import { type Cause, workNight } from '../store/schedules.ts'
import { type Crawled, crawlDue, type DatasetOutcome, failuresError, runDataset } from './plan-run.ts'
import type { Workspace } from './workspace.ts'

export interface NightOutcome {
  readonly schedule: string
  readonly night: string
  /** False where another process works on it, or it is over. */
  readonly worked: boolean
  readonly batches: Crawled['batches']
  readonly datasets: readonly DatasetOutcome[]
}

const UNTIL = { crawl: 'crawl', build: 'trainingSet', train: 'evaluate' } as const

/**
 * Works on the night of a schedule; `onStarted` is called once it is ours. A source that fails wholly does not keep the others from their versions; it is
 * thrown at the end.
 */
export async function runNight(
  workspace: Workspace,
  config: Config,
  schedule: Schedule,
  night: string,
  cause: Cause,
  onStarted: () => void = () => {},
): Promise<NightOutcome> {
  const { connection, signal } = workspace
  const sources = config.sources.filter(({ name }) => schedule.sources.includes(name))
  const datasets: DatasetOutcome[] = []
  let batches: Crawled['batches'] = []
  const again = cause === 'by hand'
  const worked = await workNight(connection, { name: schedule.name, night, cause, again, signal }, async () => {
    onStarted()
    const crawled = await crawlDue(workspace, config, sources, night)
    batches = crawled.batches
    const until = UNTIL[schedule.then]
    const failure = failuresError(crawled)
    const fed = config.datasets.filter((dataset) => dataset.sources.some((name) => schedule.sources.includes(name)))
    for (const dataset of reaches(until, 'extract') ? fed : []) {
      const outcome = await runDataset(workspace, dataset, until).catch((error: unknown) => {
        // With a source down there may be nothing to build from; the source is then the thing to name.
        if (failure && error instanceof FailedError) throw failure
        throw error
      })
      if (outcome) datasets.push(outcome)
    }
    if (failure) throw failure
  })
  return { schedule: schedule.name, night, worked, batches, datasets }
}
