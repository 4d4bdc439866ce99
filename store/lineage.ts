/**
 * The lineage graph, read from the rows of runs, documents and tokens: upward to the URLs and HTTP exchanges that a
 * thing was made from, downward to all that was made from it. Edges point the way the data flowed.
 */
import { type Kysely, sql } from 'kysely'
import { type Digest, type Json, UsageError } from '../pipeline/contract.ts'
import type { Database } from './schema.ts'
import { findNamedVersion } from './versions.ts'

export interface LineageNode {
  readonly id: string
  readonly kind: string
  readonly [field: string]: Json | undefined
}

export type LineageLine = { readonly node: LineageNode } | { readonly edge: readonly [from: string, to: string] }

export type Start =
  | { readonly kind: 'document'; readonly documentId: number }
  | { readonly kind: 'artifact'; readonly digest: Digest }
  | { readonly kind: 'batch'; readonly digest: Digest }

/**
 * What an id names: `DATASET@N` or `DATASET@TAG`, a URL (as given or canonical), a document key, or a digest by a unique prefix.
 * @throws UsageError where it names nothing, or more than one thing.
 */
export async function resolveStart(db: Kysely<Database>, id: string, canonical: string | null): Promise<Start> {
  const version = id.includes('@') ? await findNamedVersion(db, id) : null
  if (version) return { kind: 'artifact', digest: version.digest }
  const document = await findDocument(db, id, canonical)
  if (document !== null) return { kind: 'document', documentId: document }
  if (/^[0-9a-f]{6,64}$/.test(id)) return resolveDigest(db, id)
  throw new UsageError(
    `nothing is known of ${id}: give a URL that was crawled, DATASET@N, or at least 6 characters of a digest`,
  )
}

/** The document of a URL: its key, or the URL it was fetched by. */
async function findDocument(db: Kysely<Database>, id: string, canonical: string | null): Promise<number | null> {
  const byKey = await db
    .selectFrom('document')
    .select('id')
    .where('key', 'in', canonical === null ? [id] : [id, canonical])
    .orderBy('id')
    .executeTakeFirst()
  return byKey?.id ?? null
}

async function resolveDigest(db: Kysely<Database>, prefix: string): Promise<Start> {
  const { rows } = await sql<{ kind: 'artifact' | 'batch' | 'revision'; digest: string; document_id: number | null }>`
    select 'artifact' as kind, digest, null::bigint as document_id from artifact where digest like ${`${prefix}%`}
    union select 'artifact', manifest, null from shard where digest like ${`${prefix}%`}
    union select 'batch', digest, null from batch where digest like ${`${prefix}%`}
    union select 'revision', encode(digest, 'hex'), document_id from revision
      where digest >= decode(${prefix.padEnd(64, '0')}, 'hex') and digest <= decode(${prefix.padEnd(64, 'f')}, 'hex')
    limit 3`.execute(db)
  const [row] = rows
  if (!row) throw new UsageError(`no digest begins with ${prefix}`)
  if (rows.length > 1) throw new UsageError(`${prefix} is the beginning of several digests: give more of it`)
  if (row.kind === 'revision') return { kind: 'document', documentId: Number(row.document_id) }
  return row.kind === 'batch' ? { kind: 'batch', digest: row.digest } : { kind: 'artifact', digest: row.digest }
}

/** Everything that `start` was made from, back to URL, status and time of every fetch. */
export async function* lineageUp(db: Kysely<Database>, start: Start): AsyncIterable<LineageLine> {
  if (start.kind === 'document') {
    yield* documentUp(db, start.documentId)
    return
  }
  if (start.kind === 'batch') {
    yield* batchUp(db, start.digest)
    return
  }
  const seen = new Set<Digest>()
  const waiting = [start.digest]
  for (let digest = waiting.shift(); digest !== undefined; digest = waiting.shift()) {
    if (seen.has(digest)) continue
    seen.add(digest)
    const node = await artifactNode(db, digest)
    if (node) yield { node }
    for (const input of await inputsOf(db, digest)) {
      yield { edge: [input, digest] }
      waiting.push(input)
    }
    if (node?.kind === 'version') yield* versionDocuments(db, digest)
    for (const batch of await batchesOfDelta(db, digest)) {
      yield { edge: [batch, digest] }
      yield* batchUp(db, batch)
    }
  }
}

