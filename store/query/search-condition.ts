/** A search as a condition of a selection: what matches is the search's to say, in which order it is read the selection's. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { firstCandidates } from '../search/first-candidates.ts'
import { matchesSql } from '../search/match.ts'
import { parseQuery } from '../search/parse.ts'
import type { Condition } from './condition.ts'
import { type Fields, findField } from './fields.ts'

/** Where more texts may match, the selection meets enough of them on its way. */
const FEW = 50_000

/** @throws UsageError that shows what of the search is wrong */
export async function searchCondition(db: Kysely<Database>, text: string, fields: Fields): Promise<Condition> {
  const query = parseQuery(text)
  const asked = (name: string) => findField(fields, name).sql
  const of = {
    text: asked('text'),
    source: asked('source'),
    licence: asked('licence'),
    lang: asked('lang'),
    day: asked('day'),
    title: asked('title'),
  }
  const candidates = await firstCandidates(db, fields.version, query, FEW)
  const matches = matchesSql(query, of)
  return {
    sql:
      candidates === null ? sql`(${matches})` : sql`(member.text_id = any(${candidates}::bigint[]) and (${matches}))`,
    fields: Object.keys(of).map((name) => findField(fields, name)),
  }
}
