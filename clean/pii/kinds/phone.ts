/**
 * Telephone numbers of people: mobile, area, internet and relay numbers, with country code, or spelled out in Hangul.
 * Lines of firms (15xx, 16xx, 18xx, 080) and emergency numbers are public and have no form here.
 * Number plan: 전기통신번호관리세칙 (mobile 010–019, areas 02 and 031–064, internet 070, relay 050x).
 */
import { isIntroducedAsOther, isLabelled } from '../labels.ts'
import type { Range } from '../personal.ts'
import { isDigit, isInCode, isPartOfFigure, standsAlone } from './digits.ts'

/** Between groups: a mark, spaces, or both; texts set in columns have up to three spaces. */
const GAP = '(?: {0,3}[-.~/)_] {0,3}| {1,3})'
/** Further lines of the same subscriber: 02-123-4567~8. */
const LINES = '(?: ?~ ?\\d{1,4}(?!\\d))?'
const AREA_CODE = '(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\\d)'
const MOBILE = new RegExp(`01(?:0${GAP}?\\d{4}|[16-9]${GAP}?\\d{3,4})${GAP}?\\d{4}(?!\\d)${LINES}`, 'g')
const AREA = new RegExp(`0${AREA_CODE}${GAP}?\\d{3,4}${GAP}?\\d{4}(?!\\d)${LINES}`, 'g')
const INTERNATIONAL = new RegExp(
  `(?:\\+ ?|00)?82${GAP}?(?:\\(0\\) ?|0)?(?:1[016-9]|${AREA_CODE})${GAP}?\\d{3,4}${GAP}?\\d{4}(?!\\d)`,
  'g',
)
/** A firm's line dialled with an area code: 02-1588-0000. */
const PUBLIC_EXCHANGE = /^0\d{1,2}\D{1,7}1[568]\d\d\D/
const SPELLED_DIGIT = '[공영빵일이삼사오육륙칠팔구0-9oOl]'
const SPELLED = new RegExp(
  `[공영빵0oO][일1l][공영빵0oO일1l육륙칠팔구6-9](?:${GAP}|에 ?)?${SPELLED_DIGIT}{3,4}(?:${GAP}|에 ?)?${SPELLED_DIGIT}{4}(?!\\d)`,
  'g',
)

export function findPhones(text: string): readonly Range[] {
  return [
    ...matches(text, MOBILE, isMobile),
    ...matches(text, AREA, isAreaNumber),
    ...matches(text, INTERNATIONAL, isInternational),
    ...matches(text, SPELLED, isSpelled),
  ]
}

function matches(text: string, form: RegExp, holds: (text: string, range: Range, number: string) => boolean): Range[] {
  const found: Range[] = []
  for (const match of text.matchAll(form)) {
    const number = match[0]
    const end = match.index + number.length
    // (02)123-4567: the bracket that the number closes is part of it, unless another one closes it: (02)123-4567).
    const opened =
      text[match.index - 1] === '(' &&
      number.includes(')') &&
      !number.includes('(') &&
      (text[end] !== ')' || text[match.index - 2] === '(')
    const range = { start: opened ? match.index - 1 : match.index, end }
    if (standsAlone(text, range) && !isIntroducedAsOther(text, range.start) && holds(text, range, number)) {
      found.push(range)
    }
  }
  return found
}

/** 010 and eight digits say enough; the older prefixes without both gaps may begin an ISBN (019 8534531). */
function isMobile(text: string, range: Range, number: string): boolean {
  if (/^(?:010\d*\D|01\d\D+\d{3,4}\D+\d{4}(?!\d))/.test(number)) return true
  if (isInCode(text, range) || isPartOfFigure(text, range)) return isLabelled(text, range, 'phone')
  return number.startsWith('010') || isLabelled(text, range, 'phone')
}

/** Two hyphens, dots or a bracket write a telephone number; spaces and bare digits need a word that says so. */
function isAreaNumber(text: string, range: Range, number: string): boolean {
  if (text[range.end] === '호' || text[range.start - 1] === '제') return false
  if (PUBLIC_EXCHANGE.test(number)) return false
  if (isMarked(number) && !isInCode(text, range)) return true
  const bracketed = text[range.start - 1] === '(' && text[range.end] === ')'
  return bracketed || isLabelled(text, range, 'phone')
}

function isMarked(number: string): boolean {
  return /^\d+ {0,3}(?:-|\) {0,3}-?) {0,3}\d+ {0,3}[-)] {0,3}\d{4}|^\d{2,4}\.\d+\.\d{4}/.test(number)
}

function isInternational(text: string, range: Range, number: string): boolean {
  if (/^(?:\+|00)/.test(number)) return true
  if (isDigit(text, range.start - 1)) return false
  return /^82[-. )]{1,3}(?:\(0\) ?|0)?1[016-9][-. )]/.test(number) || isLabelled(text, range, 'phone')
}

/** All digits are the plain forms' affair; of letters that look like digits, most must still be digits. */
function isSpelled(text: string, range: Range, number: string): boolean {
  if (/^[\d\s\-.~/)_]+$/.test(number) || /[a-z\d]/i.test(text[range.start - 1] ?? '')) return false
  return number.replace(/[oOl\s\-.~/)_]/g, '').length >= 6
}
