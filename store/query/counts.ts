/** Documents and bytes of a selection, in all or by what they have in common. Counted by the database, nothing is read. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Count, Dimension, KeyedCount, RuleCount } from '../answers.ts'
import type { Database } from '../schema.ts'
import { joinsFor } from './fields.ts'
import { holds, type Selection } from './selection.ts'

export const DIMENSIONS: readonly Dimension[] = ['source', 'date', 'month', 'language', 'licence', 'length']

const SUMS = sql`count(*) as documents, coalesce(sum(member.bytes), 0)::bigint as bytes`

export async function countDocuments(db: Kysely<Database>, selection: Selection): Promise<Count> {
  const { rows } = await sql<Count>`
    select ${SUMS} from ${selection.from}
    ${joinsFor(selection.compared, selection.version)} where ${selection.where}`.execute(db)
  return rows[0] ?? { documents: 0, bytes: 0 }
}

/** In the order of the keys, null last. */
export async function countBy(
  db: Kysely<Database>,
  selection: Selection,
  dimension: Dimension,
): Promise<readonly KeyedCount[]> {
  const { rows } = await sql<KeyedCount>`
    select ${dimension === 'source' ? sql`(select name from source where id = counted.key)` : sql`key`} as key,
      documents, bytes
    from (
      select ${KEYS[dimension]} as key, ${SUMS} from ${selection.from}
      ${joinsFor(selection.compared, selection.version)} where ${selection.where} group by 1) counted
    order by 1 nulls last`.execute(db)
  return rows
}

/** Powers of two up to what `bytes` can hold. */
const BUCKETS = Array.from({ length: 31 }, (_, exponent) => 2 ** exponent)

const KEYS: Readonly<Record<Dimension, RawBuilder<unknown>>> = {
  source: sql`member.source_id`,
  date: sql`member.day`,
  month: sql`to_char(member.day, 'YYYY-MM')`,
  language: sql`member.lang`,
  licence: sql`member.licence`,
  length: sql`(array[0, ${sql.join(BUCKETS.map((least) => sql.lit(least)))}])[1 + width_bucket(member.bytes,
    array[${sql.join(BUCKETS.map((least) => sql.lit(least)))}])]`,
}

/** Of a selection of all that cleaning judged: what became of it, and by which rule what was rejected. */
export async function countByRule(db: Kysely<Database>, selection: Selection): Promise<readonly RuleCount[]> {
  const { version } = selection
  const { rows } = await sql<RuleCount>`
    select outcome, rule, count(*) as documents, coalesce(sum(bytes), 0)::bigint as bytes
    from (
      select case when held.document_id is not null then 'kept' when judged.kept then 'left out' else 'rejected' end
          as outcome, judged.rule, held.bytes
      from ${selection.from}
      join verdict judged on judged.revision_id = member.revision_id and judged.cleaning_id = ${version.cleaningId}
      left join member held on ${holds(version, 'held')} and held.source_id = member.source_id
        and held.document_id = member.document_id
      ${joinsFor(selection.compared, version)} where ${selection.where}) outcomes
    group by outcome, rule order by outcome, documents desc, rule`.execute(db)
  return rows
}
