/** malmoi clean: a verdict for every record. */

import { cleanText } from '../clean/clean.ts'
import { defaultCleaning, RULES } from '../clean/rules.ts'
import { type CleaningConfig, UsageError } from '../pipeline/contract.ts'
import { nearest } from './nearest.ts'
import { identified, OUT, readRecords, writeAll } from './records.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[FILE] [--out FILE] [--set RULE=VALUE,…]',
  details: `
Reads JSON lines with a field text; writes each with kept, its measures, and either the clean text or the rule that
rejects it with the measured value and the threshold. Other fields pass through; records with kept: false are left out.

rules, with the least (>=) or most (<=) that passes, or off, where only the measure is taken:
${RULES.map(({ name, side, threshold, about }) => `  ${`${name} ${bound(side, threshold)}`.padEnd(32)}${about}`).join('\n')}

  malmoi extract *.html | malmoi clean > clean.jsonl
  malmoi clean reviews.jsonl.zst --set min_chars=20,stop_words=off --out clean.jsonl`,
  options: { out: OUT, set: { type: 'string', value: 'RULE=VALUE,…', about: 'other thresholds than the default' } },
  async run(call) {
    const config: CleaningConfig = { ...defaultCleaning, rules: { ...defaultCleaning.rules, ...thresholds(call) } }
    async function* lines() {
      for await (const record of readRecords(call.positionals[0])) {
        const { text, ...rest } = identified(record)
        yield JSON.stringify({ ...rest, ...cleanText(text, config) })
      }
    }
    await writeAll(call.text('out'), lines())
  },
}

function bound(side: 'least' | 'most', threshold: number | null): string {
  if (threshold === null) return 'off'
  return `${side === 'least' ? '>=' : '<='} ${threshold}`
}

function thresholds(call: Call): CleaningConfig['rules'] {
  const known = RULES.map(({ name }) => name)
  return Object.fromEntries(
    (call.text('set')?.split(',') ?? []).map((pair) => {
      const [rule = '', value = ''] = pair.split('=')
      if (!known.includes(rule)) {
        const near = nearest(rule, known)
        throw new UsageError(
          `--set ${pair}: there is no rule ${rule}${near ? `; did you mean ${near}?` : `; there is ${known.join(', ')}`}`,
        )
      }
      if (value === 'off') return [rule, null]
      if (value === '' || !(Number(value) >= 0))
        throw new UsageError(`--set ${pair}: give a number of at least 0, or off`)
      return [rule, Number(value)]
    }),
  )
}
