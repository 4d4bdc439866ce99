/** What numbers of several kinds share: where a number ends, check digits, dates. Knows no kind. */
import type { Range } from '../personal.ts'

/** The digits of a written number. */
export function digitsOf(text: string, { start, end }: Range): string {
  return text.slice(start, end).replace(/\D/g, '')
}

/** Whether no further digit touches the range, directly or over a hyphen or underscore. */
export function standsAlone(text: string, { start, end }: Range): boolean {
  if (isDigit(text, start - 1) || isDigit(text, end)) return false
  return !(isJoint(text[start - 1]) && isDigit(text, start - 2)) && !(isJoint(text[end]) && isDigit(text, end + 1))
}

/** Whether it's part of a longer name in Latin letters: A01012345678, SN-4111…. */
export function isInCode(text: string, { start, end }: Range): boolean {
  return /[a-z_]-?$/i.test(text.slice(Math.max(0, start - 2), start)) || /[a-z_]/i.test(text[end] ?? '')
}

/** Whether it goes on over a point or comma: a fraction, a grouped integer, a list of figures without spaces. */
export function isPartOfFigure(text: string, { start, end }: Range): boolean {
  return /\d[.,]$/.test(text.slice(Math.max(0, start - 2), start)) || /^[.,]\d/.test(text.slice(end, end + 2))
}

export function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

function isJoint(character: string | undefined): boolean {
  return character === '-' || character === '_'
}

/** Luhn's check (ISO/IEC 7812-1, annex B). */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)
  }
  return sum % 10 === 0
}

/** Sum of digits times weights, as check digits of Korean numbers are made of. */
export function weigh(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0)
}

/** Whether the day exists in the Gregorian calendar. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31)
}
