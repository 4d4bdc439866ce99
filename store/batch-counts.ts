/**
 * What the outcomes of a night come to, by host and by reason: how each counts, and the sums that are kept while the
 * night goes on, so that nothing has to be counted anew.
 */
import { type Kysely, sql } from 'kysely'
import type { CapturedOutcome, CaptureState, FrontierEntry, Outcome } from '../pipeline/crawl-contract.ts'
import type { OpenBatch } from './batches.ts'
import { jsonRows } from './json-rows.ts'
import type { Database, HostCounter } from './schema.ts'

export type SettledState = CaptureState | 'refused' | 'failed'

/** A settled entry and what it counts as. */
export interface Counted {
  readonly entry: FrontierEntry
  readonly outcome: Outcome
  readonly state: SettledState
}

const LONGEST_REASON = 300

const NOTHING: Readonly<Record<HostCounter, number>> = {
  answered: 0,
  received: 0,
  not_modified: 0,
  unchanged: 0,
  new: 0,
  changed: 0,
  gone: 0,
  robots: 0,
  refused: 0,
  failed: 0,
  bytes: 0,
}

/** 200, and 203 which a proxy answers in its place. */
export function holdsPayload({ status, payload }: CapturedOutcome): boolean {
  return (status === 200 || status === 203) && payload !== null
}

/** What one settled entry adds to its host's counts. */
function countsOf(outcome: Outcome, state: SettledState): Partial<Record<HostCounter, number>> {
  if (outcome.kind === 'failed') return { failed: 1 }
  if (outcome.kind === 'refused') return outcome.robotsRule === null ? { refused: 1 } : { robots: 1 }
  // What a site says to robots is no page of it.
  if (outcome.role === 'siteFile') return {}
  const received = outcome.status === 304 || holdsPayload(outcome) ? 1 : 0
  const had = { answered: 1, received, bytes: outcome.payloadBytes }
  if (state === 'notModified') return { ...had, not_modified: 1 }
  if (state === 'gone') return { ...had, gone: 1 }
  if (outcome.role !== 'document' || state === 'other' || state === 'refused' || state === 'failed') return had
  return { ...had, [state]: 1 }
}

type HostCounts = Partial<Record<HostCounter, number>>

export function countsByHost(settled: readonly Counted[]): ReadonlyMap<string, HostCounts> {
  const byHost = new Map<string, Record<HostCounter, number>>()
  for (const { entry, outcome, state } of settled) {
    const counts = byHost.get(entry.host) ?? { ...NOTHING }
    byHost.set(entry.host, counts)
    for (const [name, count] of Object.entries(countsOf(outcome, state))) counts[name as HostCounter] += count
  }
  return byHost
}

/** Adds to the counts of the batch's hosts. */
export async function countHosts(
  db: Kysely<Database>,
  batch: OpenBatch,
  byHost: ReadonlyMap<string, HostCounts>,
  hostIds: ReadonlyMap<string, number>,
): Promise<void> {
  if (byHost.size === 0) return
  const rows = [...byHost].map(([host, counts]) => ({ host_id: hostIds.get(host), ...NOTHING, ...counts }))
  const names = Object.keys(NOTHING).map((name) => sql.ref(name))
  const summed = names.map((name) => sql`${name} = batch_host.${name} + excluded.${name}`)
  await sql`
    insert into batch_host (batch_id, host_id, ${sql.join(names)}, first_at, last_at)
    select ${batch.id}::integer, counts.host_id, ${sql.join(names.map((name) => sql`counts.${name}`))}, now(), now()
    from jsonb_to_recordset(${jsonRows(rows)}::jsonb) as counts
      (host_id integer, ${sql.join(names.map((name) => sql`${name} bigint`))})
    on conflict (batch_id, host_id) do update set last_at = excluded.last_at, ${sql.join(summed)}`.execute(db)
}

interface Reason {
  readonly host_id: number | undefined
  readonly state: string
  readonly reason: string
}

/** Of what was refused or failed. */
export function reasonsOf(settled: readonly Counted[], hostIds: ReadonlyMap<string, number>): readonly Reason[] {
  return settled.flatMap(({ entry, outcome }) =>
    outcome.kind === 'captured'
      ? []
      : [{ host_id: hostIds.get(entry.host), state: outcome.kind, reason: generalised(outcome.reason, entry) }],
  )
}

/** A reason without the address it was said of, so that equal reasons count as one. */
function generalised(reason: string, entry: FrontierEntry): string {
  return reason.replaceAll(entry.url, 'URL').slice(0, LONGEST_REASON)
}

/** Adds to the counts of the batch's reasons, one a row. */
export async function countReasons(db: Kysely<Database>, batch: OpenBatch, rows: readonly Reason[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into batch_reason (batch_id, host_id, state, reason, urls)
    select ${batch.id}::integer, host_id, state, reason, count(*) from jsonb_to_recordset(${jsonRows(rows)}::jsonb) as row
      (host_id integer, state text, reason text) group by host_id, state, reason
    on conflict (batch_id, host_id, state, reason) do update set urls = batch_reason.urls + excluded.urls`.execute(db)
}