/** Everything that was made from `start`: versions, shards, training sets, checkpoints, evaluations. */
export async function* lineageDown(db: Kysely<Database>, start: Start): AsyncIterable<LineageLine> {
  const waiting: Digest[] = []
  if (start.kind === 'document') {
    yield* documentUp(db, start.documentId)
    const { rows } = await sql<{ revision: string; version: string; dataset: string; number: number }>`
      select distinct encode(revision.digest, 'hex') as revision, version.digest as version, version.dataset, version.number
      from member join revision on revision.id = member.revision_id
      join version on version.dataset = member.dataset and version.number >= member.added
        and (member.removed is null or version.number < member.removed)
      where revision.document_id = ${start.documentId}
      order by version.dataset, version.number`.execute(db)
    for (const row of rows) {
      yield { edge: [row.revision, row.version] }
      waiting.push(row.version)
    }
  } else if (start.kind === 'batch') {
    const rows = await db.selectFrom('batch').select('delta').where('digest', '=', start.digest).execute()
    for (const { delta } of rows) {
      if (delta === null) continue
      yield { edge: [start.digest, delta] }
      waiting.push(delta)
    }
  } else {
    waiting.push(start.digest)
  }
  const seen = new Set<Digest>()
  for (let digest = waiting.shift(); digest !== undefined; digest = waiting.shift()) {
    if (seen.has(digest)) continue
    seen.add(digest)
    const node = await artifactNode(db, digest)
    if (node) yield { node }
    for (const output of await outputsOf(db, digest)) {
      yield { edge: [digest, output] }
      waiting.push(output)
    }
  }
}

/** An artifact, with the run that made it and the name a version goes by. */
async function artifactNode(db: Kysely<Database>, digest: Digest): Promise<LineageNode | null> {
  const { rows } = await sql<{ node: LineageNode }>`
    select jsonb_strip_nulls(jsonb_build_object(
      'id', artifact.digest, 'kind', kind, 'bytes', bytes, 'meta', meta,
      'takedowns', (select jsonb_agg(takedown_id order by takedown_id) from takedown_checkpoint
               where takedown_checkpoint.checkpoint = artifact.digest),
      'name', (select string_agg(dataset || '@' || number, ' ' order by dataset, number) from version
               where version.digest = artifact.digest),
      'run', (select jsonb_build_object('stage', stage, 'subject', subject, 'key', key, 'code', code, 'config', config,
                'host', host, 'startedAt', started_at, 'finishedAt', finished_at)
              from run where output = artifact.digest and state = 'done' order by started_at limit 1))) as node
    from artifact where digest = ${digest}`.execute(db)
  return rows[0]?.node ?? null
}

async function inputsOf(db: Kysely<Database>, digest: Digest): Promise<readonly Digest[]> {
  const { rows } = await sql<{ input: string }>`
    select input from (select inputs from run where output = ${digest} and state = 'done' order by started_at limit 1) made,
      unnest(inputs) with ordinality as used (input, ord) order by ord`.execute(db)
  return rows.map((row) => row.input)
}

async function outputsOf(db: Kysely<Database>, digest: Digest): Promise<readonly Digest[]> {
  const { rows } = await sql<{ output: string }>`
    select distinct on (output) output from run where inputs @> array[${digest}]::text[] and state = 'done'
    order by output`.execute(db)
  return rows.map((row) => row.output)
}

async function batchesOfDelta(db: Kysely<Database>, delta: Digest): Promise<readonly Digest[]> {
  const rows = await db.selectFrom('batch').select('digest').where('delta', '=', delta).orderBy('id').execute()
  return rows.flatMap((row) => (row.digest === null ? [] : [row.digest]))
}

async function* batchUp(db: Kysely<Database>, digest: Digest): AsyncIterable<LineageLine> {
  const { rows } = await sql<{ node: LineageNode }>`
    select jsonb_build_object('id', batch.digest, 'kind', 'batch', 'source', source.name, 'licence', source.licence,
      'night', night, 'warc', (select jsonb_agg(path order by number) from warc_file where batch_id = batch.id),
      'counts', counts, 'frozenAt', frozen_at) as node
    from batch join source on source.id = batch.source_id where batch.digest = ${digest} order by batch.id limit 1
  `.execute(db)
  for (const { node } of rows) yield { node }
}

