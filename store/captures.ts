/** The records of captures: read from a batch's WARC files by file, offset and length. */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { FailedError } from '../pipeline/contract.ts'
import { bringsText } from './batches.ts'
import { readCursor } from './cursor.ts'
import type { Database } from './schema.ts'

export interface CapturedPage {
  readonly url: string
  readonly key: string
  readonly contentType: string | null
  /** The exchange's WARC records, response first. */
  readonly member: Uint8Array
}

export interface RecordPlace {
  readonly warc_file: number
  readonly warc_offset: number
  readonly warc_length: number
}

export interface BatchRecords {
  /** The gzip members at that place. @throws FailedError where the file is missing or too short */
  read(place: RecordPlace): Promise<Uint8Array>
  close(): Promise<void>
}

/** Reads the WARC files of a batch; each is opened once. */
export async function openBatchRecords(db: Kysely<Database>, folder: string, batchId: number): Promise<BatchRecords> {
  const files = await db.selectFrom('warc_file').select(['number', 'path']).where('batch_id', '=', batchId).execute()
  const paths = new Map(files.map(({ number, path }) => [number, join(folder, path)]))
  const handles = new Map<number, Promise<FileHandle>>()

  return {
    async read({ warc_file: number, warc_offset: offset, warc_length: length }) {
      const path = paths.get(number)
      if (path === undefined) throw new Error(`batch ${batchId} has no WARC file ${number}`)
      const handle = handles.get(number) ?? openFile(path)
      handles.set(number, handle)
      const bytes = new Uint8Array(length)
      const { bytesRead } = await (await handle).read(bytes, 0, length, offset)
      if (bytesRead !== length)
        throw new FailedError(`${path} ends at ${offset + bytesRead}, inside a record`, 'restore it from a backup')
      return bytes
    },
    async close() {
      for (const handle of await Promise.allSettled(handles.values()))
        if (handle.status === 'fulfilled') await handle.value.close()
    },
  }
}

/** Where the records of a batch lie that hold these documents, by key. */
export async function recordPlaces(
  db: Kysely<Database>,
  batchId: number,
  keys: readonly string[],
): Promise<ReadonlyMap<string, RecordPlace>> {
  // Key by key: for a batch that is new PostgreSQL would read all of its captures each time.
  const { rows } = await sql<RecordPlace & { key: string }>`
    select wanted.key, warc_file, warc_offset, warc_length
    from batch
    cross join unnest(${[...keys]}::text[]) as wanted (key)
    cross join lateral (
      select id from document where document.source_id = batch.source_id and document.key = wanted.key offset 0) found
    cross join lateral (
      select warc_file, warc_offset, warc_length from capture
      where capture.batch_id = batch.id and capture.document_id = found.id offset 0) place
    where batch.id = ${batchId}`.execute(db)
  return new Map(rows.map(({ key, ...place }) => [key, place]))
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((cause: unknown) => {
    throw new FailedError(`the captures in ${path} cannot be read: ${cause}`, 'restore that file from a backup', {
      cause,
    })
  })
}

/** The documents of a batch that came with a body, by key. */
export async function* batchPayloads(
  db: Kysely<Database>,
  folder: string,
  source: string,
  night: string,
): AsyncIterable<CapturedPage> {
  const batch = await db
    .selectFrom('batch')
    .innerJoin('source', 'source.id', 'batch.source_id')
    .select('batch.id')
    .where('source.name', '=', source)
    .where(sql<string>`night::text`, '=', night)
    .executeTakeFirst()
  if (!batch) return
  const records = await openBatchRecords(db, folder, batch.id)
  // A transaction of its own: the cursor lives in it, and a reader may stop early.
  const transaction = await db.startTransaction().execute()
  try {
    const captures = sql<Omit<CapturedPage, 'member'> & RecordPlace>`
      select document.key, capture.url, content_type as "contentType", warc_file, warc_offset, warc_length
      from capture join document on document.id = document_id
      where batch_id = ${batch.id} and ${bringsText} order by key collate "C"`
    for await (const { key, url, contentType, ...place } of readCursor(transaction, captures))
      yield { key, url, contentType, member: await records.read(place) }
  } finally {
    await transaction.rollback().execute()
    await records.close()
  }
}
