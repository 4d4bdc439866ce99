/** The candidates of a search that a version holds and that match, read in one statement. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { VersionRow } from '../versions.ts'
import { createMatcher, fieldsSql, type Matchable } from './match.ts'
import type { Query } from './query.ts'

export interface Member extends Matchable {
  readonly id: number
  readonly url: string
  readonly revision: string
  readonly bytes: number
}

/** Those of these texts that match, descending by id. */
export type ReadMembers = (ids: readonly number[]) => Promise<readonly Member[]>

export function memberReader(db: Kysely<Database>, version: VersionRow, query: Query): ReadMembers {
  const matches = createMatcher(query)
  const narrowed = fieldsSql(query, {
    source: sql`source.name`,
    licence: sql`member.licence`,
    lang: sql`member.lang`,
    day: sql`member.day`,
  })
  return async (ids) => {
    const { rows } = await sql<Member>`
      select text.id, source.name as source, document.key as url, revision.title, member.day, member.lang,
        member.licence, encode(revision.digest, 'hex') as revision, member.bytes,
        member_text(text.body, member.omitted) as text
      from unnest(${ids}::bigint[]) as candidate (id)
      join member on member.text_id = candidate.id
      join text on text.id = candidate.id
      join revision on revision.id = member.revision_id
      join document on document.id = member.document_id
      join source on source.id = member.source_id
      where member.dataset = ${version.dataset} and member.added <= ${version.number}
        and (member.removed is null or member.removed > ${version.number}) and ${narrowed}
      order by text.id desc`.execute(db)
    return rows.filter(matches)
  }
}

/** Groups of candidates as members that match: few at first, more as it goes on. */
export async function* matchingMembers(
  candidates: AsyncIterable<readonly number[]>,
  read: ReadMembers,
  step: { readonly first: number; readonly most: number },
): AsyncIterable<readonly Member[]> {
  let size = step.first
  for await (const ids of candidates) {
    for (let at = 0; at < ids.length; ) {
      const group = ids.slice(at, at + size)
      at += group.length
      size = Math.min(step.most, size * 2)
      yield await read(group)
    }
  }
}
