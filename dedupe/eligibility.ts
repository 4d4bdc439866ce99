/** Which documents a dataset takes at all, by what their pages say: licence and date. Decided before any is compared. */

export interface Eligibility {
  /** Null where every licence will do. */
  readonly licences: readonly string[] | null
  /** Of a page that states none. */
  readonly sourceLicence: string
  /** First and last day, `YYYY-MM-DD`, both taken; null where there is no bound. */
  readonly since: string | null
  readonly until: string | null
  /** The day of a page that states none. */
  readonly night: string
}

/** What decides of a document: its licence and the day it was published, as stated. */
export interface Stated {
  readonly licence: string | null
  /** ISO 8601 date or date-time. */
  readonly published: string | null
}

/** Whether a dataset takes a document, duplicates and cleaning aside. */
export function isEligible({ licence, published }: Stated, rule: Eligibility): boolean {
  if (rule.licences !== null && !rule.licences.includes(licence ?? rule.sourceLicence)) return false
  const day = dayOf(published) ?? rule.night
  return (rule.since === null || day >= rule.since) && (rule.until === null || day <= rule.until)
}

/** The date that a stated time begins with; null where it is none of the calendar. */
function dayOf(published: string | null): string | null {
  const day = published?.slice(0, 10) ?? ''
  const date = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00Z`) : null
  return date !== null && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) ? day : null
}
