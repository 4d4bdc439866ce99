/**
 * The difference of two versions of a dataset: its documents that were added, removed or changed, each with the recorded
 * cause. Only memberships that began or ended between the two are read. What a cause's details are is diff-detail.ts's.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { FailedError } from '../pipeline/contract.ts'
import type { Change, ChangeKind } from './answers.ts'
import { readCursor } from './cursor.ts'
import { detail, ruleDetail } from './diff-detail.ts'
import type { Database } from './schema.ts'
import type { VersionRow } from './versions.ts'

/** Changes alike, counted. Of a rule that accepts or rejects: its threshold before and after. */
export interface ChangeCount {
  readonly change: ChangeKind
  readonly cause: string
  readonly rule: string | null
  /** `off` where the rule decided nothing; null where it was the text that changed. */
  readonly before: string | null
  readonly threshold: string | null
  readonly documents: number
  readonly bytesFrom: number
  readonly bytesTo: number
}

/** What all changes come to. */
export interface Sums {
  readonly added: number
  readonly removed: number
  readonly changed: number
  /** Bytes gained less bytes lost. */
  readonly bytes: number
}

const NOTHING: Sums = { added: 0, removed: 0, changed: 0, bytes: 0 }

/**
 * The changes from one version to another by kind, source and URL, streamed. Backwards, what the steps between added is
 * removed, and the cause is that of the step taken back.
 * @throws FailedError after the last one where they do not add up to the difference of the versions.
 */
export async function* diffVersions(db: Kysely<Database>, from: VersionRow, to: VersionRow): AsyncIterable<Change> {
  const trx = await db.startTransaction().execute()
  try {
    let sums = NOTHING
    for await (const change of readCursor(trx, changes(from, to))) {
      sums = summed(sums, change.change, 1, (change.bytes.to ?? 0) - (change.bytes.from ?? 0))
      yield change
    }
    assertSums(from, to, sums)
  } finally {
    await trx.rollback().execute()
  }
}

/** The changes counted by kind, cause, rule and threshold, most documents first. @throws FailedError as diffVersions. */
export async function diffCounts(
  db: Kysely<Database>,
  from: VersionRow,
  to: VersionRow,
): Promise<{ readonly counts: readonly ChangeCount[]; readonly sums: Sums }> {
  const { kind, before, after } = direction(from, to)
  const { rows: counts } = await sql<ChangeCount>`
    ${withChanged(from, to)},
    counted as materialized (
      select ${kind} as change, cause, ${ruleDetail(from.dataset)} as detail,
        ${before}_bytes as bytes_from, ${after}_bytes as bytes_to
      from changed join steps using (step))
    select change, cause, detail ->> 'rule' as rule, detail ->> 'before' as before, detail ->> 'threshold' as threshold,
      count(*)::int as documents, coalesce(sum(bytes_from), 0)::float8 as "bytesFrom",
      coalesce(sum(bytes_to), 0)::float8 as "bytesTo"
    from counted group by 1, 2, 3, 4, 5 order by change, documents desc, cause, rule, before, threshold`.execute(db)
  const sums = counts.reduce(
    (sum, { change, documents, bytesFrom, bytesTo }) => summed(sum, change, documents, bytesTo - bytesFrom),
    NOTHING,
  )
  assertSums(from, to, sums)
  return { counts, sums }
}

function changes(from: VersionRow, to: VersionRow): RawBuilder<Change> {
  const { kind, before, after } = direction(from, to)
  return sql<Change>`
    ${withChanged(from, to)}
    select ${kind} as change, cause, source.name as source, document.key as url,
      encode(coalesce(${before}_digest, before_text.digest), 'hex') as "from",
      encode(coalesce(${after}_digest, after_text.digest), 'hex') as "to",
      json_build_object('from', ${before}_bytes, 'to', ${after}_bytes) as bytes,
      ${detail(from.dataset)} as detail
    from changed
    join steps using (step)
    join source on source.id = changed.source_id
    join document on document.id = changed.document_id
    left join text before_text on before_text.id = ${before}_text
    left join text after_text on after_text.id = ${after}_text
    order by change, source.name, document.key`
}

