/** Dates and times as a person writes them: checked here, so that the database meets none that it refuses. */
import { type RawBuilder, sql } from 'kysely'

const MOMENT =
  /^(\d{4}-\d\d-\d\d)(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/

/** Whether it is a day of the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return false
  const time = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/**
 * The moment that is written as `2026-11-01`, the beginning of that day, or as `2026-11-01T09:00[:30][Z|+09:00]`; in
 * `timeZone` where it names no offset. Null where it is neither.
 */
export function momentOf(text: string, timeZone: string): RawBuilder<Date> | null {
  const [, day = '', offset] = MOMENT.exec(text) ?? []
  if (!isDay(day)) return null
  return offset === undefined ? sql`${text}::timestamp at time zone ${timeZone}` : sql`${text}::timestamptz`
}

/** The beginning of the day after. */
export function dayAfter(day: string, timeZone: string): RawBuilder<Date> {
  return sql`(${day}::date + 1)::timestamp at time zone ${timeZone}`
}
