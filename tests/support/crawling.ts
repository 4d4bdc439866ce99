/**
 * Nights of a source on the real store: an embedded PostgreSQL in a folder of its own, with what a night left in its
 * tables and WARC files. One a test file; `reset` gives each test an empty memory.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { createHosts } from '../../crawler/http/polite.ts'
import { createMeter, type Meter, type Tally } from '../../crawler/meter.ts'
import { crawlSource } from '../../crawler/sources/index.ts'
import { warcinfo } from '../../crawler/warc/record.ts'
import type { DeltaLine, Source, UserAgent } from '../../pipeline/crawl-contract.ts'
import { freezeBatch, openBatch } from '../../store/batches.ts'
import { openBatchRecords } from '../../store/captures.ts'
import { type Connection, connect } from '../../store/connect.ts'
import { openFrontier } from '../../store/frontier.ts'
import { openObjects } from '../../store/objects.ts'
import { openSiteMemory } from '../../store/sites.ts'
import { removeWorkspace } from './command.ts'

export const TONIGHT = '2026-03-01'
export const TOMORROW = '2026-03-02'

/** What is known of one address after a night. */
export interface Settled {
  readonly key: string
  readonly kind: 'pending' | 'captured' | 'refused' | 'failed'
  readonly reason: string | null
  readonly robotsRule: string | null
  readonly due: string
  readonly revisit: number
  readonly state: string | null
  readonly status: number | null
  readonly payload: string | null
  readonly etag: string | null
  readonly recordId: string | null
  readonly directives: string | null
  /** Of that night; null where it was not captured then. */
  readonly member: Uint8Array | null
}

export interface NightOptions {
  readonly night?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (settled: number) => void
  readonly retryMs?: number
  readonly userAgent?: UserAgent
  readonly warcFileBytes?: number
}

export interface Crawling {
  readonly connection: Connection
  /** The folder that holds `warc/`. */
  readonly folder: string
  /** Crawls once, without freezing; what it did is told by the tally. */
  crawl(source: Source, options?: NightOptions): Promise<Tally>
  /** The address whose key ends so; throws where there is not exactly one. */
  find(ending: string, night?: string): Promise<Settled>
  /** Keys that were settled that night. */
  settled(night?: string): Promise<readonly string[]>
  /** Freezes the source's night; gives its delta. */
  freeze(source: Source, night?: string): Promise<readonly DeltaLine[]>
  reset(): Promise<void>
  close(): Promise<void>
}

export async function openCrawling(): Promise<Crawling> {
  const workspace = mkdtempSync(join(tmpdir(), 'malmoi-crawl-'))
  const folder = join(workspace, '.malmoi')
  const connection = await connect(workspace, undefined)
  const { db } = connection
  const objects = openObjects(join(folder, 'objects'))

  async function crawl(source: Source, options: NightOptions = {}): Promise<Tally> {
    const { night = TONIGHT, onProgress, signal, retryMs = 20, warcFileBytes } = options
    const userAgent = options.userAgent ?? { name: 'malmoi', contact: null }
    const meter: Meter = createMeter(({ settled }) => onProgress?.(settled()))
    const batch = await openBatch(db, source, night)
    const frontier = await openFrontier(db, batch, {
      folder,
      warcinfo: (name) => warcinfo(userAgent, name),
      maxVariants: 'maxVariants' in source ? source.maxVariants : Number.POSITIVE_INFINITY,
      ...(warcFileBytes === undefined ? {} : { fileBytes: warcFileBytes }),
    })
    const sites = await openSiteMemory(connection)
    try {
      const shared = { frontier, sites, hosts: createHosts(sites), userAgent, night, meter }
      await crawlSource(source, { ...shared, signal, retryMs })
      return meter.total()
    } finally {
      await frontier.close()
      sites.close()
    }
  }

  return {
    connection,
    folder,
    crawl,
    async find(ending, night = TONIGHT) {
      const { rows } = await sql<Omit<Settled, 'member'> & Place>`
        select coalesce(frontier.key, document.key) as key, coalesce(frontier.state, 'captured') as kind, reason,
          coalesce(frontier.robots_rule, capture.robots_rule) as "robotsRule", due, revisit, capture.state,
          coalesce(capture.status, frontier.status) as status, encode(payload, 'hex') as payload, etag,
          record_id as "recordId", directives, capture.batch_id, warc_file, warc_offset, warc_length
        from frontier full join document on document.source_id = frontier.source_id and document.key = frontier.key
        left join batch on batch.source_id = coalesce(frontier.source_id, document.source_id) and night = ${night}::date
        left join capture on capture.document_id = document.id and capture.batch_id = batch.id
        where right(coalesce(frontier.key, document.key), ${ending.length}) = ${ending}`.execute(db)
      const [row, ...more] = rows
      if (row === undefined || more.length > 0) throw new Error(`${rows.length} addresses end in ${ending}`)
      const { batch_id, warc_file, warc_offset, warc_length, ...settled } = row
      if (batch_id === null) return { ...settled, member: null }
      const records = await openBatchRecords(db, folder, batch_id)
      const member = await records.read({ warc_file, warc_offset, warc_length })
      await records.close()
      return { ...settled, member }
    },
    async settled(night = TONIGHT) {
      const rows = await db
        .selectFrom('frontier')
        .select('key')
        .where('settled_night', '=', night)
        .orderBy(sql`key collate "C"`)
        .execute()
      return rows.map(({ key }) => key)
    },
    async freeze(source, night = TONIGHT) {
      const batch = await openBatch(db, source, night)
      await freezeBatch(db, objects, batch, source.deletions)
      const { delta } = await db
        .selectFrom('batch')
        .select('delta')
        .where('id', '=', batch.id)
        .executeTakeFirstOrThrow()
      const lines = await Array.fromAsync(objects.lines(delta ?? ''))
      return lines.map((line): DeltaLine => JSON.parse(line))
    },
    async reset() {
      await sql`truncate source, host, site_file, frontier, batch, document, capture restart identity cascade`.execute(
        db,
      )
      await sql`insert into host (name) values ('')`.execute(db)
      rmSync(join(folder, 'warc'), { recursive: true, force: true })
    },
    async close() {
      await connection.close()
      await removeWorkspace(workspace)
    },
  }
}

interface Place {
  readonly batch_id: number | null
  readonly warc_file: number
  readonly warc_offset: number
  readonly warc_length: number
}
