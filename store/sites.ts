/**
 * What is known of hosts and their files for robots, for all sources, nights, processes and machines. A host is one
 * process's by an advisory lock, which PostgreSQL lets go of when that process dies.
 */
import { type Kysely, sql } from 'kysely'
import type pg from 'pg'
import type { SiteMemory } from '../pipeline/crawl-contract.ts'
import type { Connection } from './connect.ts'
import type { Database } from './schema.ts'

export interface OpenSiteMemory extends SiteMemory {
  close(): void
}

/** Its locks live on a connection of its own, until `close`. */
export async function openSiteMemory(connection: Connection): Promise<OpenSiteMemory> {
  const { db } = connection
  const session: pg.PoolClient = await connection.client()
  const lockName = (host: string) => `host ${host}`
  /** A connection answers one query at a time. */
  let last: Promise<unknown> = Promise.resolve()
  function ask<Row extends pg.QueryResultRow>(text: string, host: string): Promise<pg.QueryResult<Row>> {
    const answer = last.then(() => session.query<Row>(text, [lockName(host)]))
    last = answer.catch(() => {})
    return answer
  }

  return {
    async enter(host) {
      const { rows } = await ask<{ mine: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
        host,
      )
      if (!rows[0]?.mine) return null
      return await entered(db, host)
    },
    async leave(host) {
      await ask('select pg_advisory_unlock(hashtextextended($1, 0))', host)
    },
    async remember(host, { lastMs, notBefore }) {
      await db
        .updateTable('host')
        .set({ last_ms: Math.round(lastMs), not_before: notBefore })
        .where('name', '=', host)
        .execute()
    },
    async file(url) {
      const row = await db.selectFrom('site_file').selectAll().where('url', '=', url).executeTakeFirst()
      if (!row) return null
      const { night, fetched_at, status, body, etag, last_modified, record_id, digest } = row
      return {
        night,
        fetchedAt: fetched_at.toISOString(),
        status,
        body,
        etag,
        lastModified: last_modified,
        recordId: record_id,
        payload: digest.toString('hex'),
      }
    },
    async keepFile(url, { night, fetchedAt, status, body, etag, lastModified, recordId, payload }) {
      const row = {
        night,
        fetched_at: fetchedAt,
        status,
        body: Buffer.from(body),
        etag,
        last_modified: lastModified,
        record_id: recordId,
        digest: Buffer.from(payload, 'hex'),
      }
      await db
        .insertInto('site_file')
        .values({ url, ...row })
        .onConflict((conflict) => conflict.column('url').doUpdateSet(row))
        .execute()
    },
    close() {
      // The locks end with the session, whatever state it is in.
      session.release(true)
    },
  }
}

/** Marks the host as visited, durably, before anything is asked of it; gives what was known until now. */
async function entered(db: Kysely<Database>, host: string) {
  const before = await db
    .selectFrom('host')
    .select(['entered_at', 'last_ms', 'not_before'])
    .where('name', '=', host)
    .executeTakeFirst()
  await sql`insert into host (name, entered_at) values (${host}, now())
    on conflict (name) do update set entered_at = excluded.entered_at`.execute(db)
  return {
    lastMs: before?.last_ms ?? null,
    notBefore: before?.not_before?.toISOString() ?? null,
    visited: before?.entered_at != null,
  }
}
