/**
 * What may not come back: documents that were taken down, and texts that were taken down wherever they stand.
 * How they came to be is takedown/; the plan leaves them out of versions, the frontier refuses them.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Digest } from '../pipeline/contract.ts'
import type { Database } from './schema.ts'

export interface Tombstones {
  readonly documents: readonly { readonly source: string; readonly key: string }[]
  /** Digests of clean texts. */
  readonly texts: readonly Digest[]
}

/** The reason that a refused entry carries. */
export const TAKEN_DOWN = 'taken down'

/**
 * Whether a document is taken down. A page that was taken down with its copies is so in every source, by its address;
 * ids of imported records mean something in their own source alone.
 */
export function isTakenDown(sourceId: RawBuilder<number>, key: RawBuilder<string>): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from document buried
    join tombstone on tombstone.document_id = buried.id
    join takedown on takedown.id = tombstone.takedown_id
    where buried.key = ${key} and (buried.source_id = ${sourceId}
      or buried.key ~ '^https?://' and takedown.request ->> 'scope' <> 'copy'))`
}

/** The tombstones that concern these sources, sorted by source and key, and by digest. */
export async function tombstonesOf(db: Kysely<Database>, sources: readonly string[]): Promise<Tombstones> {
  const documents = await sql<{ source: string; key: string }>`
    select distinct source.name collate "C" as source, document.key collate "C" as key
    from tombstone
    join takedown on takedown.id = tombstone.takedown_id
    join document buried on buried.id = tombstone.document_id
    join document on document.key = buried.key and (document.id = buried.id
      or document.key ~ '^https?://' and takedown.request ->> 'scope' <> 'copy')
    join source on source.id = document.source_id
    where source.name = any(${sources}::text[])
    order by 1, 2`.execute(db)
  const texts = await sql<{ digest: Digest }>`
    select encode(digest, 'hex') as digest from tombstone_text order by tombstone_text.digest`.execute(db)
  return { documents: documents.rows, texts: texts.rows.map(({ digest }) => digest) }
}
