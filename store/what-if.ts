/**
 * What another threshold would do, told from the ledger of verdicts: each one carries all its measurements, so nothing is
 * measured again. It speaks of cleaning; which of the accepted are duplicates is decided after it.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { FailedError } from '../pipeline/contract.ts'
import { latestRevisions } from './latest.ts'
import type { Database } from './schema.ts'
import type { VersionRow } from './versions.ts'

/** One comparison: a measure, and the least or the most that passes. */
export interface Bound {
  readonly measure: string
  readonly side: 'least' | 'most'
  readonly threshold: number
}

export interface Prediction {
  readonly source: string
  readonly documents: number
  readonly acceptedNow: number
  readonly acceptedThen: number
  /** Accepted now and no more; rejected now and no more. */
  readonly lost: number
  readonly gained: number
  /** Documents that the version would lose: of `lost`, those it holds, and not as copies of others. */
  readonly leaving: number
}

export interface Sample {
  readonly change: 'lost' | 'gained'
  readonly source: string
  readonly url: string
  readonly title: string | null
  readonly value: number
  /** The beginning of the clean text; of a rejected one none is kept. */
  readonly text: string | null
}

const EXCERPT = 300

/** Counts by source, and samples of what would change, nearest to the threshold first. */
export async function whatIf(
  db: Kysely<Database>,
  version: VersionRow,
  {
    bounds,
    measure,
    threshold,
  }: { readonly bounds: readonly Bound[]; readonly measure: string; readonly threshold: number },
  samples: number,
): Promise<{ readonly sources: readonly Prediction[]; readonly samples: readonly Sample[] }> {
  const place = await measurePlaces(db, version)
  const judged = sql`
    select latest.document_id, latest.revision_id, verdict.kept as now,
      ${passes(bounds, place)} as then, ${measured(place(measure))} as value
    from (${latestRevisions(version)}) latest
    join verdict on verdict.revision_id = latest.revision_id and verdict.cleaning_id = ${version.cleaningId}`
  const { rows } = await sql<Prediction>`
    select source.name as source, count(*)::int as documents, (count(*) filter (where now))::int as "acceptedNow",
      (count(*) filter (where judged.then))::int as "acceptedThen",
      (count(*) filter (where now and not judged.then))::int as lost,
      (count(*) filter (where judged.then and not now))::int as gained,
      (count(member.added) filter (where now and not judged.then))::int as leaving
    from (${judged}) judged
    join document on document.id = judged.document_id
    join source on source.id = document.source_id
    left join member on member.dataset = ${version.dataset} and member.source_id = document.source_id
      and member.document_id = document.id and member.added <= ${version.number}
      and (member.removed is null or member.removed > ${version.number})
    group by source.name order by source.name`.execute(db)
  const { rows: found } = await sql<Sample>`
    with judged as (${judged}), ranked as (
      select judged.*, case when now then 'lost' else 'gained' end as change,
        row_number() over (partition by now order by abs(value - ${threshold}), revision_id) as place
      from judged where now <> judged.then)
    select change, source.name as source, document.key as url, title, value, left(text.body, ${EXCERPT}) as text
    from ranked
    join revision on revision.id = ranked.revision_id
    join document on document.id = ranked.document_id
    join source on source.id = document.source_id
    left join verdict on verdict.revision_id = ranked.revision_id and verdict.cleaning_id = ${version.cleaningId}
    left join text on text.id = verdict.text_id
    where place <= ${samples} order by change desc, place`.execute(db)
  return { sources: rows, samples: found }
}

/** Where a measure stands among the values of the version's verdicts. */
async function measurePlaces(db: Kysely<Database>, version: VersionRow): Promise<(measure: string) => number> {
  const { measures } = await db
    .selectFrom('cleaning')
    .select('measures')
    .where('id', '=', version.cleaningId)
    .executeTakeFirstOrThrow()
  return (measure) => {
    const place = measures.indexOf(measure)
    if (place < 0)
      throw new FailedError(`${version.dataset}@${version.number} was cleaned before ${measure} was measured`)
    return place + 1
  }
}

/** A verdict without measurements is of a document that was withdrawn: no threshold brings it back. */
function passes(bounds: readonly Bound[], place: (measure: string) => number): RawBuilder<boolean> {
  const each = bounds.map(({ measure, side, threshold }) =>
    side === 'least'
      ? sql`${measured(place(measure))} >= ${threshold}`
      : sql`${measured(place(measure))} <= ${threshold}`,
  )
  return sql<boolean>`(${sql.join([sql`verdict.values is not null`, ...each], sql` and `)})`
}

function measured(place: number): RawBuilder<number> {
  return sql<number>`coalesce(verdict.values[${sql.lit(place)}], 0)`
}
