/** What every search in a version reads by: one view of the index, whose sources are known, as far as the version reaches. */
import type { Kysely, Transaction } from 'kysely'
import { UsageError } from '../../pipeline/contract.ts'
import { keysOnly } from '../keys-only.ts'
import { nearest } from '../nearest.ts'
import type { Database } from '../schema.ts'
import type { VersionRow } from '../versions.ts'
import { fieldValues, type Query } from './query.ts'

export interface Within {
  readonly trx: Transaction<Database>
  /** The newest text when the version was frozen. */
  readonly newest: number
  /** Names of all sources by id. */
  readonly sources: ReadonlyMap<number, string>
}

/** Reads under one view: a merge that ends meanwhile would hide texts. @throws UsageError where a source is not there */
export async function within<Result>(
  db: Kysely<Database>,
  version: VersionRow,
  query: Query,
  read: (within: Within) => Promise<Result>,
): Promise<Result> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      await keysOnly(trx)
      const sources = await namesOfSources(trx, fieldValues(query, 'source'))
      const { last_text: newest } = await trx
        .selectFrom('version')
        .select('last_text')
        .where('dataset', '=', version.dataset)
        .where('number', '=', version.number)
        .executeTakeFirstOrThrow()
      return read({ trx, newest, sources })
    })
}

/** Names of all sources by their id. Throws UsageError where one that is wanted is none of them. */
async function namesOfSources(db: Kysely<Database>, wanted: readonly string[]): Promise<ReadonlyMap<number, string>> {
  const rows = await db.selectFrom('source').select(['id', 'name']).orderBy('name').execute()
  const unknown = wanted.find((name) => rows.every((row) => row.name !== name))
  if (unknown === undefined) return new Map(rows.map(({ id, name }) => [id, name]))
  const names = rows.map(({ name }) => name)
  const near = nearest(unknown, names)
  throw new UsageError(
    `there is no source ${unknown}: ${near ? `did you mean ${near}?` : `there is ${names.join(', ')}`}`,
  )
}
