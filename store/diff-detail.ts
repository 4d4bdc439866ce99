/**
 * What stands behind the cause of a change, as SQL over a row of diff.ts's `changed` and of its `steps`: the rule with its
 * thresholds, the copy that is kept, the takedown.
 */
import { type RawBuilder, sql } from 'kysely'

type Sql = RawBuilder<unknown>

/** A JSON object by the cause; null where there is nothing to add to it. */
export function detail(dataset: string): Sql {
  return sql`case cause
    when 'rejected' then ${rejected(dataset)}
    when 'accepted' then ${accepted(dataset)}
    when 'duplicate' then ${duplicate(dataset)}
    when 'elected' then ${elected(dataset)}
    when 'contaminated' then ${contaminated}
    when 'cleaning' then json_build_object('before', past ->> 'digest', 'after', present ->> 'digest')
    when 'paragraphs' then json_build_object('before', coalesce(cardinality(old_omitted), 0),
      'after', coalesce(cardinality(new_omitted), 0))
    when 'licence' then ${licence}
    when 'window' then json_build_object('day', day)
    when 'cap' then ${portion(dataset, 'cap', sql`'caps' -> source.name`)}
    when 'mixture' then ${portion(dataset, 'share', sql`'mixture' -> source.name`)}
    when 'gone' then ${gone}
    when 'takedown' then ${takedown}
    when 'recipe' then json_build_object('source', (select name from source where id = changed.source_id)) end`
}

/** Of the causes that a rule stands behind, {rule, measured, threshold, before}. */
export function ruleDetail(dataset: string): Sql {
  return sql`case cause when 'rejected' then ${rejected(dataset)} when 'accepted' then ${accepted(dataset)} end`
}

/** `before` is null where it was the text that changed. */
function rejected(dataset: string): Sql {
  return sql`(
    select json_build_object('rule', rule, 'measured', measured, 'threshold', threshold,
      'before', case when verdict.revision_id = left_revision then ${threshold('past')} end)
    ${rejection(dataset, 'present')})`
}

/** What it was rejected by before; `threshold` is that of the cleaning which accepts it, unless the text changed. */
function accepted(dataset: string): Sql {
  return sql`(
    select json_build_object('rule', rule, 'measured', measured,
      'threshold', case when verdict.revision_id = new_revision then ${threshold('present')} else to_jsonb(threshold) end,
      'before', case when verdict.revision_id = new_revision then threshold end)
    ${rejection(dataset, 'past')})`
}

/** A rule's threshold in a cleaning, `off` where it decides nothing; null where it is no rule of the config. */
function threshold(side: 'past' | 'present'): Sql {
  return sql`case when present -> 'rules' ? rule or past -> 'rules' ? rule
    then coalesce(nullif(${sql.raw(side)} -> 'rules' -> rule, 'null'), '"off"') end`
}

/** The verdict that rejects the document: of several, that of the revision which the version's batches gave last. */
function rejection(dataset: string, side: 'past' | 'present'): Sql {
  const version = sql.raw(side)
  return sql`
    from revision
    join verdict on verdict.revision_id = revision.id and not kept
      and verdict.cleaning_id = (${version} ->> 'cleaning')::int
    where revision.document_id = changed.document_id
    order by case when count(*) over () > 1 then (
      select max(batch.night) from version
      cross join lateral jsonb_to_recordset(version.batches) as given (source text, night date, extract text)
      join source on source.name = given.source and source.id = changed.source_id
      join batch on batch.source_id = source.id and batch.night = given.night
      join extraction on extraction.batch_id = batch.id and extraction.digest = given.extract
      join extracted on extracted.extraction_id = extraction.id and extracted.revision_id = revision.id
      where version.dataset = ${dataset} and version.number = (${version} ->> 'version')::int) end desc nulls last
    limit 1`
}

function duplicate(dataset: string): Sql {
  return sql`(
    select json_build_object('of', owner_document.key, 'source', owner_source.name,
      'similarity', round(intersection::numeric / "union", 4))
    from revision
    join duplicate on duplicate.dataset = ${dataset} and duplicate.revision_id = revision.id
      and added <= (present ->> 'version')::int and (removed is null or removed > (present ->> 'version')::int)
    ${owner} where revision.document_id = changed.document_id limit 1)`
}

/** The copy that was kept in its place until then. */
function elected(dataset: string): Sql {
  return sql`(
    select json_build_object('insteadOf', owner_document.key, 'source', owner_source.name)
    from revision
    join duplicate on duplicate.dataset = ${dataset} and duplicate.revision_id = revision.id and removed <= step
    ${owner} where revision.document_id = changed.document_id order by removed desc limit 1)`
}

const owner = sql`
  join revision owner on owner.id = owner_id
  join document owner_document on owner_document.id = owner.document_id
  join source owner_source on owner_source.id = owner_document.source_id`

const contaminated = sql`(
  select json_build_object('set', name, 'item', item, 'letters', letters)
  from revision join contamination on contamination.revision_id = revision.id
    and contamination.cleaning_id = (present ->> 'cleaning')::int
  where revision.document_id = changed.document_id order by revision.id desc, letters desc, ord limit 1)`

const licence = sql`(
  select json_build_object('licence', coalesce(revision.licence, source.licence))
  from revision join source on source.id = changed.source_id
  where revision.document_id = changed.document_id order by revision.id desc limit 1)`

/** How much of the source the recipe takes, and took before; null where it takes all that there is. */
function portion(dataset: string, name: 'cap' | 'share', path: Sql): Sql {
  const of = (side: 'past' | 'present') => sql`(select recipe -> ${path} from version
    where version.dataset = ${dataset} and version.number = (${sql.raw(side)} ->> 'version')::int)`
  return sql`(
    select json_build_object('source', source.name, ${sql.lit(name)}, ${of('present')}, 'before', ${of('past')})
    from source where source.id = changed.source_id)`
}

const gone = sql`(
  select json_build_object('night', batch.night)
  from document join batch on batch.id = gone_batch_id where document.id = changed.document_id)`

const takedown = sql`(
  select json_build_object('takedown', takedown.id, 'reason', request -> 'reason')
  from tombstone join takedown on takedown.id = takedown_id where tombstone.document_id = changed.document_id)`
