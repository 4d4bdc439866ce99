/** Everything the tables know of one document, as one plain object. */
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

export interface Story {
  readonly url: string
  readonly source: string
  readonly licence: string
  readonly state: string
  readonly reason: string | null
  readonly robotsRule: string | null
  readonly captures: readonly {
    readonly night: string
    readonly state: string
    readonly status: number
    readonly fetchedAt: string
    readonly robotsRule: string
    readonly payload: string | null
    readonly warc: string
    readonly offset: number
    readonly length: number
  }[]
  readonly revisions: readonly {
    readonly digest: string
    readonly title: string | null
    readonly verdicts: readonly {
      readonly kept: boolean
      readonly rule: string | null
      readonly measured: number | null
      readonly threshold: number | null
      readonly measures: Readonly<Record<string, number>>
    }[]
    readonly duplicateOf: readonly { readonly dataset: string; readonly owner: string; readonly since: number }[]
    readonly versions: readonly string[]
    readonly shards: readonly { readonly shard: string; readonly start: number; readonly length: number }[]
  }[]
  readonly checkpoints: readonly string[]
}

/** The story of a URL, by its key or its canonical form; null where no crawl ever saw it. */
export async function documentStory(
  db: Kysely<Database>,
  url: string,
  canonical: string | null,
): Promise<Story | null> {
  const keys = canonical === null ? [url] : [url, canonical]
  const { rows } = await sql<{ story: Story }>`
    with found as (
      select source_id, key from frontier where key = any(${keys}::text[])
      union select source_id, key from document where key = any(${keys}::text[])
      order by 1 limit 1)
    select jsonb_build_object(
      'url', found.key, 'source', source.name, 'licence', source.licence,
      'state', coalesce(frontier.state, 'captured'), 'reason', frontier.reason, 'robotsRule', frontier.robots_rule,
      'captures', coalesce((
        select jsonb_agg(jsonb_build_object('night', batch.night, 'state', capture.state, 'status', capture.status,
          'fetchedAt', capture.fetched_at, 'robotsRule', capture.robots_rule, 'payload', encode(capture.payload, 'hex'),
          'warc', batch.warc, 'offset', warc_offset, 'length', warc_length) order by capture.id)
        from capture join batch on batch.id = capture.batch_id where capture.document_id = document.id), '[]'),
      'revisions', coalesce((
        select jsonb_agg(jsonb_build_object('digest', encode(revision.digest, 'hex'), 'title', revision.title,
          'verdicts', coalesce((select jsonb_agg(jsonb_build_object('kept', kept, 'rule', rule, 'measured', measured,
            'threshold', threshold, 'measures', measures) order by cleaning_id)
            from verdict where verdict.revision_id = revision.id), '[]'),
          'duplicateOf', coalesce((select jsonb_agg(jsonb_build_object('dataset', dataset, 'owner', owner_document.key,
            'since', added) order by added)
            from duplicate join revision owner on owner.id = owner_id
            join document owner_document on owner_document.id = owner.document_id
            where duplicate.revision_id = revision.id and removed is null), '[]'),
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
    left join frontier on frontier.source_id = found.source_id and frontier.key = found.key
    left join document on document.source_id = found.source_id and document.key = found.key`.execute(db)
  return rows[0]?.story ?? null
}
