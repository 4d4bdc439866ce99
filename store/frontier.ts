/**
 * The crawler's memory for one source and one night, on Postgres and one WARC file.
 * Outcomes that arrive together are written together: WARC bytes first (fsync), then one transaction that names them.
 * After a kill -9 the WARC file is cut back to the last offset that was committed.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Insertable, type Kysely, sql } from 'kysely'
import {
  FailedError,
  type Frontier,
  type FrontierEntry,
  type Outcome,
  type PreviousCapture,
} from '../pipeline/contract.ts'
import type { OpenBatch } from './batches.ts'
import { previousCaptures, readRange } from './captures.ts'
import type { CaptureState, Database } from './schema.ts'

/** A statement takes 65,535 parameters, a capture has 16. */
const ROWS_A_STATEMENT = 1000

interface Settling {
  readonly entry: FrontierEntry
  readonly outcome: Outcome
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface NightFrontier extends Frontier {
  close(): Promise<void>
}

/**
 * @param folder the workspace's `.malmoi`
 * @param warcinfo gzip member written at the head of a new WARC file
 */
export async function openFrontier(
  db: Kysely<Database>,
  batch: OpenBatch,
  folder: string,
  warcinfo: Uint8Array,
): Promise<NightFrontier> {
  const warc = await openWarc(db, batch, join(folder, batch.warc), warcinfo)
  const inFlight = new Map<string, { readonly holderId: number; readonly gone: boolean } | null>()
  let waiting: Settling[] = []
  let writing: Promise<void> | null = null

  const due = () =>
    db
      .selectFrom('frontier')
      .where('source_id', '=', batch.sourceId)
      .where((where) => where.or([where('settled_night', 'is', null), where('settled_night', '<', batch.night)]))

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        await commit(group)
        for (const { entry, resolve } of group) {
          inFlight.delete(entry.key)
          resolve()
        }
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    writing = null
  }

  async function commit(group: readonly Settling[]): Promise<void> {
    let offset = warc.bytes
    const records = group.flatMap(({ outcome }) => (outcome.kind === 'captured' ? [outcome.warc] : []))
    if (records.length > 0) {
      await warc.file.write(Buffer.concat(records), 0, undefined, offset)
      await warc.file.datasync()
    }
    await db.transaction().execute(async (trx) => {
      await settleRows(trx, group)
      await addLinks(
        trx,
        batch.sourceId,
        group.flatMap(({ outcome }) => (outcome.kind === 'captured' ? outcome.links : [])),
      )
      const documents = await documentIds(trx, group)
      const captures: Insertable<Database['capture']>[] = []
      for (const { entry, outcome } of group) {
        if (outcome.kind !== 'captured') continue
        const known = inFlight.get(entry.key) ?? null
        const state = captureState(entry.previous, known?.gone ?? false, outcome.status, outcome.payload)
        const documentId = documents.get(entry.key)
        if (documentId === undefined) throw new Error(`no document row for ${entry.key}`)
        const repeats = state === 'unchanged' || state === 'notModified'
        captures.push({
          batch_id: batch.id,
          document_id: documentId,
          url: entry.url,
          state,
          status: outcome.status,
          payload: outcome.payload === null ? null : Buffer.from(outcome.payload, 'hex'),
          payload_bytes: outcome.payloadBytes,
          payload_capture_id: repeats ? (known?.holderId ?? null) : null,
          content_type: outcome.contentType,
          etag: outcome.etag,
          last_modified: outcome.lastModified,
          fetched_at: outcome.fetchedAt,
          robots_rule: outcome.robotsRule,
          record_id: outcome.recordId,
          warc_offset: offset,
          warc_length: outcome.warc.byteLength,
        })
        const back = known?.gone && (outcome.status === 200 || outcome.status === 304)
        if (state === 'gone' || back) await markGone(trx, documentId, back ? null : batch.id)
        offset += outcome.warc.byteLength
      }
      for (let at = 0; at < captures.length; at += ROWS_A_STATEMENT) {
        await trx
          .insertInto('capture')
          .values(captures.slice(at, at + ROWS_A_STATEMENT))
          .execute()
      }
      await trx.updateTable('batch').set({ warc_bytes: offset }).where('id', '=', batch.id).execute()
    })
    warc.bytes = offset
  }

  async function settleRows(trx: Kysely<Database>, group: readonly Settling[]): Promise<void> {
    const rows = group.map(({ entry: { key }, outcome }) => ({
      key,
      state: outcome.kind,
      status: outcome.kind === 'failed' ? null : outcome.status,
      reason: outcome.kind === 'captured' ? null : outcome.reason,
      robots_rule: outcome.kind === 'failed' ? null : outcome.robotsRule,
    }))
    await sql`
      update frontier set settled_night = ${batch.night}::date, state = settled.state, status = settled.status,
        reason = settled.reason, robots_rule = settled.robots_rule
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as settled
        (key text, state text, status integer, reason text, robots_rule text)
      where source_id = ${batch.sourceId} and frontier.key = settled.key`.execute(trx)
  }

