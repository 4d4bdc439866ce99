/** The documents of a version as an export has them, by source and key, streamed. */
import { sql, type Transaction } from 'kysely'
import type { ExportedDocument } from '../pipeline/contract.ts'
import { readCursor } from './cursor.ts'
import { grouped } from './grouped.ts'
import type { Database } from './schema.ts'
import type { VersionRow } from './versions.ts'

const ROWS_AT_ONCE = 500

/**
 * In an order that is the same on every machine: the bytes of source and key. The keys are sorted without their texts,
 * which are then read in groups. A document whose text was taken down is not among them. Wants a transaction of
 * repeatable reads, so that all are of one moment.
 */
export async function* exportedDocuments(
  trx: Transaction<Database>,
  { dataset, number }: VersionRow,
): AsyncGenerator<ExportedDocument> {
  const members = readCursor(
    trx,
    sql<{ source: number; document: number; added: number }>`
      select member.source_id as source, member.document_id as document, member.added
      from member
      join source on source.id = member.source_id
      join document on document.id = member.document_id
      where member.dataset = ${dataset} and member.added <= ${number}
        and (member.removed is null or member.removed > ${number})
      order by source.name collate "C", document.key collate "C"`,
  )
  for await (const group of grouped(members, ROWS_AT_ONCE)) {
    const { rows } = await sql<ExportedDocument>`
      select source.name as source, document.key as url, capture.url as address, title, author, published, modified, section, member.lang,
        member.licence, member.day::text as day, batch.night::text as night, encode(revision.digest, 'hex') as revision,
        member_text(text.body, member.omitted) as text
      from unnest(${group.map(({ source }) => source)}::int[], ${group.map(({ document }) => document)}::bigint[],
                  ${group.map(({ added }) => added)}::int[]) with ordinality as listed (source_id, document_id, added, ord)
      join member on member.dataset = ${dataset} and member.source_id = listed.source_id
        and member.document_id = listed.document_id and member.added = listed.added
      join source on source.id = member.source_id
      join document on document.id = member.document_id
      join revision on revision.id = member.revision_id
      join capture on capture.id = revision.capture_id
      join batch on batch.id = capture.batch_id
      join text on text.id = member.text_id
      order by listed.ord`.execute(trx)
    yield* rows
  }
}
