/** The text of one document as a version holds it. */
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'
import type { VersionRow } from './versions.ts'

export interface MemberText {
  readonly source: string
  readonly url: string
  /** Null where it was taken down since. */
  readonly text: string | null
}

/** What the version holds under one of these keys, by source; of no source named twice. */
export async function memberTexts(
  db: Kysely<Database>,
  { dataset, number }: VersionRow,
  keys: readonly string[],
): Promise<readonly MemberText[]> {
  const { rows } = await sql<MemberText>`
    select source.name as source, document.key as url, member_text(text.body, member.omitted) as text
    from document
    join source on source.id = document.source_id
    join member on member.dataset = ${dataset} and member.source_id = document.source_id
      and member.document_id = document.id and member.added <= ${number}
      and (member.removed is null or member.removed > ${number})
    left join text on text.id = member.text_id
    where document.key = any(${[...keys]}::text[])
    order by source.name, document.key`.execute(db)
  return rows
}
