/**
 * Writes a group of outcomes together: WARC bytes first (fsync), then one transaction with everything that follows from
 * them: frontier rows, links, documents, captures, exchanges, counts. What an outcome makes of a capture is decided here; how it
 * counts is batch-counts.ts's.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import {
  type CapturedOutcome,
  type CaptureState,
  type FoundLink,
  type FrontierEntry,
  type Outcome,
  PRIORITY,
  type RecordedExchange,
} from '../pipeline/crawl-contract.ts'
import {
  type Counted,
  countHosts,
  countReasons,
  countsByHost,
  holdsPayload,
  reasonsOf,
  type SettledState,
} from './batch-counts.ts'
import type { OpenBatch } from './batches.ts'
import type { KnownDocument } from './frontier.ts'
import { jsonRows } from './json-rows.ts'
import { addLinks, type FormBudget, hostOf, keyHash, type Recent } from './links.ts'
import type { Database } from './schema.ts'
import { TAKEN_DOWN } from './tombstones.ts'
import type { Appended, Place, WarcFiles } from './warc-files.ts'

interface Waiting {
  readonly hash: string
  readonly resolve: (state: SettledState) => void
  readonly reject: (error: unknown) => void
}

export interface Settling extends Waiting {
  readonly kind: 'settling'
  readonly known: KnownDocument | null
  readonly entry: FrontierEntry
  readonly outcome: Outcome
}

/** An exchange that settles nothing. */
export interface Keeping extends Waiting {
  readonly kind: 'keeping'
  readonly exchange: RecordedExchange
  readonly reason: string
}

export interface SettleContext {
  readonly batch: OpenBatch
  readonly budget: FormBudget
  readonly recent: Recent
  idsOf(trx: Kysely<Database>, names: readonly string[]): Promise<ReadonlyMap<string, number>>
}

/** A settled capture with the place of its records. */
interface Captured {
  readonly hash: string
  readonly known: KnownDocument | null
  readonly entry: FrontierEntry
  readonly outcome: CapturedOutcome
  readonly state: CaptureState
  readonly place: Place
}

/** A group whose WARC bytes are written. */
export interface PlacedGroup {
  readonly group: readonly (Settling | Keeping)[]
  /** Of each item, in order; 'other' for exchanges that settle nothing. */
  readonly states: readonly SettledState[]
  /** Of each item's records; null where it has none. */
  readonly places: readonly (Place | null)[]
  readonly files: Appended['files']
}

/** Nothing of a document that was taken down is kept again, whoever had it. */
export function admissible({ takenDown }: FrontierEntry, outcome: Outcome): Outcome {
  if (!takenDown) return outcome
  const { revisit } = outcome
  return { kind: 'refused', reason: TAKEN_DOWN, robotsRule: null, exchange: null, links: [], revisit }
}

/** Writes and syncs the WARC bytes of a group; they count once it is committed. */
export async function placeGroup(files: WarcFiles, group: PlacedGroup['group']): Promise<PlacedGroup> {
  const exchanges = group.map(exchangeOf)
  const appended = await files.append(exchanges.flatMap((exchange) => (exchange === null ? [] : [exchange.warc])))
  let next = 0
  const places = exchanges.map((exchange) => (exchange === null ? null : (appended.places[next++] ?? null)))
  return { group, states: group.map(stateOf), places, files: appended.files }
}

/** Commits what follows from a group. */
export async function commitGroup(
  db: Kysely<Database>,
  { group, states, places, files }: PlacedGroup,
  { batch, budget, recent, idsOf }: SettleContext,
): Promise<void> {
  const settlings = group.filter((item) => item.kind === 'settling')
  const links = settlings
    .flatMap(({ outcome }) => (outcome.kind === 'failed' ? [] : outcome.links))
    .filter((link) => !recent.has(link))
  const counted = group.flatMap((item, index): readonly Counted[] =>
    item.kind === 'settling' ? [{ ...item, state: states[index] ?? 'other' }] : [],
  )
  const captured = group.flatMap((item, index): readonly Captured[] => {
    const state = states[index]
    const place = places[index]
    if (item.kind !== 'settling' || item.outcome.kind !== 'captured' || !place) return []
    if (state === undefined || state === 'refused' || state === 'failed') return []
    return [{ hash: item.hash, known: item.known, entry: item.entry, outcome: item.outcome, state, place }]
  })
  await db.transaction().execute(async (trx) => {
    await byKeyAlone(trx)
    const hostIds = await idsOf(trx, [
      ...settlings.map(({ entry }) => entry.host),
      ...links.map(({ url }) => hostOf(url)),
    ])
    await settleRows(trx, batch, settlings)
    if (links.length > 0) await addLinks(trx, batch, onePerKey(links), hostIds, { budget, recent })
    if (captured.length > 0) await addCaptures(trx, batch, captured)
    await addExchanges(trx, batch, group, places)
    await countHosts(trx, batch, countsByHost(counted), hostIds)
    await countReasons(trx, batch, reasonsOf(counted, hostIds))
    for (const { number, path, bytes } of files) {
      await sql`insert into warc_file values (${batch.id}, ${number}, ${path}, ${bytes})
        on conflict (batch_id, number) do update set bytes = excluded.bytes`.execute(trx)
    }
  })
}

