/** malmoi clean: a verdict for every record. */

import { cleanText } from '../clean/clean.ts'
import { PERSONAL_KINDS } from '../clean/pii/personal.ts'
import { defaultCleaning, RULES } from '../clean/rules.ts'
import { type CleaningConfig, UsageError } from '../pipeline/contract.ts'
import { nearest } from '../store/nearest.ts'
import { identified, OUT, readRecords, writeAll } from './records.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[FILE] [--set RULE=VALUE,…] [--personal mask|drop|keep] [--keep-boilerplate] [--out FILE]',
  details: `
Reads JSON lines with a field text; writes each with kept, its measures, and either the clean text and where personal
data was masked in it, or the rule that rejects it with the measured value and the threshold. Other fields pass through;
records with kept: false are left out.

rules, with the least (>=) or most (<=) that passes, or off, where only the measure is taken:
${RULES.map(({ name, side, threshold, about }) => `  ${`${name} ${bound(side, threshold)}`.padEnd(32)}${about}`).join('\n')}

  malmoi extract *.html | malmoi clean > clean.jsonl
  malmoi clean reviews.jsonl.zst --set min_chars=20,stop_words=off --out clean.jsonl`,
  options: {
    out: OUT,
    set: { type: 'string', value: 'RULE=VALUE,…', about: 'other thresholds than the default' },
    personal: {
      type: 'string',
      value: 'ACTION',
      about: 'what becomes of personal data: mask (default), drop the record, keep',
    },
    'keep-boilerplate': { type: 'boolean', about: 'leave bylines and copyright lines of news in the text' },
  },
  async run(call) {
    const config: CleaningConfig = {
      rules: { ...defaultCleaning.rules, ...thresholds(call) },
      boilerplate: !call.flag('keep-boilerplate'),
      personalData: { ...defaultCleaning.personalData, actions: actions(call.text('personal') ?? 'mask') },
    }
    async function* lines() {
      for await (const record of readRecords(call.positionals[0])) {
        const { text, ...rest } = identified(record)
        yield JSON.stringify({ ...rest, ...cleanText(text, config) })
      }
    }
    await writeAll(call.text('out'), lines())
  },
}

/** The same action for every kind. Pseudonyms need a key, which a config has. */
function actions(action: string): CleaningConfig['personalData']['actions'] {
  if (action !== 'mask' && action !== 'drop' && action !== 'keep')
    throw new UsageError(`--personal ${action}: there is mask, drop, keep`)
  const { actions: defaults } = defaultCleaning.personalData
  return { ...defaults, ...Object.fromEntries(PERSONAL_KINDS.map((kind) => [kind, action])) }
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