/** The documents of a version: document → capture → revision → version, and revision → shard. */
async function* versionDocuments(db: Kysely<Database>, digest: Digest): AsyncIterable<LineageLine> {
  const version = await db
    .selectFrom('version')
    .select(['dataset', 'number'])
    .where('digest', '=', digest)
    .orderBy('number')
    .executeTakeFirst()
  if (!version) return
  let after = 0
  for (;;) {
    const { rows } = await sql<{ document_id: number; revision: string }>`
      select member.document_id, encode(revision.digest, 'hex') as revision
      from member join revision on revision.id = member.revision_id
      where member.dataset = ${version.dataset} and member.added <= ${version.number}
        and (member.removed is null or member.removed > ${version.number}) and member.document_id > ${after}
      order by member.document_id limit 500`.execute(db)
    const last = rows.at(-1)
    if (!last) return
    after = last.document_id
    yield* documentLines(
      db,
      rows.map((row) => row.document_id),
      rows.map((row) => row.revision),
    )
    for (const { revision } of rows) yield { edge: [revision, digest] }
  }
}

async function* documentUp(db: Kysely<Database>, documentId: number): AsyncIterable<LineageLine> {
  yield* documentLines(db, [documentId], null)
}

/** Documents with their captures and revisions; only the named revisions where some are named. */
async function* documentLines(
  db: Kysely<Database>,
  documents: readonly number[],
  revisions: readonly Digest[] | null,
): AsyncIterable<LineageLine> {
  const { rows } = await sql<{
    document: LineageNode
    capture: LineageNode
    revision: LineageNode | null
    holder: string | null
    batch: string | null
  }>`
    select
      jsonb_build_object('id', 'document ' || source.name || ' ' || document.key, 'kind', 'document',
        'source', source.name, 'url', document.key, 'licence', source.licence) as document,
      jsonb_build_object('id', capture.record_id, 'kind', 'capture', 'url', capture.url, 'status', capture.status,
        'state', capture.state, 'fetchedAt', to_char(capture.fetched_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'robotsRule', capture.robots_rule, 'night', batch.night, 'payload', encode(capture.payload, 'hex'),
        'warc', warc_file.path, 'offset', capture.warc_offset, 'length', capture.warc_length) as capture,
      case when revision.id is not null then
        jsonb_build_object('id', encode(revision.digest, 'hex'), 'kind', 'revision', 'title', revision.title,
          'published', revision.published, 'lang', revision.lang,
          'verdicts', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kept', kept, 'rule', rule,
              'measured', measured, 'threshold', threshold)) order by cleaning_id)
             from verdict where verdict.revision_id = revision.id),
          'duplicateOf', (select jsonb_agg(jsonb_build_object('dataset', dataset, 'owner', encode(owner.digest, 'hex'),
              'url', owner_document.key, 'since', added, 'until', removed) order by added)
             from duplicate join revision owner on owner.id = owner_id
             join document owner_document on owner_document.id = owner.document_id
             where duplicate.revision_id = revision.id),
          'shards', (select jsonb_agg(jsonb_build_object('shard', shard.digest, 'tokenizer', shard.tokenizer,
              'start', start, 'length', length) order by shard.id)
             from shard_document join shard on shard.id = shard_id where shard_document.revision_id = revision.id))
      end as revision,
      holder.record_id as holder, batch.digest as batch
    from document
    join source on source.id = document.source_id
    join capture on capture.document_id = document.id
    join batch on batch.id = capture.batch_id
    join warc_file on warc_file.batch_id = batch.id and warc_file.number = capture.warc_file
    left join capture holder on holder.id = capture.payload_capture_id
    left join revision on revision.document_id = document.id and revision.capture_id = capture.id
    where document.id = any(${documents}::bigint[])
      and (${revisions}::text[] is null or encode(revision.digest, 'hex') = any(${revisions}::text[]))
    order by document.id, capture.id, revision.id`.execute(db)
  let previous = ''
  for (const { document, capture, revision, holder, batch } of rows) {
    if (document.id !== previous) yield { node: document }
    previous = document.id
    yield { node: capture }
    yield { edge: [document.id, capture.id] }
    if (holder) yield { edge: [holder, capture.id] }
    if (batch) yield { edge: [capture.id, batch] }
    if (!revision) continue
    yield { node: revision }
    yield { edge: [capture.id, revision.id] }
  }
}
