/** malmoi corpus what-if: what another threshold would do, from the ledger of verdicts. */
import { PERSONAL_KINDS } from '../clean/pii/personal.ts'
import { RULES } from '../clean/rules.ts'
import { type CleaningConfig, UsageError } from '../pipeline/contract.ts'
import { recordedRecipe } from '../pipeline/freeze.ts'
import { nearest } from '../store/nearest.ts'
import { type Bound, whatIf } from '../store/what-if.ts'
import { chosenVersion, VERSION_OPTIONS } from './query-options.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

const SAMPLES = 5
const PREVIEW = 80

export const verb: Verb = {
  usage: 'RULE=VALUE [--dataset NAME] [--version N] [--samples N]',
  details: `
Says how many documents of each source cleaning would accept if the rule had that threshold (or none: RULE=off), and
shows some that would come or go, nearest to the threshold. Nothing is measured again and nothing is changed.

\`lost\` and \`gained\` are what cleaning would decide otherwise; \`leaving\` are those lost that the version holds, so
that a rebuild removes just these for the rule. What of the gained is a copy, contaminated or beyond a cap is decided
after cleaning, and copies of what leaves take its place.

  malmoi corpus what-if dup_line_frac=.35
  malmoi corpus what-if min_chars=50 --dataset news --version 7 --samples 20`,
  options: {
    ...VERSION_OPTIONS,
    samples: { type: 'string', value: 'N', about: `documents to show of each change (default: ${SAMPLES})` },
  },
  async run(call) {
    const [given, ...more] = call.positionals
    if (!given || more.length > 0)
      throw new UsageError('malmoi corpus what-if takes one threshold: `dup_line_frac=.35`')
    const { rule, threshold } = parsed(given)
    const workspace = await call.open()
    const version = await chosenVersion(call, workspace)
    const { cleaning } = recordedRecipe(version)
    const bounds = boundsOf({ ...cleaning, rules: { ...cleaning.rules, [rule.name]: threshold } })
    const now = cleaning.rules[rule.name] ?? null
    const { sources, samples } = await whatIf(
      workspace.connection.db,
      version,
      { bounds, measure: rule.measure, threshold: threshold ?? now ?? 0 },
      call.count('samples') ?? SAMPLES,
    )
    const of = `${version.dataset}@${version.number}`
    if (call.json) {
      for (const source of sources) call.emit({ version: of, rule: rule.name, now, then: threshold, ...source })
      for (const sample of samples) call.emit({ sample })
      return
    }
    call.print(`${of}: ${rule.name} ${now ?? 'off'} → ${threshold ?? 'off'}`)
    printTable(call, sources)
    if (samples.length > 0) call.print('')
    printTable(
      call,
      samples.map(({ text, ...sample }) => ({
        ...sample,
        text: text?.replaceAll(/\s+/g, ' ').slice(0, PREVIEW) ?? null,
      })),
    )
  },
}

/** All that a text has to pass: every rule, and no personal data for whose sake a document goes. */
function boundsOf({ rules, personalData }: CleaningConfig): readonly Bound[] {
  const limits = RULES.flatMap(({ name, measure, side }): readonly Bound[] => {
    const limit = rules[name] ?? null
    return limit === null ? [] : [{ measure, side, threshold: limit }]
  })
  const dropped = PERSONAL_KINDS.filter((kind) => personalData.actions[kind] === 'drop')
  return [...limits, ...dropped.map((kind) => ({ measure: `pii_${kind}`, side: 'most' as const, threshold: 0 }))]
}

function parsed(given: string): { rule: (typeof RULES)[number]; threshold: number | null } {
  const [name = '', value = ''] = given.split('=')
  const rule = RULES.find((each) => each.name === name)
  if (!rule) {
    const names = RULES.map((each) => each.name)
    const near = nearest(name, names)
    throw new UsageError(
      `there is no rule ${name}${near ? `; did you mean ${near}?` : `; there is ${names.join(', ')}`}`,
    )
  }
  if (value === 'off') return { rule, threshold: null }
  if (value.trim() === '' || !Number.isFinite(Number(value)))
    throw new UsageError(`${given}: give a number, or \`off\`: ${name}=.35`)
  return { rule, threshold: Number(value) }
}
