/** malmoi schedule run: a night of a schedule now, as its time would begin it. */
import { UsageError } from '../pipeline/contract.ts'
import { nearest } from '../store/nearest.ts'
import { nightOf } from './plan-run.ts'
import { runNight } from './schedule-night.ts'
import { printTable } from './table.ts'
import { NIGHT, type Verb, WORKERS } from './verb.ts'

export const verb: Verb = {
  usage: 'NAME [--night DATE]',
  details: `
Crawls the sources of the schedule that have no batch for the night yet, then goes as far as its \`then\` says: crawl,
build or train. Not while another process works on it.

  malmoi schedule run nightly`,
  options: { night: NIGHT, workers: WORKERS },
  async run(call) {
    const [name, ...more] = call.positionals
    const config = await call.config()
    const names = config.schedule.map((schedule) => schedule.name)
    const there = names.length === 0 ? 'the config has none' : `there is ${names.join(', ')}`
    if (!name || more.length > 0) throw new UsageError(`malmoi schedule run takes one schedule; ${there}`)
    const schedule = config.schedule.find((each) => each.name === name)
    if (!schedule) {
      const near = nearest(name, names)
      throw new UsageError(`there is no schedule ${name}; ${near ? `did you mean ${near}?` : there}`)
    }
    const outcome = await runNight(await call.open(), config, schedule, nightOf(call, config), 'by hand')
    if (call.json) call.emit(outcome)
    else if (!outcome.worked) call.print(`${name} is being worked on by another process`)
    else {
      printTable(call, outcome.batches)
      for (const { version } of outcome.datasets) call.print(version)
    }
  },
}
