/** Captures on record: what was last known of a document, and the payloads of a batch by their offsets in its WARC file. */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { FailedError, type PreviousCapture } from '../pipeline/contract.ts'
import { bringsText } from './batches.ts'
import type { Database } from './schema.ts'

export interface CapturedPage {
  readonly url: string
  readonly key: string
  readonly contentType: string | null
  /** The exchange's WARC records, response first. */
  readonly member: Uint8Array
}

/** The pages of a batch that were answered with a body, by key. */
export async function* batchPayloads(
  db: Kysely<Database>,
  folder: string,
  source: string,
  night: string,
): AsyncIterable<CapturedPage> {
  const rows = await db
    .selectFrom('capture')
    .innerJoin('batch', 'batch.id', 'capture.batch_id')
    .innerJoin('source', 'source.id', 'batch.source_id')
    .innerJoin('document', 'document.id', 'capture.document_id')
    .select(['document.key', 'capture.url', 'state', 'status', 'content_type', 'warc', 'warc_offset', 'warc_length'])
    .where('source.name', '=', source)
    .where(sql<string>`night::text`, '=', night)
    .orderBy(sql`document.key collate "C"`)
    .execute()
  const [first] = rows
  if (!first) return
  const file = await openWarcFile(folder, first.warc)
  try {
    for (const row of rows) {
      if (!bringsText(row)) continue
      const member = await readRange(file, row.warc_offset, row.warc_length)
      yield { url: row.url, key: row.key, contentType: row.content_type, member }
    }
  } finally {
    await file.close()
  }
}

/** The last captures with a payload of those documents of a source, by key; `holderId` is the row that holds it. */
export async function previousCaptures(
  db: Kysely<Database>,
  sourceId: number,
  keys: readonly string[],
): Promise<Map<string, { readonly capture: PreviousCapture; readonly holderId: number; readonly gone: boolean }>> {
  if (keys.length === 0) return new Map()
  const rows = await db
    .selectFrom('capture')
    .innerJoin('document', 'document.id', 'capture.document_id')
    // A revisit refers to the record that holds the payload, never to another revisit.
    .innerJoin('capture as holder', (join) =>
      join.on('holder.id', '=', sql<number>`coalesce(capture.payload_capture_id, capture.id)`),
    )
    .distinctOn('document.id')
    .select(['key', 'gone_batch_id', 'capture.payload', 'capture.etag', 'capture.last_modified'])
    .select(['holder.id as holder_id', 'holder.record_id', 'holder.fetched_at'])
    .where('source_id', '=', sourceId)
    .where('key', 'in', [...keys])
    .where('capture.status', 'in', [200, 304])
    .orderBy('document.id')
    .orderBy('capture.id', 'desc')
    .execute()
  return new Map(
    rows.map((row) => [
      row.key,
      {
        holderId: row.holder_id,
        gone: row.gone_batch_id !== null,
        capture: {
          payload: row.payload?.toString('hex') ?? null,
          etag: row.etag,
          lastModified: row.last_modified,
          recordId: row.record_id,
          fetchedAt: row.fetched_at.toISOString(),
        },
      },
    ]),
  )
}

export async function openWarcFile(folder: string, warc: string): Promise<FileHandle> {
  return open(join(folder, warc), 'r').catch((cause: unknown) => {
    throw new FailedError(
      `the captures in ${join(folder, warc)} cannot be read: ${cause}`,
      'restore that file from a backup',
      { cause },
    )
  })
}

/** Exactly `length` bytes at `offset`. */
export async function readRange(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, offset)
  if (bytesRead !== length) {
    throw new FailedError(
      `a WARC file ends at ${offset + bytesRead}, inside a record`,
      'restore that file from a backup',
    )
  }
  return bytes
}
