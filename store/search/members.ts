/** The candidates of a search that a version holds and that match, read in one statement. */
import { type Kysely, sql } from 'kysely'
import type { Digest } from '../../pipeline/contract.ts'
import type { Database } from '../schema.ts'
import type { VersionRow } from '../versions.ts'
import { createMatcher, fieldsSql, type Matchable } from './match.ts'
import { fieldValues, type Query } from './query.ts'

export interface Member extends Matchable {
  readonly id: number
  readonly bytes: number
}

/** Those of these texts that match, descending by id. */
export type ReadMembers = (ids: readonly number[]) => Promise<readonly Member[]>

/**
 * Of thousands of candidates no more is read than decides: titles where the query asks for them, names of sources once.
 * @param sources names by id
 */
export function memberReader(
  db: Kysely<Database>,
  version: VersionRow,
  query: Query,
  sources: ReadonlyMap<number, string>,
): ReadMembers {
  const matches = createMatcher(query)
  const titled = fieldValues(query, 'title').length > 0
  const narrowed = fieldsSql(query, {
    source: sql`(select name from source where id = source_id)`,
    licence: sql`licence`,
    lang: sql`lang`,
    day: sql`day`,
  })
  return async (ids) => {
    const { rows } = await sql<Omit<Member, 'source'> & { source_id: number }>`
      select text.id, source_id, day, lang, licence, bytes, member_text(body, omitted) as text,
        ${titled ? sql`(select title from revision where revision.id = member.revision_id)` : sql`null`} as title
      from unnest(${ids}::bigint[]) as candidate (id)
      join member on member.text_id = candidate.id
      join text on text.id = candidate.id
      where member.dataset = ${version.dataset} and member.added <= ${version.number}
        and (member.removed is null or member.removed > ${version.number}) and ${narrowed}`.execute(db)
    return rows
      .map((row): Member => ({ ...row, source: sources.get(row.source_id) ?? '' }))
      .filter(matches)
      .sort((a, b) => b.id - a.id)
  }
}

export interface Details {
  readonly id: number
  readonly url: string
  readonly title: string | null
  readonly revision: Digest
}

/** What is shown of texts beside themselves, by their id. */
export async function detailsOf(db: Kysely<Database>, ids: readonly number[]): Promise<ReadonlyMap<number, Details>> {
  const { rows } = await sql<Details>`
    select text.id, document.key as url, title, encode(revision.digest, 'hex') as revision
    from unnest(${ids}::bigint[]) as hit (id)
    join text on text.id = hit.id
    join revision on revision.id = text.revision_id
    join document on document.id = revision.document_id`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
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
