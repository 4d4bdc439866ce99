/**
 * All rules in the order of deciding, which names the cause before the symptom: wrong decoding before the language that
 * it ruins, what a page sells before the repetition it sells by. The only place that knows every rule.
 */
import type { CleaningConfig } from '../pipeline/contract.ts'
import { c4Rules } from './filters/c4.ts'
import { duplicateLines } from './filters/duplicate-lines.ts'
import { koreanLineFrac, languageScore } from './filters/language.ts'
import { maxChars, minChars, minWords } from './filters/length.ts'
import { letterRatios } from './filters/letters.ts'
import { lineRules } from './filters/lines.ts'
import { machineTranslationScore } from './filters/machine-translation.ts'
import { mojibakeFrac } from './filters/mojibake.ts'
import { oldOrthographyScore } from './filters/old-orthography.ts'
import { repeatedNGrams } from './filters/repeated-n-grams.ts'
import { spamRules } from './filters/spam.ts'
import { alphaWordFrac, maxMeanWordChars, minMeanWordChars, stopWords, symbolWordRatio } from './filters/words.ts'
import { defaultPersonalData } from './pii/personal.ts'
import type { Rule } from './rule.ts'

export const RULES: readonly Rule[] = [
  minChars,
  maxChars,
  minWords,
  mojibakeFrac,
  languageScore,
  koreanLineFrac,
  ...letterRatios,
  ...spamRules,
  ...duplicateLines,
  ...repeatedNGrams,
  minMeanWordChars,
  maxMeanWordChars,
  alphaWordFrac,
  symbolWordRatio,
  stopWords,
  ...lineRules,
  ...c4Rules,
  machineTranslationScore,
  oldOrthographyScore,
]

/** Every rule at its default, for documents of the web. */
export const defaultCleaning: CleaningConfig = {
  rules: Object.fromEntries(RULES.map(({ name, threshold }) => [name, threshold])),
  boilerplate: true,
  personalData: { actions: defaultPersonalData.actions, placeholders: defaultPersonalData.placeholders, key: null },
}
