/** The documents that a search finds: in every clean text there is, whatever version holds it, or none. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { candidateTexts } from '../search/candidates.ts'
import { createMatcher, type Matchable } from '../search/match.ts'
import { parseQuery } from '../search/parse.ts'

const TEXTS_AT_ONCE = 500

/** @throws UsageError where the query is none */
export async function documentsFound(db: Kysely<Database>, words: string): Promise<readonly number[]> {
  const query = parseQuery(words)
  const matches = createMatcher(query)
  const found = new Set<number>()
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      for await (const ids of candidateTexts(trx, query, Number.MAX_SAFE_INTEGER)) {
        for (let at = 0; at < ids.length; at += TEXTS_AT_ONCE)
          for (const { document, ...text } of await readTexts(trx, ids.slice(at, at + TEXTS_AT_ONCE)))
            if (matches(text)) found.add(document)
      }
    })
  return [...found].toSorted((a, b) => a - b)
}

async function readTexts(db: Kysely<Database>, ids: readonly number[]) {
  const { rows } = await sql<Matchable & { readonly document: number }>`
    select revision.document_id as document, source.name as source, revision.title, revision.lang,
      day_of(revision.published, batch.night) as day, coalesce(revision.licence, source.licence) as licence,
      text.body as text
    from unnest(${ids}::bigint[]) as candidate (id)
    join text on text.id = candidate.id
    join revision on revision.id = text.revision_id
    join document on document.id = revision.document_id
    join source on source.id = document.source_id
    join capture on capture.id = revision.capture_id
    join batch on batch.id = capture.batch_id`.execute(db)
  return rows
}
