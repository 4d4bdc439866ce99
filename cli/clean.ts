/** malmoi clean: a verdict for every record. */

import { cleanText, defaultCleaning } from '../clean/clean.ts'
import { UsageError } from '../pipeline/contract.ts'
import { nearest } from './nearest.ts'
import { identified, OUT, readRecords, writeAll } from './records.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[FILE] [--out FILE] [--set RULE=VALUE,…]',
  details: `
Reads JSON lines with a field text; writes each with kept, its measures, and either the clean text or the rule that
rejects it with the measured value and the threshold. Other fields pass through; records with kept: false are left out.

thresholds: ${Object.entries(defaultCleaning)
    .map(([rule, value]) => `${rule}=${value}`)
    .join(' ')}

  malmoi extract *.html | malmoi clean > clean.jsonl
  malmoi clean reviews.jsonl.zst --set minCharacters=20 --out clean.jsonl`,
  options: { out: OUT, set: { type: 'string', value: 'RULE=VALUE,…', about: 'other thresholds than the default' } },
  async run(call) {
    const config = { ...defaultCleaning, ...thresholds(call) }
    async function* lines() {
      for await (const record of readRecords(call.positionals[0])) {
        const { text, ...rest } = identified(record)
        yield JSON.stringify({ ...rest, ...cleanText(text, config) })
      }
    }
    await writeAll(call.text('out'), lines())
  },
}

function thresholds(call: Call): Record<string, number> {
  const known = Object.keys(defaultCleaning)
  return Object.fromEntries(
    (call.text('set')?.split(',') ?? []).map((pair) => {
      const [rule = '', value = ''] = pair.split('=')
      if (!known.includes(rule)) {
        const near = nearest(rule, known)
        throw new UsageError(
          `--set ${pair}: there is no threshold ${rule}${near ? `; did you mean ${near}?` : `; there is ${known.join(', ')}`}`,
        )
      }
      if (value === '' || !(Number(value) >= 0)) throw new UsageError(`--set ${pair}: give a number of at least 0`)
      return [rule, Number(value)]
    }),
  )
}
