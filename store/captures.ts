/** The payloads of a batch, read from its WARC file by the offsets on record. */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { FailedError } from '../pipeline/contract.ts'
import { holdsText } from './batches.ts'
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
    .select(['document.key', 'capture.url', 'content_type', 'warc', 'warc_offset', 'warc_length'])
    .where('source.name', '=', source)
    .where(sql<string>`night::text`, '=', night)
    .where('state', 'in', ['new', 'changed'])
    .where('status', '=', 200)
    .orderBy(sql`document.key collate "C"`)
    .execute()
  const [first] = rows
  if (!first) return
  const file = await openWarcFile(folder, first.warc)
  try {
    for (const row of rows) {
      if (!holdsText(row.content_type)) continue
      const member = await readRange(file, row.warc_offset, row.warc_length)
      yield { url: row.url, key: row.key, contentType: row.content_type, member }
    }
  } finally {
    await file.close()
  }
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
