/** Questions about the documents of a version: reading them, counting them. */
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'
import type { VersionRow } from './versions.ts'

export interface CorpusDocument {
  readonly source: string
  readonly url: string
  readonly title: string | null
  readonly author: string | null
  readonly published: string | null
  readonly modified: string | null
  readonly section: string | null
  readonly lang: string | null
  /** What the page states, else the source's. */
  readonly licence: string
  readonly revision: string
  readonly fetchedAt: string
  readonly text: string
}

const PAGE = 500

/** The documents of a version in the order of (document row), streamed; of one source where one is named. */
export async function* versionDocuments(
  db: Kysely<Database>,
  version: VersionRow,
  source: string | null,
  limit: number,
): AsyncIterable<CorpusDocument> {
  let after = 0
  for (let left = limit; left > 0; ) {
    const { rows } = await sql<CorpusDocument & { id: number }>`
      select document.id, source.name as source, document.key as url, title, author, published, modified, section,
        revision.lang, member.licence,
        encode(revision.digest, 'hex') as revision,
        to_char(capture.fetched_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "fetchedAt", member_text(text.body, omitted) as text
      from member
      join revision on revision.id = member.revision_id
      join document on document.id = revision.document_id
      join source on source.id = document.source_id
      join capture on capture.id = revision.capture_id
      join text on text.id = member.text_id
      where member.dataset = ${version.dataset} and member.added <= ${version.number}
        and (member.removed is null or member.removed > ${version.number})
        and (${source}::text is null or source.name = ${source}) and document.id > ${after}
      order by document.id limit ${Math.min(left, PAGE)}`.execute(db)
    const last = rows.at(-1)
    if (!last) return
    after = last.id
    left -= rows.length
    for (const { id: _, ...document } of rows) yield document
  }
}

export interface SourceCount {
  readonly source: string
  readonly licence: string
  readonly documents: number
  readonly bytes: number
}

export async function countsBySource(db: Kysely<Database>, version: VersionRow): Promise<readonly SourceCount[]> {
  const { rows } = await sql<SourceCount>`
    select source.name as source, source.licence, count(*)::int as documents, sum(bytes)::float8 as bytes
    from member
    join source on source.id = member.source_id
    where member.dataset = ${version.dataset} and member.added <= ${version.number}
      and (member.removed is null or member.removed > ${version.number})
    group by source.name, source.licence order by source.name`.execute(db)
  return rows
}
