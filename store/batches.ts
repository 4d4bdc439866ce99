/**
 * Sources, and their batches: one a source and night, open while it is crawled, then frozen for ever.
 * A frozen batch is named by the digest of its sorted (URL, status, payload); its delta lists what is new or changed.
 */
import { type Kysely, sql } from 'kysely'
import type { DeltaLine, Digest, Source } from '../pipeline/contract.ts'
import type { Objects } from './objects.ts'
import type { CaptureState, Database } from './schema.ts'

export interface OpenBatch {
  readonly id: number
  readonly sourceId: number
  readonly night: string
  readonly frozen: boolean
  /** The WARC file, relative to the workspace's `.malmoi`. */
  readonly warc: string
}

export interface FrozenBatch {
  readonly id: number
  readonly source: string
  readonly night: string
  readonly digest: Digest
  readonly delta: Digest
  readonly counts: BatchCounts
}

export interface BatchCounts {
  /** Exchanges answered anew, redirects, errors, robots.txt and sitemaps included. */
  readonly fetched: number
  /** Answered 304. */
  readonly notModified: number
  /** Pages fetched again, the same bytes; `new` and `changed` count pages too. */
  readonly unchanged: number
  readonly new: number
  readonly changed: number
  readonly gone: number
  readonly refused: number
  readonly failed: number
}

/** The row of a source, made or brought up to date. */
async function upsertSource(db: Kysely<Database>, source: Source): Promise<number> {
  const { name, kind, licence } = source
  const row = await db
    .insertInto('source')
    .values({ name, kind, licence })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ kind, licence }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Tonight's batch of a source: the open or frozen one, or a new one whose parent is the latest before it. */
export async function openBatch(db: Kysely<Database>, source: Source, night: string): Promise<OpenBatch> {
  const sourceId = await upsertSource(db, source)
  const parent = db
    .selectFrom('batch')
    .select('id')
    .where('source_id', '=', sourceId)
    .where('night', '<', night)
    .where('digest', 'is not', null)
    .orderBy('night', 'desc')
    .limit(1)
  await db
    .insertInto('batch')
    .values({ source_id: sourceId, night, parent_id: parent, warc: `warc/${source.name}/${night}.warc.gz` })
    .onConflict((conflict) => conflict.columns(['source_id', 'night']).doNothing())
    .execute()
  const row = await db
    .selectFrom('batch')
    .select(['id', 'warc', 'digest'])
    .where('source_id', '=', sourceId)
    .where('night', '=', night)
    .executeTakeFirstOrThrow()
  return { id: row.id, sourceId, night, warc: row.warc, frozen: row.digest !== null }
}

/** Freezes what an earlier night of the source left open: its captures are found again by nobody else. */
export async function freezeEarlier(
  db: Kysely<Database>,
  objects: Objects,
  source: Source,
  night: string,
): Promise<void> {
  const rows = await db
    .selectFrom('batch')
    .innerJoin('source', 'source.id', 'batch.source_id')
    .select(['batch.id', 'source_id', 'night'])
    .where('source.name', '=', source.name)
    .where('night', '<', night)
    .where('digest', 'is', null)
    .orderBy('night')
    .execute()
  for (const row of rows) await freezeBatch(db, objects, { id: row.id, sourceId: row.source_id, night: row.night })
}

