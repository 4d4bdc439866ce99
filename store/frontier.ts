/**
 * The crawler's memory for one source and one night, on Postgres: which addresses are known, which are due, which were
 * handed out. Memory holds what is handed out, never what is known. Writing outcomes is settle.ts's.
 */
import { setImmediate } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Digest, Json } from '../pipeline/contract.ts'
import {
  type FoundLink,
  type Frontier,
  type FrontierEntry,
  PRIORITY,
  type RecordedExchange,
} from '../pipeline/crawl-contract.ts'
import { countHosts } from './batch-counts.ts'
import type { OpenBatch } from './batches.ts'
import { addLinks, createFormBudget, createRecent, hostOf, keyHash } from './links.ts'
import type { Database } from './schema.ts'
import { admissible, commitGroup, type Keeping, type PlacedGroup, placeGroup, type Settling } from './settle.ts'
import { isTakenDown } from './tombstones.ts'
import { openWarcFiles, type WarcOptions } from './warc-files.ts'

/** Links that were just added need not be asked for again: a site's menu is on every page. */
const RECENT_LINKS = 50_000

/** What a settled outcome is compared with. */
export interface KnownDocument {
  readonly documentId: number
  readonly gone: boolean
  readonly payload: Digest | null
  /** The capture that holds the payload. */
  readonly holderId: number | null
}

export interface NightFrontier extends Frontier {
  close(): Promise<void>
}

export interface FrontierOptions extends Omit<WarcOptions, 'batchId' | 'stem'> {
  /** Addresses of one form that a night takes in. */
  readonly maxVariants: number
}

interface EntryRow {
  readonly hash: string
  readonly key: string
  readonly url: string | null
  readonly host: string
  readonly depth: number
  readonly hops: number
  readonly revisit: number
  readonly document_id: number | null
  readonly gone: boolean
  readonly payload: Buffer | null
  readonly etag: string | null
  readonly last_modified: string | null
  readonly holder_id: number | null
  readonly record_id: string | null
  readonly fetched_at: Date | null
  readonly taken_down: boolean
}

