/** The state of a workspace at a glance. */
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

export interface SourceStatus {
  readonly source: string
  readonly lastNight: string | null
  readonly batches: number
  readonly documents: number
  readonly warcBytes: number
  /** Of the last night. */
  readonly refused: number
  readonly failed: number
}

export interface Status {
  readonly sources: readonly SourceStatus[]
  readonly rejected: readonly object[]
  readonly versions: readonly object[]
  readonly checkpoints: readonly object[]
  readonly takedowns: readonly object[]
}

export async function workspaceStatus(db: Kysely<Database>): Promise<Status> {
  const sources = await sql<SourceStatus>`
    select name as source, max(night)::text as "lastNight", count(batch.digest)::int as batches,
      (select count(*)::int from document join capture on capture.id = latest_capture_id
        where source_id = source.id and holds_text) as documents,
      (select coalesce(sum(bytes), 0)::float8 from warc_file join batch night on night.id = batch_id
        where night.source_id = source.id) as "warcBytes",
      coalesce(sum(refused) filter (where is_last), 0)::int as refused,
      coalesce(sum(failed) filter (where is_last), 0)::int as failed
    from source
    left join batch on batch.source_id = source.id
    left join lateral (
      select sum(refused + robots) as refused, sum(failed) as failed,
        batch.id = (select id from batch last where last.source_id = source.id order by night desc limit 1) as is_last
      from batch_host where batch_id = batch.id) counted on true
    group by source.id order by name`.execute(db)
  const rejected = await sql<object>`
    select source.name as source, rule, count(*)::int as documents
    from verdict join revision on revision.id = revision_id join document on document.id = revision.document_id
    join source on source.id = document.source_id
    where not kept group by source.name, rule order by source.name, rule`.execute(db)
  const versions = await sql<object>`
    select distinct on (dataset) dataset || '@' || number as version, left(digest, 12) as digest, documents, bytes
    from version order by dataset, number desc`.execute(db)
  const checkpoints = await sql<object>`
    select left(checkpoint.digest, 12) as checkpoint, left(training_set, 12) as "trainingSet", step,
      (select (metrics ->> 'bitsPerByte')::float8 from evaluation where checkpoint = checkpoint.digest limit 1) as "bitsPerByte",
      (select string_agg(takedown_id::text, ', ' order by takedown_id) from takedown_checkpoint
        where takedown_checkpoint.checkpoint = checkpoint.digest) as "trainedBeforeTakedown"
    from checkpoint join artifact on artifact.digest = checkpoint.digest order by created_at desc limit 10`.execute(db)
  const takedowns = await sql<object>`
    select id as takedown, state, begun_at as "begunAt", request ->> 'scope' as scope, request ->> 'reason' as reason,
      (select count(*)::int from tombstone where takedown_id = takedown.id) as documents
    from takedown order by id desc limit 10`.execute(db)
  return {
    sources: sources.rows,
    rejected: rejected.rows,
    versions: versions.rows,
    checkpoints: checkpoints.rows,
    takedowns: takedowns.rows,
  }
}
