/** Records of what lists documents: feeds and sitemaps. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'

export interface ListingRecord {
  readonly batch_id: number
  readonly source: string
  readonly url: string
  readonly night: string
  readonly file: string
  readonly warc_file: number
  readonly warc_offset: number
  readonly warc_length: number
}

/** Those that came with a body, of the sources of these documents. */
export async function listingRecords(
  db: Kysely<Database>,
  documents: readonly number[],
): Promise<readonly ListingRecord[]> {
  const { rows } = await sql<ListingRecord>`
    select batch.id as batch_id, source.name as source, capture.url, batch.night, warc_file.path as file,
      capture.warc_file, capture.warc_offset, capture.warc_length
    from capture
    join batch on batch.id = capture.batch_id
    join source on source.id = batch.source_id
    join warc_file on warc_file.batch_id = batch.id and warc_file.number = capture.warc_file
    where batch.source_id in (select source_id from document where id = any(${documents}::bigint[]))
      and not capture.holds_text and capture.payload is not null and capture.state in ('new', 'changed')
      and capture.document_id <> all(${documents}::bigint[])
    order by warc_file.path collate "C", capture.warc_offset`.execute(db)
  return rows
}