/** Opens the frontier of tonight's batch, and its WARC files. */
export async function openFrontier(
  db: Kysely<Database>,
  batch: OpenBatch,
  options: FrontierOptions,
): Promise<NightFrontier> {
  const files = await openWarcFiles(db, { ...options, batchId: batch.id, stem: batch.stem })
  const budget = createFormBudget(options.maxVariants)
  const recent = createRecent(RECENT_LINKS)
  const { sourceId, night } = batch
  const hostIds = new Map<string, number>()
  /** Handed out and not settled: their hash, and what was known of them. */
  const inFlight = new Map<string, { readonly hash: string; readonly known: KnownDocument | null }>()
  let waiting: (Settling | Keeping)[] = []
  let writing: Promise<void> | null = null
  let broken: { readonly error: unknown } | null = null

  /** The bytes of one group are written while the rows of the group before are committed, in order. */
  async function writeWaiting(): Promise<void> {
    let committing: Promise<void> = Promise.resolve()
    // What settles at the same moment is one group.
    await setImmediate()
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        // A group that failed leaves bytes behind that no row names: nothing may follow them.
        if (broken !== null) throw broken.error
        const placed = await placeGroup(files, group)
        await committing
        committing = commit(placed)
        // More may come meanwhile; without any, the commit is waited for here.
        if (waiting.length === 0) await committing
      } catch (error) {
        broken ??= { error }
        for (const { reject } of group) reject(error)
      }
    }
    await committing
    writing = null
    if (waiting.length > 0) writing = writeWaiting()
  }

  async function commit(placed: PlacedGroup): Promise<void> {
    try {
      if (broken !== null) throw broken.error
      await commitGroup(db, placed, { batch, budget, recent, idsOf })
      for (const [index, item] of placed.group.entries()) {
        if (item.kind === 'settling') inFlight.delete(item.entry.key)
        item.resolve(placed.states[index] ?? 'other')
      }
    } catch (error) {
      broken ??= { error }
      for (const { reject } of placed.group) reject(error)
    }
  }

  function write(item: Settling | Keeping): void {
    waiting.push(item)
    writing ??= writeWaiting()
  }

  /** The ids of hosts by name, made where they are new: in one order, or two crawls would wait for each other's. */
  async function idsOf(trx: Kysely<Database>, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const missing = [...new Set(names)].filter((name) => !hostIds.has(name)).toSorted()
    if (missing.length > 0) {
      await sql`insert into host (name) select unnest(${missing}::text[]) on conflict do nothing`.execute(trx)
      const rows = await trx.selectFrom('host').select(['id', 'name']).where('name', 'in', missing).execute()
      for (const { id, name } of rows) hostIds.set(name, id)
    }
    return hostIds
  }

  async function add(links: readonly FoundLink[]): Promise<void> {
    if (links.length === 0) return
    const hosts = links.map(({ url }) => hostOf(url))
    await addLinks(db, batch, links, await idsOf(db, hosts), { budget, recent })
  }

  /** Entries as they are handed out, with the last capture of their documents. */
  function handOut(rows: readonly EntryRow[]): readonly FrontierEntry[] {
    return rows.map((row) => {
      const { key, host, depth, hops, revisit, document_id, gone, holder_id, record_id, fetched_at } = row
      const takenDown = row.taken_down
      const payload = row.payload?.toString('hex') ?? null
      const known = document_id === null ? null : { documentId: document_id, gone, payload, holderId: holder_id }
      inFlight.set(key, { hash: row.hash, known })
      const previous =
        gone || record_id === null || fetched_at === null
          ? null
          : {
              payload,
              etag: row.etag,
              lastModified: row.last_modified,
              recordId: record_id,
              fetchedAt: fetched_at.toISOString(),
            }
      return { key, url: row.url ?? key, host, depth, hops, revisit, takenDown, previous }
    })
  }

  const columns = sql`entry.hash, entry.key, entry.url, host.name as host, depth, hops, revisit, document.id as document_id,
    document.gone_batch_id is not null as gone, capture.payload, capture.etag, capture.last_modified,
    holder.id as holder_id, holder.record_id, holder.fetched_at,
    ${isTakenDown(sql`entry.source_id`, sql`entry.key`)} as taken_down`
  // A revisit refers to the record that holds the payload, never to another revisit.
  const past = sql`join host on host.id = entry.host_id
    left join document on document.source_id = entry.source_id and document.key = entry.key
    left join capture on capture.id = document.latest_capture_id
    left join capture holder on holder.id = coalesce(capture.payload_capture_id, capture.id)`

  return {
    add,

    async hosts() {
      // One step of the index a host, where "select distinct" would read all of it.
      const { rows } = await sql<{ name: string }>`
        with recursive known as (
          (select host_id from frontier where source_id = ${sourceId} order by host_id limit 1)
          union all
          select (select host_id from frontier where source_id = ${sourceId} and host_id > known.host_id
            order by host_id limit 1) from known where known.host_id is not null)
        select name from known join host on host.id = known.host_id order by name collate "C"`.execute(db)
      return rows.map(({ name }) => name)
    },

    async take(hosts, limit) {
      const ids = await idsOf(db, hosts)
      const wanted = hosts.map((name) => ids.get(name)!)
      const taken = [...inFlight.values()].map(({ hash }) => hash)
      const ofPriority = (priority: number) => sql`(
        select source_id, hash, key, url, host_id, depth, hops, revisit, priority, due from frontier
        where source_id = ${sourceId} and host_id = wanted.host_id and priority = ${priority}::smallint
          and due <= ${night}::date and settled_night is distinct from ${night}::date and hash <> all(${taken}::uuid[])
        order by due, depth, hash limit ${limit})`
      const { rows } = await sql<EntryRow>`
        select ${columns} from unnest(${wanted}::integer[]) with ordinality as wanted (host_id, turn)
        cross join lateral (
          select * from (${sql.join(Object.values(PRIORITY).map(ofPriority), sql` union all `)}) of_host
          order by priority, due, depth, hash limit ${limit}) entry
        ${past}
        order by turn, priority, due, depth, entry.hash`.execute(db)
      return handOut(rows)
    },

    async claim(links) {
      await add(links)
      const { rows } = await sql<EntryRow>`
        select ${columns}
        from unnest(${links.map(() => sourceId)}::integer[], ${links.map(({ key }) => keyHash(key))}::uuid[])
          with ordinality as wanted (source_id, hash, turn)
        join frontier entry on entry.source_id = wanted.source_id and entry.hash = wanted.hash
        ${past}
        where settled_night is distinct from ${night}::date order by turn`.execute(db)
      return handOut(rows.filter(({ key }) => !inFlight.has(key)))
    },

    settle(entry, outcome) {
      const { hash, known } = inFlight.get(entry.key) ?? { hash: keyHash(entry.key), known: null }
      return new Promise((resolve, reject) => {
        write({ kind: 'settling', hash, known, entry, outcome: admissible(entry, outcome), resolve, reject })
      })
    },

    async keep({ key }, exchange: RecordedExchange, reason) {
      await new Promise((resolve, reject) => {
        write({ kind: 'keeping', hash: keyHash(key), exchange, reason, resolve, reject })
      })
    },

    async redirects(key, limit) {
      const { rows } = await sql<{ key: string }>`
        with recursive chain as (
          select target, 1 as steps from frontier where source_id = ${sourceId} and hash = ${keyHash(key)}::uuid
            and settled_night = ${night}::date and target is not null
          union all
          select frontier.target, steps + 1 from chain join frontier on source_id = ${sourceId} and hash = chain.target
            and settled_night = ${night}::date and frontier.target is not null where steps < ${limit})
        select key from chain join frontier on source_id = ${sourceId} and hash = chain.target order by steps`.execute(
        db,
      )
      return rows.map((row) => row.key)
    },

    async pending() {
      const { rows } = await sql<{ name: string; count: number }>`
        select name, count from (select host_id, count(*) from frontier
          where source_id = ${sourceId} and due <= ${night}::date group by host_id) due
        join host on host.id = due.host_id`.execute(db)
      return new Map(rows.map(({ name, count }) => [name, count]))
    },

    async settled() {
      const rows = await db
        .selectFrom('batch_host')
        .innerJoin('host', 'host.id', 'host_id')
        .select(['name', 'answered', 'refused', 'robots', 'failed', 'received'])
        .where('batch_id', '=', batch.id)
        .execute()
      return new Map(
        rows.map(({ name, answered, refused, robots, failed, received }) => [
          name,
          { entries: answered + refused + robots + failed, received },
        ]),
      )
    },

    async leave(host, reason) {
      await sql`update batch set unreached = coalesce(unreached, '{}') || ${JSON.stringify({ [host]: reason })}::jsonb
        where id = ${batch.id}`.execute(db)
    },

    async passOver(records) {
      const counted = await db.selectFrom('batch_host').select('host_id').where('batch_id', '=', batch.id).execute()
      if (counted.length > 0) return
      const ids = await idsOf(db, [''])
      await countHosts(db, batch, new Map([['', { unchanged: records, received: records }]]), ids)
    },

    async recall(name) {
      const row = await db
        .selectFrom('source_state')
        .select('value')
        .where('source_id', '=', sourceId)
        .where('name', '=', name)
        .executeTakeFirst()
      return row?.value ?? null
    },

    async remember(name, value: Json) {
      await sql`insert into source_state values (${sourceId}, ${name}, ${JSON.stringify(value)}::jsonb)
        on conflict (source_id, name) do update set value = excluded.value`.execute(db)
    },

    async close() {
      await writing
      await files.close()
    },
  }
}