  async function documentIds(trx: Kysely<Database>, group: readonly Settling[]): Promise<Map<string, number>> {
    const keys = group.flatMap(({ entry, outcome }) => (outcome.kind === 'captured' ? [entry.key] : []))
    if (keys.length === 0) return new Map()
    await trx
      .insertInto('document')
      .columns(['source_id', 'key', 'first_batch_id'])
      .expression(
        sql`select ${batch.sourceId}::integer, key, ${batch.id}::integer from unnest(${keys}::text[]) as new (key)`,
      )
      .onConflict((conflict) => conflict.columns(['source_id', 'key']).doNothing())
      .execute()
    const rows = await trx
      .selectFrom('document')
      .select(['id', 'key'])
      .where('source_id', '=', batch.sourceId)
      .where('key', 'in', keys)
      .execute()
    return new Map(rows.map((row) => [row.key, row.id]))
  }

  return {
    add: (links) => addLinks(db, batch.sourceId, links),

    async take(limit) {
      const rows = await due()
        .select(['key', 'url', 'depth'])
        .where(sql<boolean>`key <> all(${[...inFlight.keys()]}::text[])`)
        .orderBy('depth')
        .orderBy('key')
        .limit(limit)
        .execute()
      const previous = await previousCaptures(
        db,
        batch.sourceId,
        rows.map((row) => row.key),
      )
      return rows.map((row) => {
        const known = previous.get(row.key)
        inFlight.set(row.key, known ?? null)
        return { ...row, previous: known?.capture ?? null }
      })
    },

    settle(entry, outcome) {
      return new Promise<void>((resolve, reject) => {
        waiting.push({ entry, outcome, resolve, reject })
        writing ??= writeWaiting()
      })
    },

    async recall(key) {
      const row = await db
        .selectFrom('capture')
        .innerJoin('document', 'document.id', 'capture.document_id')
        .select(['warc_offset', 'warc_length'])
        .where('batch_id', '=', batch.id)
        .where('key', '=', key)
        .executeTakeFirst()
      return row ? readRange(warc.file, row.warc_offset, row.warc_length) : null
    },

    async pending() {
      const { count } = await due().select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow()
      return count
    },

    async settled() {
      const { count } = await db
        .selectFrom('frontier')
        .select(sql<number>`count(*)`.as('count'))
        .where('source_id', '=', batch.sourceId)
        .where('settled_night', '=', batch.night)
        .executeTakeFirstOrThrow()
      return count
    },

    async close() {
      await writing
      await warc.file.close()
    },
  }
}

async function markGone(trx: Kysely<Database>, documentId: number, batchId: number | null): Promise<void> {
  await trx.updateTable('document').set({ gone_batch_id: batchId }).where('id', '=', documentId).execute()
}

/** What a capture means for its document, from its last payload, whether it was gone already, and this answer. */
function captureState(
  previous: PreviousCapture | null,
  gone: boolean,
  status: number,
  payload: string | null,
): CaptureState {
  if (status === 304) return 'notModified'
  if (status === 404 || status === 410) return previous && !gone ? 'gone' : 'other'
  if (status !== 200) return 'other'
  if (!previous) return 'new'
  return payload === previous.payload ? 'unchanged' : 'changed'
}

async function addLinks(
  db: Kysely<Database>,
  sourceId: number,
  links: readonly { readonly key: string; readonly url: string; readonly depth: number }[],
): Promise<void> {
  if (links.length === 0) return
  await sql`
    insert into frontier (source_id, key, url, depth)
    select distinct on (key) ${sourceId}::integer, key, url, depth
    from unnest(${links.map((link) => link.key)}::text[], ${links.map((link) => link.url)}::text[],
                ${links.map((link) => link.depth)}::integer[]) as link (key, url, depth)
    order by key, depth
    on conflict do nothing`.execute(db)
}

async function openWarc(
  db: Kysely<Database>,
  batch: OpenBatch,
  path: string,
  warcinfo: Uint8Array,
): Promise<{ readonly file: FileHandle; bytes: number }> {
  await mkdir(dirname(path), { recursive: true })
  const { warc_bytes: committed } = await db
    .selectFrom('batch')
    .select('warc_bytes')
    .where('id', '=', batch.id)
    .executeTakeFirstOrThrow()
  const file = await open(path, committed === 0 ? 'w+' : 'r+')
  const { size } = await file.stat()
  if (size < committed) {
    await file.close()
    throw new FailedError(
      `${path} has ${size} bytes, but ${committed} were recorded: captures are missing`,
      'restore that file from a backup',
    )
  }
  await file.truncate(committed)
  if (committed > 0) return { file, bytes: committed }
  await file.write(warcinfo, 0, undefined, 0)
  return { file, bytes: warcinfo.byteLength }
}
