/**
 * Sources, and their batches: one a source and night, open while it is crawled, then frozen for ever.
 * A frozen batch is named by the digest of its sorted (URL, status, payload); its delta lists what is new or changed.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Digest } from '../pipeline/contract.ts'
import type { DeltaLine, Source } from '../pipeline/crawl-contract.ts'
import { analyzeGrown } from './analyze.ts'
import { readCursor } from './cursor.ts'
import type { Objects } from './objects.ts'
import { addArtifact } from './runs.ts'
import type { Database } from './schema.ts'

export interface OpenBatch {
  readonly id: number
  readonly sourceId: number
  readonly night: string
  readonly frozen: boolean
  /** Of its WARC files, relative to the workspace's `.malmoi`, without the ending. */
  readonly stem: string
}

export interface FrozenBatch {
  readonly id: number
  readonly source: string
  /** Of the source: what holds of a page that states none. */
  readonly licence: string
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
  const { name, kind, licence, terms, contact } = source
  const row = await db
    .insertInto('source')
    .values({ name, kind, licence, terms, contact })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ kind, licence, terms, contact }))
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
    .values({ source_id: sourceId, night, parent_id: parent })
    .onConflict((conflict) => conflict.columns(['source_id', 'night']).doNothing())
    .execute()
  const row = await db
    .selectFrom('batch')
    .select(['id', 'digest'])
    .where('source_id', '=', sourceId)
    .where('night', '=', night)
    .executeTakeFirstOrThrow()
  return { id: row.id, sourceId, night, stem: `warc/${source.name}/${night}`, frozen: row.digest !== null }
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
  for (const row of rows)
    await freezeBatch(db, objects, { id: row.id, sourceId: row.source_id, night: row.night }, source.deletions)
}

/** Freezes a batch: writes its list and its delta as objects, then the row that names them. */
export async function freezeBatch(
  db: Kysely<Database>,
  objects: Objects,
  batch: Pick<OpenBatch, 'id' | 'sourceId' | 'night'>,
  deletions: Source['deletions'],
): Promise<BatchCounts> {
  await analyzeGrown(db, ['document', 'capture', 'frontier'])
  const counts = await batchCounts(db, batch.id)
  // One snapshot for both, and nothing of them is held in memory.
  const { list, delta } = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => ({
      list: await objects.putLines(listLines(trx, batch.id)),
      delta: await objects.putLines(deltaLines(trx, batch.id, deletions)),
    }))
  await addArtifact(db, { kind: 'delta', ...delta, meta: { documents: counts.new + counts.changed }, parts: [] })
  await db
    .updateTable('batch')
    .set({ digest: list.digest, delta: delta.digest, counts: JSON.stringify(counts), frozen_at: new Date() })
    .where('id', '=', batch.id)
    .where('digest', 'is', null)
    .execute()
  return counts
}

async function* listLines(trx: Transaction<Database>, batchId: number): AsyncIterable<string> {
  const captures = sql<{ url: string; status: number; payload: string | null }>`
    select capture.url, status, encode(payload, 'hex') as payload
    from capture join document on document.id = document_id where batch_id = ${batchId} order by key collate "C"`
  for await (const { url, status, payload } of readCursor(trx, captures)) yield JSON.stringify({ url, status, payload })
}

/**
 * Documents that are new, changed or, where deletions are honoured, gone. A page that says it is a copy of another one
 * stands aside where that one was captured.
 */
async function* deltaLines(
  trx: Transaction<Database>,
  batchId: number,
  deletions: Source['deletions'],
): AsyncIterable<string> {
  const captures = sql<DeltaLine>`
    select document.key, capture.url, case when capture.state <> 'gone' then encode(payload, 'hex') end as payload,
      content_type as "contentType"
    from capture join document on document.id = document_id
    where batch_id = ${batchId} and (${bringsText} or capture.state = 'gone' and ${deletions} = 'honour')
    order by key collate "C"`
  for await (const { key, url, payload, contentType } of readCursor(trx, captures))
    yield JSON.stringify({ key, url, payload, contentType } satisfies DeltaLine)
}

/** Whether extraction reads a row of capture ⋈ document. */
export const bringsText = sql<boolean>`(
  capture.state in ('new', 'changed') and capture.holds_text and capture.payload is not null
  and (capture.canonical is null or not exists (select from document main
    where main.source_id = document.source_id and main.key = capture.canonical and main.latest_capture_id is not null)))`

/** Frozen batches of the named sources, in the order everything is ranked by: night, then source. */
export async function frozenBatches(db: Kysely<Database>, sources: readonly string[]): Promise<readonly FrozenBatch[]> {
  const rows = await db
    .selectFrom('batch')
    .innerJoin('source', 'source.id', 'batch.source_id')
    .select([
      'batch.id',
      'source.name as source',
      'source.licence',
      'batch.night',
      'batch.digest',
      'batch.delta',
      'batch.counts',
    ])
    .where('batch.digest', 'is not', null)
    .where('source.name', 'in', sources.length > 0 ? sources : [''])
    .orderBy('batch.night')
    .orderBy(sql`source.name collate "C"`)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    licence: row.licence,
    night: row.night,
    digest: row.digest ?? '',
    delta: row.delta ?? '',
    counts: row.counts as unknown as BatchCounts,
  }))
}

/** The counts of a batch, summed over its hosts. */
async function batchCounts(db: Kysely<Database>, batchId: number): Promise<BatchCounts> {
  const { rows } = await sql<BatchCounts>`
    select coalesce(sum(answered - not_modified), 0)::bigint as fetched, coalesce(sum(not_modified), 0)::bigint as "notModified",
      coalesce(sum(unchanged), 0)::bigint as unchanged, coalesce(sum("new"), 0)::bigint as "new",
      coalesce(sum(changed), 0)::bigint as changed, coalesce(sum(gone), 0)::bigint as gone,
      coalesce(sum(refused + robots), 0)::bigint as refused, coalesce(sum(failed), 0)::bigint as failed
    from batch_host where batch_id = ${batchId}`.execute(db)
  const [counts] = rows
  if (!counts) throw new Error('a sum gave no row')
  return counts
}
