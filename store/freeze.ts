/**
 * Freezing a version: from the documents of which something else became than in the version before. A membership is one
 * row: an interval of version numbers with the cause of its beginning and of its end, so a version costs what changed.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Digest } from '../pipeline/contract.ts'
import { analyzeGrown } from './analyze.ts'
import { beginMembers, endMembers } from './freeze-members.ts'
import { grouped } from './grouped.ts'
import type { Database } from './schema.ts'
import { findVersion, type VersionBatch, type VersionRow } from './versions.ts'

/** What became of a document: of the version, like another one that is, or left out by the recipe. */
export type Became = 'kept' | 'duplicate' | 'cap' | 'mixture'

/** A document of which something else became than in the version before. */
export interface ChangedDocument {
  /** What it was there, and by which revision; null where it was nothing. */
  readonly was: Became | null
  readonly oldRevision: Digest | null
  readonly becomes: Became | null
  readonly revision: Digest | null
  /** Of the text as the version holds it. */
  readonly text: Digest | null
  readonly bytes: number
  /** Of the batch that the text is read from. */
  readonly night: string | null
  /** Paragraphs that another document owns, by their place in the clean text. */
  readonly omitted: readonly number[]
  /** The revision it duplicates. */
  readonly owner: Digest | null
  readonly intersection: number
  readonly union: number
}

export interface Freeze {
  readonly dataset: string
  readonly digest: Digest
  /** Plain data, stored as JSON. */
  readonly recipe: { readonly sources: readonly string[] }
  readonly batches: readonly VersionBatch[]
  readonly dedupe: Digest
  readonly cleaningId: number
  readonly causes: CauseRules
  /** Against the version before; all there are where there is none. */
  changes(parent: VersionRow | null): AsyncIterable<ChangedDocument>
}

/** What of the recipes, now and before, a document's coming or going can be told from. */
export interface CauseRules {
  /** Evaluation sets, by digest, whose passages keep a document out. */
  readonly droppedSets: readonly Digest[]
  /** Null where every licence is taken. */
  readonly licences: readonly string[] | null
  /** The same of the version before. */
  readonly before: (parent: VersionRow) => Pick<CauseRules, 'droppedSets' | 'licences'> & {
    readonly sources: readonly string[]
  }
}

const ROWS_A_STATEMENT = 5_000

/**
 * Freezes `dataset@N+1`, or gives the latest version where its digest is the same. Idempotent. Null where another
 * process froze meanwhile what these batches are only a part of: the version has to be built again, with them.
 */
export async function freezeVersion(db: Kysely<Database>, freeze: Freeze): Promise<VersionRow | null> {
  const version = await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`version ${freeze.dataset}`}, 0))`.execute(trx)
    const parent = await findVersion(trx, freeze.dataset, 'latest')
    if (parent?.digest === freeze.digest) return parent
    if (parent && !holdsAll(freeze, parent)) return null
    const number = (parent?.number ?? 0) + 1
    await loadChanges(trx, freeze.changes(parent))
    await updateDuplicates(trx, freeze.dataset, number)
    await updateLeftOut(trx, freeze.dataset, number)
    const ended = await endMembers(trx, freeze, number)
    const begun = await beginMembers(trx, freeze, parent, number)
    await trx
      .insertInto('version')
      .values({
        dataset: freeze.dataset,
        number,
        parent: parent?.number ?? null,
        digest: freeze.digest,
        recipe: JSON.stringify(freeze.recipe),
        batches: JSON.stringify(freeze.batches),
        dedupe: freeze.dedupe,
        cleaning_id: freeze.cleaningId,
        documents: (parent?.documents ?? 0) + begun.documents - ended.documents,
        bytes: (parent?.bytes ?? 0) + begun.bytes - ended.bytes,
      })
      .execute()
    const frozen = await findVersion(trx, freeze.dataset, number)
    if (!frozen) throw new Error(`version ${freeze.dataset}@${number} was not written`)
    return frozen
  })
  await analyzeGrown(db, ['member', 'duplicate'])
  return version
}

/** Whether all batches of the version before are here, of those sources that the recipe still has. */
function holdsAll({ batches, recipe }: Freeze, parent: VersionRow): boolean {
  const nights = new Set(batches.map(({ source, night }) => `${source} ${night}`))
  return parent.batches.every(
    ({ source, night }) => !recipe.sources.includes(source) || nights.has(`${source} ${night}`),
  )
}

/** Fills the temporary table `changed`, a row a document. */
async function loadChanges(trx: Transaction<Database>, changes: AsyncIterable<ChangedDocument>): Promise<void> {
  await sql`create temporary table changed (document_id bigint primary key, was text, old_revision_id bigint,
    becomes text, revision_id bigint, text bytea, bytes integer, night date, omitted integer[], owner_id bigint,
    intersection integer, "union" integer) on commit drop`.execute(trx)
  for await (const chunk of grouped(changes, ROWS_A_STATEMENT)) {
    await sql`
      insert into changed
      select coalesce(revision.document_id, old.document_id), line.was, old.id, line.becomes, revision.id,
        decode(line.text, 'hex'), line.bytes, line.night, nullif(line.omitted, '{}'), owner.id, line.intersection,
        line."union"
      from jsonb_to_recordset(${JSON.stringify(chunk)}::jsonb) as line
        (was text, "oldRevision" text, becomes text, revision text, text text, bytes integer, night date,
         omitted integer[], owner text, intersection integer, "union" integer)
      left join revision on revision.digest = decode(line.revision, 'hex')
      left join revision old on old.digest = decode(line."oldRevision", 'hex')
      left join revision owner on owner.digest = decode(line.owner, 'hex')`.execute(trx)
  }
  await sql`analyze changed`.execute(trx)
}

async function updateDuplicates(trx: Transaction<Database>, dataset: string, number: number): Promise<void> {
  await sql`
    update duplicate set removed = ${number}::int
    from changed
    where dataset = ${dataset} and removed is null and changed.was = 'duplicate'
      and duplicate.revision_id = changed.old_revision_id
      and (changed.revision_id, changed.owner_id) is distinct from (duplicate.revision_id, duplicate.owner_id)`.execute(
    trx,
  )
  await sql`
    insert into duplicate (dataset, revision_id, owner_id, intersection, "union", added)
    select ${dataset}, revision_id, owner_id, intersection, "union", ${number}::int from changed
    where becomes = 'duplicate' and not exists (
      select from duplicate open where open.dataset = ${dataset} and open.removed is null
        and open.revision_id = changed.revision_id and open.owner_id = changed.owner_id)`.execute(trx)
}

async function updateLeftOut(trx: Transaction<Database>, dataset: string, number: number): Promise<void> {
  await sql`
    update left_out set removed = ${number}::int
    from changed
    where dataset = ${dataset} and removed is null and changed.was = left_out.reason
      and left_out.revision_id = changed.old_revision_id
      and (changed.revision_id, changed.becomes) is distinct from (left_out.revision_id, left_out.reason)`.execute(trx)
  await sql`
    insert into left_out (dataset, revision_id, reason, added)
    select ${dataset}, revision_id, becomes, ${number}::int from changed
    where becomes in ('cap', 'mixture') and not exists (
      select from left_out open where open.dataset = ${dataset} and open.removed is null
        and open.revision_id = changed.revision_id)`.execute(trx)
}
