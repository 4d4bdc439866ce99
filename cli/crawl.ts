/** malmoi crawl: tonight's batches, nothing more. */
import { crawlDue, failuresError, nightOf, pickSources } from './plan-run.ts'
import { printTable } from './table.ts'
import { NIGHT, type Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[SOURCE…] [--night DATE]',
  details: `
Fetches what is due of the named sources (all by default), politely and incrementally, and freezes a batch for each.
A source that has its batch for the night is left alone; one that was cut off goes on where it was.

  malmoi crawl
  malmoi crawl hani --night 2026-11-02`,
  options: { night: NIGHT },
  async run(call) {
    const config = await call.config()
    const sources = pickSources(config, call.positionals)
    const night = nightOf(call, config)
    const crawled = await crawlDue(await call.open(), config, sources, night)
    if (call.json) call.emit({ batches: crawled.batches })
    else printTable(call, crawled.batches)
    const failure = failuresError(crawled)
    if (failure) throw failure
  },
}
