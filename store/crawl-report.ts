/** What a night of a source did, by host and by reason: read from the counts that were kept while it went on. */
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

export interface HostReport {
  readonly host: string
  readonly fetched: number
  readonly notModified: number
  readonly new: number
  readonly changed: number
  readonly unchanged: number
  readonly gone: number
  readonly robots: number
  readonly refused: number
  readonly failed: number
  readonly bytes: number
  /** From the first to the last that was settled. */
  readonly seconds: number
}

export interface ReasonReport {
  /** `refused`, `failed`; `omitted`: kept out of the frontier; `waiting`: left due for another night. */
  readonly state: string
  readonly reason: string
  readonly host: string
  readonly urls: number
}

export interface CrawlReport {
  readonly source: string
  readonly night: string
  readonly hosts: readonly HostReport[]
  readonly reasons: readonly ReasonReport[]
}

/** The report of a night, or of the source's last one; null where there is none. Busiest hosts and commonest reasons first. */
export async function crawlReport(
  db: Kysely<Database>,
  source: string,
  night: string | null,
): Promise<CrawlReport | null> {
  const batch = await db
    .selectFrom('batch')
    .innerJoin('source', 'source.id', 'source_id')
    .select(['batch.id', 'night', 'unreached', 'source_id'])
    .where('source.name', '=', source)
    .$if(night !== null, (query) => query.where(sql<string>`night::text`, '=', night))
    .orderBy('night', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!batch) return null
  const { rows: hosts } = await sql<HostReport>`
    select host.name as host, answered - not_modified as fetched, not_modified as "notModified", "new", changed, unchanged,
      gone, robots, refused, failed, bytes, extract(epoch from last_at - first_at)::float8 as seconds
    from batch_host join host on host.id = host_id where batch_id = ${batch.id}
    order by answered + refused + robots + failed desc, host.name`.execute(db)
  const { rows: reasons } = await sql<ReasonReport>`
    select state, reason, host.name as host, urls from batch_reason join host on host.id = host_id
    where batch_id = ${batch.id} order by urls desc, state, reason, host.name`.execute(db)
  const waiting = Object.entries(batch.unreached ?? {}).map(async ([host, reason]): Promise<ReasonReport> => {
    const { rows } = await sql<{ urls: number }>`
      select count(*) as urls from frontier where source_id = ${batch.source_id} and due <= ${batch.night}::date
        and (${host} = '' or host_id = (select id from host where name = ${host}))`.execute(db)
    return { state: 'waiting', reason, host, urls: rows[0]?.urls ?? 0 }
  })
  return { source, night: batch.night, hosts, reasons: [...(await Promise.all(waiting)), ...reasons] }
}
