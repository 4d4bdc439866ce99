/** malmoi doctor: what is there, what is missing, how to get it. Changes nothing. */
import { FailedError } from '../pipeline/contract.ts'
import type { Config } from '../pipeline/recipe.ts'
import { type Check, clockCheck, databaseCheck, diskCheck, networkChecks, nodeCheck } from './doctor-checks.ts'
import { engineChecks } from './doctor-engines.ts'
import { printTable } from './table.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[--offline]',
  details: `
Looks at Node, the config, the database, the disk, the hosts of the sources (their robots.txt is asked for, politely),
the clock, and the engines for training. Exit code 1 where something that is needed is missing.

  malmoi doctor
  malmoi doctor --offline --json`,
  options: { offline: { type: 'boolean', about: 'ask no host' } },
  async run(call) {
    const checks: Check[] = [nodeCheck()]
    const config = await checkConfig(call, checks)
    const { check, workspace } = await databaseCheck(call)
    checks.push(check, diskCheck(call.folder))
    const dates: Date[] = []
    if (workspace !== null && config !== null && !call.flag('offline'))
      checks.push(...(await networkChecks(workspace, config, (date) => dates.push(date))))
    checks.push(await clockCheck(workspace, dates), ...(await engineChecks(call.folder)))
    const missing = checks.filter(({ state }) => state === 'missing')
    if (call.json) call.emit({ ok: missing.length === 0, checks })
    else
      printTable(
        call,
        checks.map(({ state, ...check }) => ({ '': MARKS[state], ...check })),
      )
    if (missing.length > 0)
      throw new FailedError(
        `${missing.map(({ what, found }) => `${what}: ${found}`).join('; ')}`,
        missing[0]?.remedy ?? undefined,
      )
  },
}

const MARKS = { ok: '✓', absent: '–', warning: '!', missing: '✗' } as const

async function checkConfig(call: Call, checks: Check[]): Promise<Config | null> {
  try {
    const config = await call.config()
    const found = `${config.sources.length} sources, ${config.datasets.length} datasets, ${config.schedule.length} schedules`
    checks.push({ what: 'config', state: 'ok', found, remedy: null })
    return config
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    checks.push({ what: 'config', state: 'warning', found, remedy: 'malmoi init writes one to start from' })
    return null
  }
}
