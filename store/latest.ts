/** What the documents of a version were when it was frozen, those that did not come into it included. */
import { type RawBuilder, sql } from 'kysely'
import type { VersionRow } from './versions.ts'

/**
 * `select document_id, revision_id, extraction_id`: of every document that a batch of the version holds, the revision of its last
 * extraction among them.
 */
export function latestRevisions({ batches }: Pick<VersionRow, 'batches'>): RawBuilder<unknown> {
  const column = (pick: (batch: VersionRow['batches'][number]) => string) => batches.map(pick)
  return sql`
    select distinct on (revision.document_id) revision.document_id, revision.id as revision_id, extraction.id as extraction_id
    from unnest(${column(({ source }) => source)}::text[], ${column(({ night }) => night)}::date[],
                ${column(({ extract }) => extract)}::text[]) as given (source, night, digest)
    join source on source.name = given.source
    join batch on batch.source_id = source.id and batch.night = given.night
    join extraction on extraction.batch_id = batch.id and extraction.digest = given.digest
    join extracted on extracted.extraction_id = extraction.id
    join revision on revision.id = extracted.revision_id
    order by revision.document_id, batch.night desc`
}
