/**
 * Resident and foreigner registration numbers: a birth date that exists and a seventh digit of 1–8. The check digit is
 * no condition, as numbers given since October 2020 have none (주민등록법 시행규칙 별지); it only helps bare digits.
 */
import { isIntroducedAsOther, isLabelled, labelAfter, labelBefore } from '../labels.ts'
import type { Range } from '../personal.ts'
import { digitsOf, isDate, isInCode, isPartOfFigure, standsAlone, weigh } from './digits.ts'

const FORM = /\d{6}(?: ?[-~.] ?| )?[1-8]\d{6}(?!\d)/g
/** Weights of the check digit of residents; of foreigners' numbers it is the same shifted by two. */
const WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
const COMPANY = /법인|㈜|\(주\)|주식회사|등기/

export function findResidentRegistrations(text: string): readonly Range[] {
  const found: Range[] = []
  for (const match of text.matchAll(FORM)) {
    const range = { start: match.index, end: match.index + match[0].length }
    if (standsAlone(text, range) && isResident(text, range, match[0])) found.push(range)
  }
  return found
}

function isResident(text: string, range: Range, number: string): boolean {
  const digits = digitsOf(text, range)
  if (!isBirthDate(digits)) return false
  if (isLabelled(text, range, 'resident_registration')) return true
  if (isIntroducedAsOther(text, range.start) || isInCode(text, range) || isCompany(text, range)) return false
  if (number.includes('-')) return true
  if (labelBefore(text, range.start)?.direct || labelAfter(text, range.end) !== null) return false
  return hasCheckDigit(digits) && !isTimestamp(digits) && !isPartOfFigure(text, range)
}

/** Milliseconds since 1970, from 2014 to 2033. */
function isTimestamp(digits: string): boolean {
  return /^1[4-9]/.test(digits)
}

/** Corporate numbers have the same form; "법인등록번호" and the like stand before them. */
function isCompany(text: string, { start }: Range): boolean {
  const before = labelBefore(text, start)
  return before?.label === 'other' && COMPANY.test(text.slice(Math.max(0, start - 40), start))
}

/** Seventh digit: 1, 2 Koreans and 5, 6 foreigners born in the 1900s; 3, 4 and 7, 8 in the 2000s. */
function isBirthDate(digits: string): boolean {
  const century = '1256'.includes(digits[6]!) ? 1900 : 2000
  return isDate(century + Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(4, 6)))
}

function hasCheckDigit(digits: string): boolean {
  const offset = Number(digits[6]) >= 5 ? 13 : 11
  return (offset - (weigh(digits, WEIGHTS) % 11)) % 10 === Number(digits[12])
}