/**
 * Every statement of a settling looks rows up by key, however the tables have grown since they were analysed: a plan that
 * reads one whole, right for the empty table of a first night, would be slower with every page. For the same reason the
 * source of an entry comes with its row: as a constant it would invite a scan of all that the source has.
 */
async function byKeyAlone(trx: Transaction<Database>): Promise<void> {
  await sql`select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)`.execute(trx)
}

function onePerKey(links: readonly FoundLink[]): readonly FoundLink[] {
  const best = new Map<string, FoundLink>()
  for (const link of links) {
    const known = best.get(link.key)
    if (known === undefined || link.priority < known.priority) best.set(link.key, link)
  }
  return [...best.values()]
}

function exchangeOf(item: Settling | Keeping): RecordedExchange | null {
  if (item.kind === 'keeping') return item.exchange
  const { outcome } = item
  if (outcome.kind === 'captured') return outcome
  return outcome.kind === 'refused' ? outcome.exchange : null
}

function stateOf(item: Settling | Keeping): SettledState {
  if (item.kind === 'keeping') return 'other'
  const { outcome, known } = item
  if (outcome.kind !== 'captured') return outcome.kind
  const previous = item.entry.previous
  const had = known !== null && known.payload !== null
  if (outcome.status === 304) return 'notModified'
  if (outcome.status === 404 || outcome.status === 410) return had && !known.gone ? 'gone' : 'other'
  if (!holdsPayload(outcome)) return 'other'
  if (!had && previous === null) return 'new'
  if (known?.gone) return 'changed'
  return outcome.payload === (previous?.payload ?? known?.payload) ? 'unchanged' : 'changed'
}

async function settleRows(
  trx: Transaction<Database>,
  { sourceId, night }: OpenBatch,
  settlings: readonly Settling[],
): Promise<void> {
  if (settlings.length === 0) return
  const rows = settlings.map(({ hash, entry, outcome }) => ({
    source_id: sourceId,
    hash,
    url: entry.url === entry.key ? null : entry.url,
    state: outcome.kind,
    status: outcome.kind === 'captured' ? outcome.status : outcome.kind === 'refused' ? outcome.exchange?.status : null,
    reason: outcome.kind === 'captured' ? outcome.note : outcome.reason,
    robots_rule: outcome.kind === 'refused' ? outcome.robotsRule : null,
    revisit: outcome.revisit,
    nights: Math.max(1, Math.floor(outcome.revisit)),
    target: outcome.kind === 'captured' && outcome.redirectsTo !== null ? keyHash(outcome.redirectsTo) : null,
  }))
  await sql`
    update frontier set settled_night = ${night}::date, due = ${night}::date + settled.nights, revisit = settled.revisit,
      state = settled.state, status = settled.status, reason = settled.reason, robots_rule = settled.robots_rule,
      url = settled.url, target = settled.target,
      priority = case when settled.state = 'captured' then ${PRIORITY.known}::smallint else priority end
    from jsonb_to_recordset(${jsonRows(rows)}::jsonb) as settled
      (source_id integer, hash uuid, url text, state text, status smallint, reason text, robots_rule text, revisit real,
       nights integer, target uuid)
    where frontier.source_id = settled.source_id and frontier.hash = settled.hash`.execute(trx)
}

