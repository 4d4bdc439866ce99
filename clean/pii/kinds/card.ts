/**
 * Payment card numbers: the groups of the brands, a leading digit in use (ISO/IEC 7812), Luhn's check. One number in ten
 * passes that check by chance, so bare digits also need a word that speaks of cards.
 */
import { isIntroducedAsOther, isLabelled, labelBefore } from '../labels.ts'
import type { Range } from '../personal.ts'
import { digitsOf, isInCode, passesLuhn, standsAlone } from './digits.ts'

/** 4-4-4-4 (and three more), American Express 4-6-5, Diners 4-6-4, or bare. */
const FORM = /\d{4}( ?[-.] ?| )(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{6}\1\d{4,5})(?!\d)|\d{14,16}(?!\d)/g
/** American Express, Diners, JCB, Visa, Mastercard, UnionPay and Maestro, and 9, the Korean domestic cards. */
const ISSUER = /^(?:3[4-8]|4|5[0-8]|2[2-7]|6|9)/

export function findCards(text: string): readonly Range[] {
  const found: Range[] = []
  for (const match of text.matchAll(FORM)) {
    const range = { start: match.index, end: match.index + match[0].length }
    if (!standsAlone(text, range) || isInCode(text, range)) continue
    const digits = digitsOf(text, range)
    if (!ISSUER.test(digits) || !passesLuhn(digits) || isIntroducedAsOther(text, range.start)) continue
    if (labelBefore(text, range.start)?.label === 'account') continue
    if (match[1] !== undefined || isLabelled(text, range, 'card')) found.push(range)
  }
  return found
}