/** Which side of history is `from`, and what a membership that only one of them has is called. */
function direction(from: VersionRow, to: VersionRow) {
  const forwards = from.number <= to.number
  const [old, fresh] = [sql.raw('old'), sql.raw('new')]
  const [came, went] = forwards ? ['added', 'removed'] : ['removed', 'added']
  const kind = sql<ChangeKind>`case when old_revision is null then ${came} when new_revision is null then ${went}
    else 'changed' end`
  return forwards ? { kind, before: old, after: fresh } : { kind, before: fresh, after: old }
}

/**
 * `with steps, changed`: of every document that does not end as it began, its memberships at both ends, the step that
 * touched it last, and that step's cause. A step knows the cleanings on both sides of it: the nearest versions that there are.
 */
function withChanged(from: VersionRow, to: VersionRow): RawBuilder<unknown> {
  const { dataset } = from
  const [older, newer] = [Math.min(from.number, to.number), Math.max(from.number, to.number)]
  const nearest = (condition: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql`
    (select jsonb_build_object('version', number, 'cleaning', cleaning_id, 'digest', cleaning.digest,
       'rules', cleaning.config -> 'rules')
     from version join cleaning on cleaning.id = cleaning_id
     where version.dataset = ${dataset} and ${condition} order by ${order} limit 1)`
  return sql`
    with steps as materialized (
      select step, ${nearest(sql`number < step`, sql`number desc`)} as past,
        ${nearest(sql`number >= step`, sql`number`)} as present
      from generate_series(${older}::int + 1, ${newer}::int) as step),
    old as (
      select * from member
      where dataset = ${dataset} and removed > ${older} and removed <= ${newer} and added <= ${older}),
    new as (
      select * from member
      where dataset = ${dataset} and added > ${older} and added <= ${newer} and (removed is null or removed > ${newer})),
    passing as (
      select distinct on (source_id, document_id) source_id, document_id, revision_id, removed, removed_cause
      from member where dataset = ${dataset} and added > ${older} and removed <= ${newer}
      order by source_id, document_id, removed desc),
    changed as (
      select source_id, document_id,
        case when new.revision_id is null then coalesce(passing.removed_cause, old.removed_cause) else new.added_cause end
          as cause,
        case when new.revision_id is null then coalesce(passing.removed, old.removed) else new.added end as step,
        coalesce(passing.revision_id, old.revision_id) as left_revision,
        old.revision_id as old_revision, new.revision_id as new_revision, old.text_id as old_text, new.text_id as new_text,
        old.digest as old_digest, new.digest as new_digest, old.omitted as old_omitted, new.omitted as new_omitted,
        old.bytes as old_bytes, new.bytes as new_bytes, coalesce(new.day, old.day) as day
      from old full join new using (source_id, document_id)
      left join passing using (source_id, document_id)
      where old.revision_id is distinct from new.revision_id or old.text_id is distinct from new.text_id
        or old.omitted is distinct from new.omitted)`
}

function summed(sums: Sums, change: ChangeKind, documents: number, bytes: number): Sums {
  return { ...sums, [change]: sums[change] + documents, bytes: sums.bytes + bytes }
}

/** The difference of the versions, as they were counted when they were frozen, is that of the changes. */
function assertSums(from: VersionRow, to: VersionRow, { added, removed, bytes }: Sums): void {
  if (from.documents + added - removed === to.documents && from.bytes + bytes === to.bytes) return
  const name = ({ dataset, number }: VersionRow) => `${dataset}@${number}`
  throw new FailedError(
    `the changes from ${name(from)} to ${name(to)} do not add up: ${from.documents} + ${added} − ${removed} documents ` +
      `against ${to.documents}, ${from.bytes} + ${bytes} bytes against ${to.bytes}`,
    'the memberships of these versions are not as they were frozen: restore the database from a backup',
  )
}
