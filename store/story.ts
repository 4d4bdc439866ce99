/** Everything the tables know of one document, as one plain object. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Story } from './answers.ts'
import { keyHash } from './links.ts'
import type { Database } from './schema.ts'

/** The story of the first of these keys that a crawl ever saw, but for what recipes say; null where none was. */
export async function documentStory(
  db: Kysely<Database>,
  keys: readonly string[],
): Promise<Omit<Story, 'leftOut'> | null> {
  const { rows } = await sql<{ story: Omit<Story, 'leftOut'> }>`
    with wanted as (
      select key, hash, ord from unnest(${[...keys]}::text[], ${keys.map(keyHash)}::uuid[]) with ordinality as wanted (key, hash, ord)),
    found as (
      select source.id as source_id, wanted.key, wanted.hash, document.id as document_id
      from wanted cross join source
      left join frontier on frontier.source_id = source.id and frontier.hash = wanted.hash
      left join document on document.source_id = source.id and document.key = wanted.key
      where frontier.hash is not null or document.id is not null
      order by document.latest_capture_id is null, ord, source.id limit 1)
    select jsonb_build_object(
      'url', found.key, 'source', source.name, 'licence', source.licence, 'terms', source.terms,
      'state', coalesce(frontier.state, 'captured'), 'reason', frontier.reason, 'robotsRule', frontier.robots_rule,
      'askedFor', frontier.url, 'due', frontier.due, 'revisit', frontier.revisit, 'depth', frontier.depth,
      'unreached', (
        select jsonb_build_object('night', night, 'reason', coalesce(unreached ->> host.name, unreached ->> ''))
        from batch join host on host.id = frontier.host_id
        where batch.source_id = found.source_id and frontier.due <= night
          and frontier.settled_night is distinct from night and (unreached ? host.name or unreached ? '')
        order by night desc limit 1),
      'exchanges', coalesce((
        select jsonb_agg(jsonb_build_object('night', batch.night, 'status', exchange.status, 'reason', exchange.reason,
          'fetchedAt', ${utc('exchange.fetched_at')}, 'warc', warc_file.path, 'offset', warc_offset, 'length', warc_length)
          order by exchange.id)
        from exchange join batch on batch.id = exchange.batch_id and batch.source_id = found.source_id
        join warc_file on warc_file.batch_id = batch.id and warc_file.number = exchange.warc_file
        where exchange.hash = found.hash), '[]'),
      'captures', coalesce((
        select jsonb_agg(jsonb_build_object('night', batch.night, 'state', capture.state, 'status', capture.status,
          'fetchedAt', ${utc('capture.fetched_at')}, 'robotsRule', capture.robots_rule, 'directives', capture.directives,
          'canonical', capture.canonical, 'payload', encode(capture.payload, 'hex'),
          'warc', warc_file.path, 'offset', warc_offset, 'length', warc_length) order by capture.id)
        from capture join batch on batch.id = capture.batch_id
        join warc_file on warc_file.batch_id = batch.id and warc_file.number = capture.warc_file
        where capture.document_id = document.id), '[]'),
      'revisions', coalesce((
        select jsonb_agg(jsonb_build_object('digest', encode(revision.digest, 'hex'), 'title', revision.title, 'licence', revision.licence,
          'verdicts', coalesce((select jsonb_agg(jsonb_build_object('kept', kept, 'rule', rule, 'measured', measured,
            'threshold', threshold, 'measures', coalesce(measures(cleaning.measures, verdict.values), '{}')) order by cleaning_id)
            from verdict join cleaning on cleaning.id = cleaning_id where verdict.revision_id = revision.id), '[]'),
          'duplicateOf', coalesce((select jsonb_agg(jsonb_build_object('dataset', dataset, 'owner', owner_document.key,
            'since', added, 'similarity', round(intersection::numeric / "union", 4)) order by added)
            from duplicate join revision owner on owner.id = owner_id
            join document owner_document on owner_document.id = owner.document_id
            where duplicate.revision_id = revision.id and removed is null), '[]'),
          'contamination', coalesce((select jsonb_agg(jsonb_build_object('set', name, 'item', item, 'start', start,
            'length', length, 'letters', letters) order by cleaning_id, name, ord)
            from contamination where contamination.revision_id = revision.id), '[]'),
          'personal', coalesce((select personal from text where text.revision_id = revision.id and personal is not null
            order by id desc limit 1), '[]'),
          'omitted', coalesce((select jsonb_agg(jsonb_build_object('dataset', dataset, 'paragraphs', to_jsonb(omitted),
            'since', added) order by dataset, added)
            from member where member.revision_id = revision.id and removed is null and omitted is not null), '[]'),
          'versions', coalesce((select jsonb_agg(distinct version.dataset || '@' || version.number)
            from member join version on version.dataset = member.dataset and version.number >= member.added
              and (member.removed is null or version.number < member.removed)
            where member.revision_id = revision.id), '[]'),
          'shards', coalesce((select jsonb_agg(jsonb_build_object('shard', shard.digest, 'start', start, 'length', length)
            order by shard.id) from shard_document join shard on shard.id = shard_id
            where shard_document.revision_id = revision.id), '[]')) order by revision.id)
        from revision where revision.document_id = document.id), '[]'),
      'checkpoints', coalesce((
        select jsonb_agg(distinct checkpoint.digest)
        from revision join member on member.revision_id = revision.id
        join version on version.dataset = member.dataset and version.number >= member.added
          and (member.removed is null or version.number < member.removed)
        join training_set on training_set.version = version.digest
        join checkpoint on checkpoint.training_set = training_set.digest
        where revision.document_id = document.id), '[]')) as story
    from found
    join source on source.id = found.source_id
    left join frontier on frontier.source_id = found.source_id and frontier.hash = found.hash
    left join document on document.id = found.document_id`.execute(db)
  return rows[0]?.story ?? null
}

/** ISO 8601 in UTC, to the millisecond. */
function utc(column: string): RawBuilder<string> {
  return sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

/** Whether a limit kept an address out of the frontier for that reason; the night of it, and of which source. */
export async function omittedFor(
  db: Kysely<Database>,
  source: string,
  reason: string,
): Promise<{ readonly night: string } | null> {
  const row = await db
    .selectFrom('batch_reason')
    .innerJoin('batch', 'batch.id', 'batch_id')
    .innerJoin('source', 'source.id', 'batch.source_id')
    .select('night')
    .where('source.name', '=', source)
    .where('batch_reason.state', '=', 'omitted')
    .where('reason', '=', reason)
    .orderBy('night', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}
