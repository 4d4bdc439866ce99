/**
 * Bank account numbers. Every bank groups its digits in its own way, so the form says nothing: only beside 계좌 or
 * the name of a bank is a number taken for one, and not where it is a date, an amount or a firm's number.
 */
import { labelAfter, labelBefore } from '../labels.ts'
import type { Range } from '../personal.ts'
import { digitsOf, isDate, isInCode, isPartOfFigure, standsAlone, weigh } from './digits.ts'

/** With hyphens, with spaces, or bare. A year or an amount behind a number with spaces is no group of it. */
const FORM = /\d{2,7}(?:( ?- ?|\.)\d{2,8}(?:\1\d{1,8}){0,3}|(?: \d{2,8}){1,4}(?![년월원만억]))(?!\d)|\d{10,16}(?!\d)/g
/** Names that are everyday words: a bank only right before the number. */
const BANK_RIGHT_BEFORE =
  /(?:국민|신한|우리|하나|기업|제일|외환|산업|대구|부산|광주|전북|경남|제주|씨티|카카오|토스|은행)\)? ?[:)]? ?$/
const BANK_RIGHT_AFTER = /^ ?\( ?(?:국민|신한|우리|하나|기업|제일|외환|대구|부산|광주|전북|경남|제주|카카오|토스)/
const AMOUNT_AFTER = /^ ?(?:원|만|억|달러|엔|위안|명|건|주|%)/
/** Toll-free; 15xx lines and their like are shorter than any account. */
const PUBLIC_LINE = /^080\D?\d{3,4}\D?\d{4}$/
const BUSINESS_WEIGHTS = [1, 3, 7, 1, 3, 7, 1, 3, 5]

export function findAccounts(text: string): readonly Range[] {
  const found: Range[] = []
  for (const match of text.matchAll(FORM)) {
    const range = { start: match.index, end: match.index + match[0].length }
    if (!standsAlone(text, range) || isInCode(text, range) || !isBesideBank(text, range)) continue
    if (isAccountNumber(text, range, match[0])) found.push(range)
  }
  return found
}

function isAccountNumber(text: string, range: Range, number: string): boolean {
  const digits = digitsOf(text, range)
  if (digits.length < 10 || digits.length > 16 || startsWithDate(number)) return false
  const isBare = digits.length === number.length
  if (isPartOfFigure(text, range) || (isBare && AMOUNT_AFTER.test(text.slice(range.end, range.end + 4)))) return false
  return !PUBLIC_LINE.test(number) && !isBusinessNumber(number, digits)
}

function isBesideBank(text: string, { start, end }: Range): boolean {
  if (text.slice(start, end).includes('-')) {
    if (BANK_RIGHT_BEFORE.test(text.slice(Math.max(0, start - 10), start))) return true
    if (BANK_RIGHT_AFTER.test(text.slice(end, end + 6))) return true
  }
  const before = labelBefore(text, start)
  if (before?.label === 'account') return true
  return !before?.direct && labelAfter(text, end) === 'account'
}

/** A date, a moment in fourteen digits, or a row of years. */
function startsWithDate(number: string): boolean {
  if (/^(?:(?:19|20)\d\d\D{0,3}){2,5}$/.test(number)) return true
  const date =
    /^((?:19|20)\d\d)[-. ]{1,3}(\d\d?)[-. ]{1,3}(\d\d?)(?!\d)/.exec(number) ??
    /^((?:19|20)\d\d)(\d\d)(\d\d)[0-2]\d[0-5]\d[0-5]\d$/.exec(number)
  return date !== null && isDate(Number(date[1]), Number(date[2]), Number(date[3]))
}

/** 3-2-5 with the check digit of business registration numbers (국세청), which are public. */
function isBusinessNumber(number: string, digits: string): boolean {
  if (!/^\d{3}\D{1,3}\d\d\D{1,3}\d{5}$/.test(number)) return false
  const sum = weigh(digits, BUSINESS_WEIGHTS) + Math.floor((Number(digits[8]) * 5) / 10)
  return (10 - (sum % 10)) % 10 === Number(digits[9])
}
