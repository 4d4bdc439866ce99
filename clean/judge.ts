/** The decision, from measures alone: so another threshold needs no second look at the text. */
import type { CleaningConfig, Measures } from '../pipeline/contract.ts'
import { RULES } from './rules.ts'

/** The rule that rejects, what it measured, and the threshold it compared with. */
export interface Judgement {
  readonly rule: string
  readonly value: number
  readonly threshold: number
}

/**
 * The first rule, in the order of RULES, whose threshold the measures fail; null where they pass all. A rule without a
 * threshold, by null or by absence, decides nothing; a value at its threshold passes.
 * @throws Error where a measure that is decided by was not taken.
 */
export function judge(measures: Measures, thresholds: CleaningConfig['rules']): Judgement | null {
  for (const { name, measure, side } of RULES) {
    const threshold = thresholds[name] ?? null
    if (threshold === null) continue
    const value = measures[measure]
    if (value === undefined) throw new Error(`${name} needs the measure ${measure}, which was not taken`)
    if (side === 'least' ? value < threshold : value > threshold) return { rule: name, value, threshold }
  }
  return null
}
