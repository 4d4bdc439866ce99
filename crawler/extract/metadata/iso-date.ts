/**
 * Dates as pages write them, Korean first, to ISO 8601: with the precision and zone they state, none added. Which date of
 * a page is believed is dates.ts's.
 */

/** Year, month, day; then perhaps a weekday, hour, minute, second and zone. */
const NUMERIC = String.raw`(?<year>\d{4})[-./년]? ?(?<month>\d{1,2})[-./월]? ?(?<day>\d{1,2})[일.]?(?: ?\([^)]{1,3}\))?`
const CLOCK = String.raw`(?:,?[T ] ?(?<half>오전|오후|am|pm)? ?(?<hour>\d{1,2})[:시] ?(?<minute>\d{2})분?(?::?(?<second>\d{2})(?!\d))?(?:\.\d{1,9})? ?(?<late>am|pm)? ?(?<zone>Z|GMT|UTC|[+-]\d{2}:?\d{2})?|T(?<hour2>\d{2})(?<minute2>\d{2}))?`
const LABEL = '(?:[가-힣]{1,6}[ :：|]{0,3}){0,2}'
const DATE = new RegExp(`^${LABEL}${NUMERIC}${CLOCK}`, 'i')
/** November 19, 2019 and Tue, 19 Nov 2019 10:00:00 GMT (RFC 5322). */
const MONTH = '(?<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?'
const MONTH_FIRST = new RegExp(`^${MONTH} (?<day>\\d{1,2})(?:st|nd|rd|th)?,? (?<year>\\d{4})${CLOCK}`, 'i')
const DAY_FIRST = new RegExp(
  `^(?:[a-z]{3,9},? )?(?<day>\\d{1,2})(?:st|nd|rd|th)?[ -]${MONTH}[ -](?<year>\\d{4})${CLOCK}`,
  'i',
)
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
/** What is read of a text that is said to be a date. */
const LONGEST_DATE = 120

type Parts = Readonly<Record<string, string | undefined>>

/** ISO 8601 of a text that begins with a date, after a label such as 입력 at most; null where it does not. */
export function isoDate(text: string): string | null {
  const line = text.slice(0, LONGEST_DATE).replace(/\s+/g, ' ').trim()
  const parts: Parts | undefined = (line.match(DATE) ?? line.match(MONTH_FIRST) ?? line.match(DAY_FIRST))?.groups
  if (parts === undefined) return null
  const month = parts.name === undefined ? Number(parts.month) : MONTHS.indexOf(parts.name.toLowerCase()) + 1
  const [year, day] = [Number(parts.year), Number(parts.day)]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  const date = `${parts.year}-${twoDigits(month)}-${twoDigits(day)}`
  return `${date}${timeOf(parts)}`
}

/** `T09:05:00+09:00`; empty where no time, or an impossible one, is written. */
function timeOf(parts: Parts): string {
  const written = parts.hour ?? parts.hour2
  const minute = parts.minute ?? parts.minute2
  if (written === undefined || minute === undefined) return ''
  const half = (parts.half ?? parts.late)?.toLowerCase()
  let hour = Number(written)
  if ((half === '오후' || half === 'pm') && hour < 12) hour += 12
  if ((half === '오전' || half === 'am') && hour === 12) hour = 0
  const second = parts.second ?? '00'
  if (hour > 23 || Number(minute) > 59 || Number(second) > 59) return ''
  return `T${twoDigits(hour)}:${minute}:${second}${zoneOf(parts.zone)}`
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined) return ''
  return /^[+-]/.test(zone) ? zone.replace(/^(...)(\d\d)$/, '$1:$2') : 'Z'
}

/** Days of a month of the Gregorian calendar. */
function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
