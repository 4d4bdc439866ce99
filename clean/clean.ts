/**
 * The verdict on one text: repaired, normalised, the head and tail of news cut, measured by every rule, and kept without
 * its personal data or rejected by the first rule it fails. Every threshold is in the configuration. Knows texts, not
 * documents or files.
 */
import type { CleaningConfig, Measures, PersonalSpan, Verdict } from '../pipeline/contract.ts'
import { type Cut, cutBoilerplate } from './boilerplate/news.ts'
import { type Judgement, judge } from './judge.ts'
import { normalize } from './normalize.ts'
import { PERSONAL_KINDS } from './pii/personal.ts'
import { type Redacted, redact } from './pii/redact.ts'
import { type Prepared, prepare } from './prepared.ts'
import { repairText } from './repair/repair.ts'
import { RULES } from './rules.ts'

/** Measures keep four decimals, so that what is stored is what was decided by. */
const DECIMALS = 10_000

/**
 * What cleaning decides of a text. All measures are taken whatever the verdict. `secret` is the key of pseudonyms, whose
 * digest the configuration names. @throws UsageError where the configuration wants pseudonyms and there is no key.
 */
export function cleanText(text: string, config: CleaningConfig, secret: string | null = null): Verdict {
  const repaired = repairText(text)
  const normal = normalize(repaired)
  const cut: Cut = config.boilerplate ? cutBoilerplate(normal) : { text: normal, headChars: 0, tailChars: 0 }
  const redacted = redact(cut.text, { ...config.personalData, secret })
  const measures: Measures = {
    ...measure(prepare(repaired, cut.text)),
    head_cut_chars: cut.headChars,
    tail_cut_chars: cut.tailChars,
    ...countKinds(redacted.spans),
  }
  const failed = judge(measures, config.rules) ?? dropped(redacted, measures)
  return failed
    ? { kept: false, ...failed, measures }
    : { kept: true, text: redacted.text, personal: redacted.spans, measures }
}

/** The names of all measures that a verdict carries. */
export const MEASURES: readonly string[] = [
  ...new Set(RULES.map(({ measure }) => measure)),
  'head_cut_chars',
  'tail_cut_chars',
  ...PERSONAL_KINDS.map((kind) => `pii_${kind}`),
]

/** `pii_phone` and so on: how many values of each kind were removed. */
function countKinds(spans: readonly PersonalSpan[]): Measures {
  const counts = Object.fromEntries(PERSONAL_KINDS.map((kind) => [`pii_${kind}`, 0]))
  for (const { kind } of spans) counts[`pii_${kind}`] = (counts[`pii_${kind}`] ?? 0) + 1
  return counts
}

/** A kind of personal data for whose sake the whole document goes rejects like a rule that allows none of it. */
function dropped({ drop }: Redacted, measures: Measures): Judgement | null {
  return drop === null ? null : { rule: `pii_${drop}`, value: measures[`pii_${drop}`] ?? 0, threshold: 0 }
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
