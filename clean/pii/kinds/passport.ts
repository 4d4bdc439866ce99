/**
 * Korean passport numbers: a letter of the passport's type and eight digits, since 2021 with a letter in the middle
 * (M123A4567), formerly two letters and seven digits. Codes look alike, so the word has to stand beside it.
 */
import { isLabelled } from '../labels.ts'
import type { Range } from '../personal.ts'

const FORM = /[MSRODG] ?(?:\d{4} ?\d{4}|\d{3} ?[A-Z] ?\d{4})(?![A-Z\d])|[A-Z]{2} ?\d{7}(?![A-Z\d])/gi

export function findPassports(text: string): readonly Range[] {
  const found: Range[] = []
  for (const match of text.matchAll(FORM)) {
    const range = { start: match.index, end: match.index + match[0].length }
    if (!/[A-Z\d-]/i.test(text[range.start - 1] ?? '') && isLabelled(text, range, 'passport')) found.push(range)
  }
  return found
}
