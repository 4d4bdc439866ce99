/** malmoi dedupe: which records are kept, and which kept one each of the others duplicates. */
import { streamDeduper } from '../dedupe/stream.ts'
import { identified, OUT, readRecords, writeAll } from './records.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[FILE] [--out FILE]',
  details: `
Reads JSON lines with a field text; the order of the lines is the rank. Writes each with kept, and where it is dropped
the id of the kept record it duplicates and the similarity. Records with kept: false are left out.

  malmoi clean pages.jsonl | malmoi dedupe --out corpus.jsonl`,
  options: { out: OUT },
  async run(call) {
    const decide = streamDeduper()
    async function* lines() {
      for await (const record of readRecords(call.positionals[0])) {
        const named = identified(record)
        yield JSON.stringify({ ...named, ...decide(named.id, named.text) })
      }
    }
    await writeAll(call.text('out'), lines())
  },
}
