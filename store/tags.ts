/** Names for versions. A tag keeps its version from being pruned; one that is pinned stays where it is, too. */
import type { Kysely } from 'kysely'
import { UsageError } from '../pipeline/contract.ts'
import { nearest } from './nearest.ts'
import type { Database } from './schema.ts'

export interface Tag {
  readonly dataset: string
  readonly tag: string
  readonly number: number
  readonly pinned: boolean
}

/** The tags of a dataset, or of all, by name. */
export async function listTags(db: Kysely<Database>, dataset: string | null): Promise<readonly Tag[]> {
  const query = db.selectFrom('version_tag').select(['dataset', 'tag', 'number', 'pinned'])
  return (dataset === null ? query : query.where('dataset', '=', dataset)).orderBy('dataset').orderBy('tag').execute()
}

/**
 * Gives a version a tag; one that is there already on that version is kept, and pinned where that is asked for.
 * @throws UsageError where the tag names another version and is not to move, or is pinned.
 */
export async function setTag(db: Kysely<Database>, tag: Tag, move: boolean): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const there = await lockedTag(trx, tag)
    if (there && there.number !== tag.number) {
      const at = `${tag.dataset}@${tag.tag} is ${tag.dataset}@${there.number}`
      if (there.pinned) throw new UsageError(`${at}, and pinned: unpin it first with --unpin`)
      if (!move) throw new UsageError(`${at}: move it with --move, or give another name`)
    }
    const pinned = tag.pinned || (there?.pinned ?? false)
    await trx
      .insertInto('version_tag')
      .values({ ...tag, pinned })
      .onConflict((conflict) =>
        conflict.columns(['dataset', 'tag']).doUpdateSet({ number: tag.number, pinned, tagged_at: new Date() }),
      )
      .execute()
  })
}

/** Takes a tag away. @throws UsageError where it is pinned, or not there. */
export async function deleteTag(db: Kysely<Database>, name: Pick<Tag, 'dataset' | 'tag'>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const there = await knownTag(trx, name)
    if (there.pinned) throw new UsageError(`${name.dataset}@${name.tag} is pinned: unpin it first with --unpin`)
    await trx.deleteFrom('version_tag').where('dataset', '=', name.dataset).where('tag', '=', name.tag).execute()
  })
}

/** Lets a pinned tag be moved and taken away again. @throws UsageError where it is not there. */
export async function unpinTag(db: Kysely<Database>, name: Pick<Tag, 'dataset' | 'tag'>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await knownTag(trx, name)
    await trx
      .updateTable('version_tag')
      .set({ pinned: false })
      .where('dataset', '=', name.dataset)
      .where('tag', '=', name.tag)
      .execute()
  })
}

async function knownTag(db: Kysely<Database>, name: Pick<Tag, 'dataset' | 'tag'>): Promise<Tag> {
  const there = await lockedTag(db, name)
  if (there) return there
  const tags = await listTags(db, name.dataset)
  const known = tags.map(({ dataset, tag }) => `${dataset}@${tag}`)
  const wanted = `${name.dataset}@${name.tag}`
  const near = nearest(wanted, known)
  throw new UsageError(
    `there is no tag ${wanted}${known.length === 0 ? '' : `; there is ${known.join(', ')}`}${near ? `; did you mean ${near}?` : ''}`,
  )
}

async function lockedTag(db: Kysely<Database>, { dataset, tag }: Pick<Tag, 'dataset' | 'tag'>): Promise<Tag | null> {
  const row = await db
    .selectFrom('version_tag')
    .select(['dataset', 'tag', 'number', 'pinned'])
    .where('dataset', '=', dataset)
    .where('tag', '=', tag)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}
