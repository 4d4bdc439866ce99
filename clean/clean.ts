/**
 * The verdict on one text: normalised, measured by every rule, and kept or rejected by the first rule it fails.
 * Rules only measure (filters/); every threshold is in the configuration. Knows texts, not documents or files.
 */
import type { CleaningConfig, Measures, Verdict } from '../pipeline/contract.ts'
import { duplicateLineShare } from './filters/duplicate-lines.ts'
import { hangulShare } from './filters/hangul-share.ts'
import { characters } from './filters/length.ts'
import { mojibakeShare } from './filters/mojibake.ts'
import { normalize } from './normalize.ts'

/** For documents of the web. Dialogue and reviews want a smaller minCharacters: half of them are under 30 characters. */
export const defaultCleaning: CleaningConfig = {
  minCharacters: 100,
  maxCharacters: 1_000_000,
  minHangulShare: 0.3,
  maxDuplicateLineShare: 0.3,
  maxMojibakeShare: 0.01,
}

interface Rule {
  /** The threshold it compares with: also its name in verdicts. */
  readonly name: keyof CleaningConfig
  readonly measure: string
  readonly side: 'least' | 'most'
}

/** In the order of deciding: mojibake before the share of Hangul, which it ruins, so that the reason is the cause. */
const RULES: readonly Rule[] = [
  { name: 'minCharacters', measure: 'characters', side: 'least' },
  { name: 'maxCharacters', measure: 'characters', side: 'most' },
  { name: 'maxMojibakeShare', measure: 'mojibakeShare', side: 'most' },
  { name: 'minHangulShare', measure: 'hangulShare', side: 'least' },
  { name: 'maxDuplicateLineShare', measure: 'duplicateLineShare', side: 'most' },
]

/** What cleaning decides of a text. All measures are taken whatever the verdict; a value at its threshold passes. */
export function cleanText(text: string, config: CleaningConfig): Verdict {
  const normal = normalize(text)
  const measures: Measures = {
    characters: characters(normal),
    mojibakeShare: mojibakeShare(text),
    hangulShare: hangulShare(normal),
    duplicateLineShare: duplicateLineShare(normal),
  }
  for (const { name, measure, side } of RULES) {
    const value = measures[measure]!
    const threshold = config[name]
    if (side === 'least' ? value < threshold : value > threshold) {
      return { kept: false, rule: name, value, threshold, measures }
    }
  }
  return { kept: true, text: normal, measures }
}
