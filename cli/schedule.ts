/**
 * malmoi schedule: the scheduler. It waits for the schedules of the config and works on their nights, one night of a
 * schedule at a time; what was missed while no scheduler ran is caught up once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createTask, type ScheduledTask } from 'node-cron'
import PQueue from 'p-queue'
import { UsageError } from '../pipeline/contract.ts'
import { nightAt } from '../pipeline/night.ts'
import type { Config, Schedule } from '../pipeline/recipe.ts'
import { jitterOf, lastOccurrence, nextOccurrence } from '../pipeline/schedule.ts'
import { type Cause, rememberedNext, rememberNext, unfinishedNights } from '../store/schedules.ts'
import { createReporter } from './report.ts'
import { runNight } from './schedule-night.ts'
import type { Call, Verb } from './verb.ts'
import { duration } from './words.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

export const verb: Verb = {
  usage: '',
  details: `
Runs until it is stopped, and crawls, builds and trains when the config says: \`schedule\` entries, and sources with a
\`schedule\` of their own. A night of a schedule begins once, however many schedulers run on however many machines; two
nights of one schedule never overlap. A night that was missed while no scheduler ran is caught up once; one that was cut
off is gone on with. Times are in the config's time zone (Asia/Seoul unless it says otherwise).

  malmoi schedule
  malmoi schedule list
  malmoi schedule run nightly`,
  options: {},
  async run(call) {
    const config = await call.config()
    if (config.schedule.length === 0)
      throw new UsageError(
        "malmoi.config.ts has no schedule: add schedule: [{ name: 'nightly', cron: '0 3 * * *' }], or a source's own",
      )
    const scheduler = createScheduler(call, config)
    for (const schedule of config.schedule) await scheduler.catchUp(schedule)
    const tasks = config.schedule.map(scheduler.start)
    await stopped(call.signal)
    for (const task of tasks) await task.destroy()
    await scheduler.settled()
  },
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
    // Nothing else may hold the process while it waits.
    const hold = setInterval(() => {}, 2 ** 30)
    signal.addEventListener('abort', () => clearInterval(hold), { once: true })
  })
}

function createScheduler(call: Call, { timeZone, schedule: schedules }: Config) {
  /** Opened for each piece of work: a database that is restarted between two nights is none of a scheduler's concern. */
  async function withWorkspace<Result>(work: (workspace: Workspace) => Promise<Result>): Promise<Result> {
    const reporter = createReporter(process.stderr)
    const workspace = await openWorkspace(call.folder, { workers: undefined, reporter, signal: call.signal })
    try {
      return await work(workspace)
    } finally {
      await workspace.close()
    }
  }

  /** A night at a time of each schedule; different schedules go on side by side. */
  const lines = new Map(schedules.map(({ name }) => [name, new PQueue({ concurrency: 1 })]))

  function tell(event: string, schedule: Schedule, fields: Readonly<Record<string, unknown>> = {}): void {
    if (call.signal.aborted) return
    const at = new Date().toISOString()
    if (call.json) call.emit({ at, event, schedule: schedule.name, ...fields })
    else call.print([at, schedule.name, event, ...Object.values(fields).filter((value) => value !== null)].join('  '))
  }

  async function remember(schedule: Schedule): Promise<void> {
    const next = nextOccurrence(schedule.cron, timeZone)
    await withWorkspace(({ connection }) => rememberNext(connection.db, schedule.name, schedule.cron, next))
    tell('next', schedule, { next: next.toISOString(), in: duration(next.getTime() - Date.now()) })
  }

  /** Puts a night in line; what goes wrong with it is told, and the scheduler goes on. */
  function enqueue(schedule: Schedule, night: string, cause: Cause): void {
    const line = lines.get(schedule.name)
    if (line === undefined || line.pending + line.size > 1) {
      tell('skipped', schedule, { night, why: 'a night of it is in line already' })
      return
    }
    void line.add(async () => {
      try {
        await work(schedule, night, cause)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        if (!call.signal.aborted) tell('failed', schedule, { night, error: message })
      }
    })
  }

  async function work(schedule: Schedule, night: string, cause: Cause): Promise<void> {
    const put = jitterOf(schedule, night)
    if (put > 0 && cause === 'scheduled') {
      tell('waiting', schedule, { night, for: duration(put) })
      await sleep(put, undefined, { signal: call.signal })
    }
    // Read anew: a config that was changed meanwhile counts from the next night on.
    const config = await call.config()
    const current = config.schedule.find(({ name }) => name === schedule.name) ?? schedule
    const outcome = await withWorkspace((workspace) =>
      runNight(workspace, config, current, night, cause, () => tell('started', schedule, { night, cause })),
    )
    if (!outcome.worked) tell('skipped', schedule, { night, why: 'it is over, or another scheduler works on it' })
    else tell('done', schedule, { night, versions: outcome.datasets.map(({ version }) => version).join(' ') || null })
  }

  return {
    /** What was cut off, and the last night that was missed. */
    async catchUp(schedule: Schedule): Promise<void> {
      const { unfinished, expected } = await withWorkspace(async ({ connection: { db } }) => ({
        unfinished: await unfinishedNights(db, schedule.name),
        expected: await rememberedNext(db, schedule.name, schedule.cron),
      }))
      for (const night of unfinished) enqueue(schedule, night, 'scheduled')
      const now = new Date()
      if (expected !== null && expected <= now) {
        const missed = lastOccurrence(schedule.cron, timeZone, expected, now)
        enqueue(schedule, nightAt(missed, timeZone), 'missed')
      }
      await remember(schedule)
    },

    start(schedule: Schedule): ScheduledTask {
      const due = (date: Date, cause: Cause): void => {
        enqueue(schedule, nightAt(date, timeZone), cause)
        void remember(schedule).catch((error: unknown) => tell('failed', schedule, { error: String(error) }))
      }
      const task = createTask(schedule.cron, ({ date }) => due(date, 'scheduled'), {
        timezone: timeZone,
        name: schedule.name,
        suppressMissedWarning: true,
      })
      // A machine that slept through the time hears of it when it wakes.
      task.on('execution:missed', ({ date }) => due(date, 'missed'))
      void task.start()
      return task
    },

    async settled(): Promise<void> {
      await Promise.all([...lines.values()].map((line) => line.onIdle()))
    },
  }
}
