/**
 * When a schedule is due: occurrences of a cron expression in a time zone, over node-cron, and the spread of their
 * starts. Knows no clock of its own and starts nothing.
 */
import { createTask } from 'node-cron'
import { digestOf } from './digest.ts'
import type { Schedule } from './recipe.ts'

const MINUTE_MS = 60_000
/** A scheduler that was away for longer catches up with the first occurrence it missed. */
const LONGEST_SEARCH_MS = 45 * 24 * 60 * MINUTE_MS

/** The next time a schedule is due. */
export function nextOccurrence(cron: string, timeZone: string): Date {
  const task = createTask(cron, () => {}, { timezone: timeZone })
  // It knows its next time only while it runs.
  void task.start()
  const next = task.getNextRun()
  void task.destroy()
  if (next === null) throw new Error(`cron expression ${cron} is never due`)
  return next
}

/** The last time a schedule was due from `since` (when it was known to be due) until `now`. */
export function lastOccurrence(cron: string, timeZone: string, since: Date, now: Date): Date {
  const task = createTask(cron, () => {}, { timezone: timeZone })
  const earliest = Math.max(since.getTime(), now.getTime() - LONGEST_SEARCH_MS)
  // A minute that is due is due at one of its seconds, the first unless the expression names seconds.
  const second = since.getTime() % MINUTE_MS
  for (let at = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS + second; at >= earliest; at -= MINUTE_MS)
    if (at <= now.getTime() && task.match(new Date(at))) return new Date(at)
  return since
}

/** Milliseconds by which a night's start is put off: the same for the same schedule and night, on every machine. */
export function jitterOf({ name, jitterMinutes }: Schedule, night: string): number {
  const share = Number.parseInt(digestOf('jitter', name, night).slice(0, 8), 16) / 2 ** 32
  return Math.floor(share * jitterMinutes * MINUTE_MS)
}