async function addCaptures(trx: Transaction<Database>, batch: OpenBatch, captured: readonly Captured[]): Promise<void> {
  const added = await addDocuments(trx, batch, captured)
  const rows = captured.map(({ known, entry, outcome, state, place }) => {
    const repeats = state === 'unchanged' || state === 'notModified'
    return {
      document_id: known?.documentId ?? added.get(entry.key),
      url: entry.url,
      state,
      status: outcome.status,
      payload: outcome.payload,
      payload_bytes: outcome.payloadBytes,
      payload_capture_id: repeats ? (known?.holderId ?? null) : null,
      content_type: outcome.contentType,
      etag: outcome.etag,
      last_modified: outcome.lastModified,
      fetched_at: outcome.fetchedAt,
      robots_rule: outcome.robotsRule,
      record_id: outcome.recordId,
      warc_file: place.file,
      warc_offset: place.offset,
      warc_length: outcome.warc.byteLength,
      holds_text: outcome.role === 'document',
      canonical: outcome.canonical,
      directives: outcome.directives,
    }
  })
  await sql`
    with captured as (
      insert into capture (batch_id, document_id, url, state, status, payload, payload_bytes, payload_capture_id,
        content_type, etag, last_modified, fetched_at, robots_rule, record_id, warc_file, warc_offset, warc_length,
        holds_text, canonical, directives)
      select ${batch.id}::integer, document_id, url, state, status, decode(payload, 'hex'), payload_bytes,
        payload_capture_id, content_type, etag, last_modified, fetched_at, robots_rule, record_id, warc_file, warc_offset,
        warc_length, holds_text, canonical, directives
      from jsonb_to_recordset(${jsonRows(rows)}::jsonb) as capture
        (document_id bigint, url text, state text, status integer, payload text, payload_bytes bigint,
         payload_capture_id bigint, content_type text, etag text, last_modified text, fetched_at timestamptz,
         robots_rule text, record_id text, warc_file smallint, warc_offset bigint, warc_length integer,
         holds_text boolean, canonical text, directives text)
      returning id, document_id, status, state)
    update document set
      latest_capture_id = case when status in (200, 203, 304) then captured.id else latest_capture_id end,
      gone_batch_id = case when status in (200, 203, 304) then null when state = 'gone' then ${batch.id} else gone_batch_id end
    from captured where document.id = captured.document_id
      and (status in (200, 203, 304) or state = 'gone')`.execute(trx)
}

/** The documents that were not known when their entries were handed out, by key. */
async function addDocuments(
  trx: Transaction<Database>,
  batch: OpenBatch,
  captured: readonly Captured[],
): Promise<ReadonlyMap<string, number>> {
  const keys = captured.flatMap(({ known, entry }) => (known === null ? [entry.key] : []))
  if (keys.length === 0) return new Map()
  const { rows } = await sql<{ id: number; key: string }>`
    with added as (
      insert into document (source_id, key, first_batch_id)
      select ${batch.sourceId}::integer, key, ${batch.id}::integer from unnest(${keys}::text[]) as new (key)
      on conflict (source_id, key) do nothing returning id, key)
    select id, key from added
    union all
    select id, key from document where source_id = ${batch.sourceId} and key = any(${keys}::text[])`.execute(trx)
  return new Map(rows.map(({ id, key }) => [key, id]))
}

async function addExchanges(
  trx: Transaction<Database>,
  batch: OpenBatch,
  group: readonly (Settling | Keeping)[],
  places: readonly (Place | null)[],
): Promise<void> {
  const rows = group.flatMap((item, index) => {
    const exchange = exchangeOf(item)
    const place = places[index]
    if (exchange === null || !place || (item.kind === 'settling' && item.outcome.kind === 'captured')) return []
    const reason = item.kind === 'keeping' ? item.reason : item.outcome.kind === 'refused' ? item.outcome.reason : ''
    return [
      {
        hash: item.hash,
        status: exchange.status,
        reason,
        fetched_at: exchange.fetchedAt,
        record_id: exchange.recordId,
        warc_file: place.file,
        warc_offset: place.offset,
        warc_length: exchange.warc.byteLength,
      },
    ]
  })
  if (rows.length === 0) return
  await sql`
    insert into exchange (batch_id, hash, status, reason, fetched_at, record_id, warc_file, warc_offset, warc_length)
    select ${batch.id}::integer, * from jsonb_to_recordset(${jsonRows(rows)}::jsonb) as exchange
      (hash uuid, status smallint, reason text, fetched_at timestamptz, record_id text, warc_file smallint,
       warc_offset bigint, warc_length integer)`.execute(trx)
}
