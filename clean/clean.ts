/**
 * The verdict on one text: normalised, the head and tail of news cut, measured by every rule, and kept or rejected by
 * the first rule it fails. Every threshold is in the configuration. Knows texts, not documents or files.
 */
import type { CleaningConfig, Measures, Verdict } from '../pipeline/contract.ts'
import { type Cut, cutBoilerplate } from './boilerplate/news.ts'
import { judge } from './judge.ts'
import { normalize } from './normalize.ts'
import { type Prepared, prepare } from './prepared.ts'
import { RULES } from './rules.ts'

/** Measures keep four decimals, so that what is stored is what was decided by. */
const DECIMALS = 10_000

/** What cleaning decides of a text. All measures are taken whatever the verdict. */
export function cleanText(text: string, config: CleaningConfig): Verdict {
  const normal = normalize(text)
  const cut: Cut = config.boilerplate ? cutBoilerplate(normal) : { text: normal, headChars: 0, tailChars: 0 }
  const measures: Measures = {
    ...measure(prepare(text, cut.text)),
    head_cut_chars: cut.headChars,
    tail_cut_chars: cut.tailChars,
  }
  const failed = judge(measures, config.rules)
  return failed ? { kept: false, ...failed, measures } : { kept: true, text: cut.text, measures }
}

/** Every measure of every rule. @throws Error where a rule gives no finite number, which would be a mistake of ours. */
function measure(text: Prepared): Measures {
  const measures: Record<string, number> = {}
  for (const { measure, value } of RULES) {
    if (measures[measure] !== undefined) continue
    const exact = value(text)
    if (!Number.isFinite(exact)) throw new Error(`${measure} is ${exact}`)
    measures[measure] = Math.round(exact * DECIMALS) / DECIMALS
  }
  return measures
}