/** Freezes a batch: writes its list and its delta as objects, then the row that names them. */
export async function freezeBatch(
  db: Kysely<Database>,
  objects: Objects,
  batch: Pick<OpenBatch, 'id' | 'sourceId' | 'night'>,
): Promise<BatchCounts> {
  // What reads these rows next plans by what is known of them, and autovacuum comes a minute late.
  await sql`analyze document, capture`.execute(db)
  const captures = await db
    .selectFrom('capture')
    .innerJoin('document', 'document.id', 'capture.document_id')
    .select(['document.key', 'capture.url', 'capture.status', 'capture.payload', 'capture.state', 'content_type'])
    .where('capture.batch_id', '=', batch.id)
    .orderBy(sql`document.key collate "C"`)
    .execute()
  const list = await objects.putLines(
    captures.map(({ url, status, payload }) =>
      JSON.stringify({ url, status, payload: payload?.toString('hex') ?? null }),
    ),
  )
  const delta = await objects.putLines(
    captures.flatMap(({ key, url, state, status, payload, content_type }) => {
      if (!payload || !bringsText({ state, status, content_type })) return []
      const line: DeltaLine = { key, url, payload: payload.toString('hex'), contentType: content_type }
      return [JSON.stringify(line)]
    }),
  )
  const counts = { ...countStates(captures), ...(await uncaptured(db, batch)) }
  await db
    .insertInto('artifact')
    .values({ kind: 'delta', ...delta, meta: JSON.stringify({ documents: counts.new + counts.changed }), parts: [] })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await db
    .updateTable('batch')
    .set({ digest: list.digest, delta: delta.digest, counts: JSON.stringify(counts), frozen_at: new Date() })
    .where('id', '=', batch.id)
    .where('digest', 'is', null)
    .execute()
  return counts
}

/** Frozen batches of the named sources, in the order everything is ranked by: night, then source. */
export async function frozenBatches(db: Kysely<Database>, sources: readonly string[]): Promise<readonly FrozenBatch[]> {
  const rows = await db
    .selectFrom('batch')
    .innerJoin('source', 'source.id', 'batch.source_id')
    .select(['batch.id', 'source.name as source', 'batch.night', 'batch.digest', 'batch.delta', 'batch.counts'])
    .where('batch.digest', 'is not', null)
    .where('source.name', 'in', sources.length > 0 ? sources : [''])
    .orderBy('batch.night')
    .orderBy(sql`source.name collate "C"`)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    night: row.night,
    digest: row.digest ?? '',
    delta: row.delta ?? '',
    counts: row.counts as unknown as BatchCounts,
  }))
}

/** URLs of the night that were answered by no capture. */
async function uncaptured(
  db: Kysely<Database>,
  batch: Pick<OpenBatch, 'sourceId' | 'night'>,
): Promise<Pick<BatchCounts, 'refused' | 'failed'>> {
  const rows = await db
    .selectFrom('frontier')
    .select(['state', sql<number>`count(*)`.as('count')])
    .where('source_id', '=', batch.sourceId)
    .where('settled_night', '=', batch.night)
    .groupBy('state')
    .execute()
  const count = (state: string) => rows.find((row) => row.state === state)?.count ?? 0
  return { refused: count('refused'), failed: count('failed') }
}

/** Whether extraction reads it: a page or a record that is new, or not what it was. */
export function bringsText(capture: {
  readonly state: CaptureState
  readonly status: number
  readonly content_type: string | null
}): boolean {
  const { state, status, content_type } = capture
  return (state === 'new' || state === 'changed') && status === 200 && holdsText(content_type)
}

/** Pages and imported records; feeds, sitemaps and robots.txt are captured for what they link to. */
function holdsText(contentType: string | null): boolean {
  return (
    contentType === null || /^(text\/html|application\/(xhtml\+xml|vnd\.malmoi\.record\+json))\b/i.test(contentType)
  )
}

function countStates(
  captures: readonly { readonly state: CaptureState; readonly content_type: string | null }[],
): Omit<BatchCounts, 'refused' | 'failed'> {
  const all = (wanted: CaptureState) => captures.filter(({ state }) => state === wanted)
  const pages = (wanted: CaptureState) => all(wanted).filter(({ content_type }) => holdsText(content_type)).length
  return {
    fetched: captures.length - all('notModified').length,
    notModified: all('notModified').length,
    unchanged: pages('unchanged'),
    new: pages('new'),
    changed: pages('changed'),
    gone: all('gone').length,
  }
}
