/**
 * When a page is visited again: the interval grows while it stays as it is, shrinks when it changes, and stays within
 * the source's bounds. Intervals are in nights and need not be whole; a page is due when its nights are full.
 */

export interface Bounds {
  readonly minNights: number
  readonly maxNights: number
}

/** How an answer bears on the next visit. */
export type Visit =
  | 'new'
  | 'changed'
  | 'unchanged'
  /** Not there, or no longer: it may come back. */
  | 'absent'
  /** Not allowed or not wanted. */
  | 'refused'
  | 'failed'
  /** A listing: due every night. */
  | 'listing'

/** Gentle enough that a page is looked at on three nights running before one is left out. */
const growth = 1.5
const backOff = 2

/** Nights until the next visit, from the interval before (0 on the first visit). */
export function nextVisit(visit: Visit, before: number, { minNights, maxNights }: Bounds): number {
  const last = Math.max(before, minNights)
  const within = (nights: number) => Math.min(maxNights, Math.max(minNights, nights))
  switch (visit) {
    case 'listing':
      return 1
    case 'new':
      return minNights
    case 'changed':
      return within(last / backOff)
    case 'unchanged':
    case 'refused':
      return within(last * growth)
    case 'absent':
      return within(last * backOff)
    case 'failed':
      return before === 0 ? minNights : within(last * growth)
  }
}
