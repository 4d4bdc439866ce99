/**
 * What a rule of cleaning is: a measure of a prepared text and the side on which a threshold bounds it. Each file of
 * filters/ exports its own; rules.ts puts them in order. A rule only measures: judge.ts decides.
 */
import type { Prepared } from './prepared.ts'

export interface Rule {
  /** Its name in verdicts and in the configuration. */
  readonly name: string
  /** The name of what it measures; two rules may bound one measure from both sides. */
  readonly measure: string
  /** Whether the threshold is the least or the most that passes. A value at the threshold passes. */
  readonly side: 'least' | 'most'
  /** The default: null decides nothing, the measure is taken all the same. */
  readonly threshold: number | null
  /** One line for a person: what is measured, in which unit. */
  readonly about: string
  /** A finite number; what has no value (a share of nothing) is 0. */
  readonly value: (text: Prepared) => number
}

/** A share, or 0 where there is nothing to share. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
