/** Everything that holds some documents, read from the rows: what a takedown lists, and then goes through. */
import { type Kysely, sql } from 'kysely'
import type { Digest } from '../../pipeline/contract.ts'
import type { Database } from '../schema.ts'
import { namesOf } from './find.ts'
import type { Places } from './request.ts'

type Documents = readonly number[]

/** The places of these documents, by id. */
export async function placesOf(db: Kysely<Database>, documents: Documents): Promise<Places> {
  const versions = await versionsWith(db, documents)
  const digests = versions.map(({ digest }) => digest)
  const trainingSets = await digestsOf(db, sql`select digest from training_set where version = any(${digests}::text[])`)
  const checkpoints = await digestsOf(
    db,
    sql`select digest from checkpoint where training_set = any(${trainingSets}::text[])`,
  )
  return {
    documents: (await namesOf(db, documents)).map(({ source, key }) => ({ source, url: key })),
    versions: versions.map(({ version, held }) => ({ version, documents: held })),
    revisions: await digestsOf(
      db,
      sql`select encode(digest, 'hex') as digest from revision where document_id = any(${documents}::bigint[])`,
    ),
    texts: await digestsOf(
      db,
      sql`select distinct encode(text.digest, 'hex') as digest from revision join text on text.revision_id = revision.id
        where document_id = any(${documents}::bigint[])`,
    ),
    warc: await warcRecords(db, documents),
    listings: [],
    artifacts: await artifactsWith(db, documents),
    shards: await shardRanges(db, documents),
    tokenizers: await digestsOf(db, sql`select distinct digest from tokenizer where version = any(${digests}::text[])`),
    trainingSets,
    checkpoints,
    evaluations: await digestsOf(db, sql`select digest from evaluation where checkpoint = any(${checkpoints}::text[])`),
    exports: await exportsOf(db, documents),
  }
}

async function digestsOf(db: Kysely<Database>, query: ReturnType<typeof sql>): Promise<readonly Digest[]> {
  const { rows } = await sql<{ digest: Digest }>`select digest from (${query}) as found order by digest`.execute(db)
  return rows.map(({ digest }) => digest)
}

async function versionsWith(db: Kysely<Database>, documents: Documents) {
  const { rows } = await sql<{ version: string; digest: Digest; held: number }>`
    select version.dataset || '@' || version.number as version, version.digest, count(*) as held
    from member join version on version.dataset = member.dataset and version.number >= member.added
      and (member.removed is null or version.number < member.removed)
    where member.document_id = any(${documents}::bigint[])
    group by version.dataset, version.number, version.digest order by version.dataset collate "C", version.number`.execute(
    db,
  )
  return rows
}

/** Captures of every night, and exchanges that gave no capture. */
async function warcRecords(db: Kysely<Database>, documents: Documents): Promise<Places['warc']> {
  const { rows } = await sql<{ file: string; records: [number, number][] }>`
    select path as file, jsonb_agg(jsonb_build_array(warc_offset, warc_length) order by warc_offset) as records
    from (
      select batch_id, warc_file, warc_offset, warc_length from capture
      where document_id = any(${documents}::bigint[])
      union
      select exchange.batch_id, warc_file, warc_offset, warc_length
      from document
      join exchange on exchange.hash = left(encode(sha256(convert_to(document.key, 'UTF8')), 'hex'), 32)::uuid
      join batch on batch.id = exchange.batch_id and batch.source_id = document.source_id
      where document.id = any(${documents}::bigint[])) as held
    join warc_file on warc_file.batch_id = held.batch_id and warc_file.number = held.warc_file
    group by path order by path collate "C"`.execute(db)
  return rows
}

/**
 * The extractions that gave one of the revisions, what cleaning made of those, and what was found in that of evaluation
 * sets and computed for deduplication. Other artifacts name documents, and say nothing of their words.
 */
async function artifactsWith(db: Kysely<Database>, documents: Documents): Promise<Places['artifacts']> {
  const { rows } = await sql<{ stage: string; digest: Digest; documents: number }>`
    with extractions as (
      select extraction.digest, count(distinct revision.document_id) as documents
      from revision join extracted on extracted.revision_id = revision.id
      join extraction on extraction.id = extracted.extraction_id
      where revision.document_id = any(${documents}::bigint[])
      group by extraction.digest),
    cleaned as (
      select run.output as digest, max(documents) as documents from extractions
      join run on run.inputs @> array[extractions.digest] and run.stage = 'clean' and run.state = 'done'
      group by run.output),
    compared as (
      select run.stage, run.output as digest, max(documents) as documents from cleaned
      join run on run.inputs @> array[cleaned.digest] and run.stage in ('contamination', 'signatures')
        and run.state = 'done'
      group by run.stage, run.output)
    select 'extract' as stage, digest, documents from extractions
    union all select 'clean', digest, documents from cleaned
    union all select * from compared
    order by 1, 2`.execute(db)
  return rows
}

async function shardRanges(db: Kysely<Database>, documents: Documents): Promise<Places['shards']> {
  const { rows } = await sql<{ digest: Digest; ranges: [number, number][] }>`
    select shard.digest, jsonb_agg(jsonb_build_array(start, length) order by start) as ranges
    from revision join shard_document on shard_document.revision_id = revision.id
    join shard on shard.id = shard_document.shard_id
    where revision.document_id = any(${documents}::bigint[])
    group by shard.digest order by shard.digest`.execute(db)
  return rows
}

async function exportsOf(db: Kysely<Database>, documents: Documents): Promise<Places['exports']> {
  const { rows } = await sql<{ path: string; version: string }>`
    select distinct path collate "C" as path, export.dataset || '@' || export.number as version
    from export join member on member.dataset = export.dataset and member.added <= export.number
      and (member.removed is null or member.removed > export.number)
    where member.document_id = any(${documents}::bigint[]) order by 1, 2`.execute(db)
  return rows
}
