/**
 * Addresses entering the frontier: how a key and a host are named there, and how many of one form a night takes in.
 */
import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { type FoundLink, PRIORITY } from '../pipeline/crawl-contract.ts'
import { countReasons } from './batch-counts.ts'
import type { OpenBatch } from './batches.ts'
import type { Database } from './schema.ts'

/** The first 128 bits of the SHA-256 of a key, as PostgreSQL writes a uuid. */
export function keyHash(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** The host and port of a web address; empty for other keys. */
export function hostOf(url: string): string {
  return /^https?:\/\/([^/?#]+)/.exec(url)?.[1] ?? ''
}

/** How many new addresses of each form came in tonight, in this process. */
export interface FormBudget {
  readonly limit: number
  countOf(form: string): number
  add(form: string): void
}

/** Most forms have one address: beyond so many those are forgotten, so that memory is bounded. */
const MOST_FORMS = 200_000

export function createFormBudget(limit: number): FormBudget {
  const counts = new Map<string, number>()
  return {
    limit,
    countOf: (form) => counts.get(form) ?? 0,
    add(form) {
      if (counts.size >= MOST_FORMS) for (const [known, count] of counts) if (count < 2) counts.delete(known)
      if (counts.size >= MOST_FORMS) counts.clear()
      counts.set(form, (counts.get(form) ?? 0) + 1)
    },
  }
}

/** Links that are known to be in the frontier, as many as fit. */
export interface Recent {
  has(link: FoundLink): boolean
  add(link: FoundLink): void
}

export function createRecent(most: number): Recent {
  const keys = new Set<string>()
  // What a listing says, and the main page of a twin, may change a row that is there.
  const isPlain = ({ key, url, priority, lastmod }: FoundLink): boolean =>
    priority === PRIORITY.linked && lastmod === null && key === url
  return {
    has: (link) => isPlain(link) && keys.has(link.key),
    add(link) {
      if (!isPlain(link)) return
      if (keys.size >= most) keys.clear()
      keys.add(link.key)
    },
  }
}

/** Why an address of that form did not come in; also what a person is told who asks for it later. */
export function formReason(form: string, limit: number): string {
  return `trap: more than ${limit} addresses of one form tonight, ${form}`
}

/**
 * Adds links; of one known already, a start address or listing is due tonight, a new time of change makes a page due,
 * and a main page takes the place of its AMP or mobile twin. Beyond the budget of their form they are only counted.
 */
export async function addLinks(
  db: Kysely<Database>,
  batch: OpenBatch,
  links: readonly FoundLink[],
  hostIds: ReadonlyMap<string, number>,
  { budget, recent }: { readonly budget: FormBudget; readonly recent: Recent },
): Promise<void> {
  const within = await withinBudget(db, batch, links, hostIds, budget)
  if (within.length === 0) return
  const fresh = new Set(await insertLinks(db, batch, within, hostIds))
  for (const link of within) {
    if (link.form !== null && fresh.has(link.key)) budget.add(link.form)
    recent.add(link)
  }
}

/** Gives the keys that were not known. */
async function insertLinks(
  db: Kysely<Database>,
  { sourceId, night }: OpenBatch,
  links: readonly FoundLink[],
  hostIds: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const column = <Value>(pick: (link: FoundLink) => Value) => links.map(pick)
  // Most links are known and stay as they are: those are left out first, since a conflict costs a lock on its row.
  const dueAgain = sql`known.settled_night is distinct from ${night}::date`
  const listed = sql`link.priority = ${PRIORITY.listing}::smallint`
  const changed = sql`link.lastmod is not null and link.lastmod is distinct from known.lastmod`
  const { rows } = await sql<{ key: string; fresh: boolean }>`
    insert into frontier as kept (source_id, hash, host_id, key, url, depth, hops, priority, due, revisit, lastmod)
    select distinct on (link.hash) link.source_id, link.hash,
      case when link.url = link.key then link.host_id else coalesce(known.host_id, link.host_id) end,
      link.key, case when link.url = link.key then null when known.hash is null then link.url else known.url end,
      link.depth, link.hops,
      case when ${dueAgain} then least(known.priority, link.priority) else known.priority end,
      case when known.hash is null or ${dueAgain} and (${listed} or ${changed}) then ${night}::date else known.due end,
      0, coalesce(link.lastmod, known.lastmod)
    from unnest(${column(() => sourceId)}::integer[], ${column(({ key }) => keyHash(key))}::uuid[],
        ${column(({ url }) => hostIds.get(hostOf(url)))}::integer[], ${column(({ key }) => key)}::text[],
        ${column(({ url }) => url)}::text[], ${column(({ depth }) => depth)}::smallint[],
        ${column(({ hops }) => hops)}::smallint[], ${column(({ priority }) => priority)}::smallint[],
        ${column(({ lastmod }) => lastmod)}::text[])
      as link (source_id, hash, host_id, key, url, depth, hops, priority, lastmod)
    left join frontier known on known.source_id = link.source_id and known.hash = link.hash
    where known.hash is null or ${listed} and ${dueAgain} or ${changed} or link.url = link.key and known.url is not null
    order by link.hash, link.priority, link.url <> link.key, link.depth
    on conflict (source_id, hash) do update set
      due = least(kept.due, excluded.due), priority = excluded.priority, lastmod = excluded.lastmod,
      url = excluded.url, host_id = excluded.host_id
    returning key, xmax = 0 as fresh`.execute(db)
  return rows.flatMap(({ key, fresh }) => (fresh ? [key] : []))
}

/** The links that are known or whose form has room; the others are counted as omitted. */
async function withinBudget(
  db: Kysely<Database>,
  batch: OpenBatch,
  links: readonly FoundLink[],
  hostIds: ReadonlyMap<string, number>,
  { limit, countOf }: FormBudget,
): Promise<readonly FoundLink[]> {
  const room = new Map<string, number>()
  for (const { form } of links) if (form !== null) room.set(form, (room.get(form) ?? limit - countOf(form)) - 1)
  const crowded = links.filter(({ form }) => form !== null && (room.get(form) ?? 0) < 0)
  if (crowded.length === 0) return links
  const known = await knownHashes(db, batch.sourceId, crowded)
  const omitted = new Set<FoundLink>()
  room.clear()
  for (const link of crowded) {
    if (link.form === null || known.has(keyHash(link.key))) continue
    const left = room.get(link.form) ?? limit - countOf(link.form)
    room.set(link.form, left - 1)
    if (left <= 0) omitted.add(link)
  }
  if (omitted.size > 0) await countOmitted(db, batch, [...omitted], hostIds, limit)
  return links.filter((link) => !omitted.has(link))
}

async function knownHashes(
  db: Kysely<Database>,
  sourceId: number,
  links: readonly FoundLink[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ hash: string }>`
    select hash from unnest(${links.map(() => sourceId)}::integer[], ${links.map(({ key }) => keyHash(key))}::uuid[])
      as wanted (source_id, hash)
    join frontier using (source_id, hash)`.execute(db)
  return new Set(rows.map(({ hash }) => hash))
}

async function countOmitted(
  db: Kysely<Database>,
  batch: OpenBatch,
  links: readonly FoundLink[],
  hostIds: ReadonlyMap<string, number>,
  limit: number,
): Promise<void> {
  const rows = links.map(({ url, form }) => ({
    host_id: hostIds.get(hostOf(url)),
    state: 'omitted',
    reason: formReason(form ?? '', limit),
  }))
  await countReasons(db, batch, rows)
}
