/** The documents of a takedown: those that are named, and by its scope those that say the same. */
import { type Kysely, sql } from 'kysely'
import type { Digest } from '../../pipeline/contract.ts'
import { keyHash } from '../links.ts'
import type { Database } from '../schema.ts'

/** Documents with one of these keys in any source, and those that they redirect to. */
export async function documentsByKey(db: Kysely<Database>, keys: readonly string[]): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    with recursive named as (
      select source.id as source_id, wanted.hash, wanted.key
      from unnest(${keys}::text[], ${keys.map(keyHash)}::uuid[]) as wanted (key, hash) cross join source
      union
      select target.source_id, target.hash, target.key
      from named
      join frontier on frontier.source_id = named.source_id and frontier.hash = named.hash
      join frontier target on target.source_id = frontier.source_id and target.hash = frontier.target)
    select distinct document.id from named
    join document on document.key = named.key and document.source_id = named.source_id
    order by 1`.execute(db)
  return rows.map(({ id }) => id)
}

/** Documents with this key, or with a revision or clean text of this digest or unique beginning of it. */
export async function documentsByName(db: Kysely<Database>, name: string): Promise<readonly number[]> {
  const digest = /^[0-9a-f]{6,64}$/.test(name) ? name : null
  const [low, high] = [digest?.padEnd(64, '0') ?? null, digest?.padEnd(64, 'f') ?? null]
  const { rows } = await sql<{ id: number }>`
    select id from document where key = ${name}
    union
    select document_id from revision
    where revision.digest between decode(${low}::text, 'hex') and decode(${high}::text, 'hex')
    union
    select document_id from text join revision on revision.id = revision_id
    where text.digest between decode(${low}::text, 'hex') and decode(${high}::text, 'hex')
    order by 1`.execute(db)
  return rows.map(({ id }) => id)
}

/** Every document of a source. */
export async function documentsOfSource(db: Kysely<Database>, source: string): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select document.id from document join source on source.id = source_id where source.name = ${source}
    order by 1`.execute(db)
  return rows.map(({ id }) => id)
}

/** Documents whose clean text holds a passage, whatever the white space in it. */
export async function documentsWithPassage(db: Kysely<Database>, passage: string): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct document_id as id from text join revision on revision.id = revision_id
    where position(${withoutSpace(passage)} in regexp_replace(normalize(body), '\\s', '', 'g')) > 0
    order by 1`.execute(db)
  return rows.map(({ id }) => id)
}

/** Documents by source and key. */
export async function documentsAt(
  db: Kysely<Database>,
  places: readonly { readonly source: string; readonly key: string }[],
): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct document.id
    from unnest(${places.map(({ source }) => source)}::text[], ${places.map(({ key }) => key)}::text[])
      as given (source, key)
    join source on source.name = given.source
    join document on document.source_id = source.id and document.key = given.key order by 1`.execute(db)
  return rows.map(({ id }) => id)
}

/** The source and key of documents. */
export async function namesOf(
  db: Kysely<Database>,
  documents: readonly number[],
): Promise<readonly { readonly source: string; readonly key: string }[]> {
  const { rows } = await sql<{ source: string; key: string }>`
    select source.name as source, document.key from document join source on source.id = source_id
    where document.id = any(${documents}::bigint[])
    order by source.name collate "C", document.key collate "C"`.execute(db)
  return rows
}

/** What two texts are compared by where white space is no difference. */
export function withoutSpace(text: string): string {
  return text.normalize('NFC').replaceAll(/\s/g, '')
}

/**
 * With their copies: the documents of every cluster, in any version of any dataset, that holds one of them; those with the
 * same clean text; pages that call one of them their original, or are called so by one. Repeated until nothing is added.
 */
export async function withCopies(db: Kysely<Database>, documents: readonly number[]): Promise<readonly number[]> {
  const found = new Set(documents)
  for (let fresh = documents; fresh.length > 0; ) {
    const next = await copiesOf(db, fresh)
    fresh = next.filter((id) => !found.has(id))
    for (const id of fresh) found.add(id)
  }
  return [...found].toSorted((a, b) => a - b)
}

async function copiesOf(db: Kysely<Database>, documents: readonly number[]): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    with given as (select unnest(${documents}::bigint[]) as id),
    said as (select revision.id as revision_id from given join revision on revision.document_id = given.id)
    select owner.document_id as id from said
      join duplicate on duplicate.revision_id = said.revision_id join revision owner on owner.id = duplicate.owner_id
    union
    select owned.document_id from said
      join duplicate on duplicate.owner_id = said.revision_id join revision owned on owned.id = duplicate.revision_id
    union
    select revision.document_id from said
      join text own on own.revision_id = said.revision_id join text on text.digest = own.digest
      join revision on revision.id = text.revision_id
    union
    select main.id from given join capture on capture.document_id = given.id
      join document own on own.id = given.id
      join document main on main.source_id = own.source_id and main.key = capture.canonical
    union
    select capture.document_id from given join document main on main.id = given.id
      join capture on capture.canonical = main.key
      join document twin on twin.id = capture.document_id and twin.source_id = main.source_id`.execute(db)
  return rows.map(({ id }) => id)
}

/** Every extraction's artifact with the source that it is of. */
export async function extractionArtifacts(
  db: Kysely<Database>,
): Promise<readonly { readonly digest: Digest; readonly source: string }[]> {
  const { rows } = await sql<{ digest: Digest; source: string }>`
    select distinct extraction.digest, source.name as source
    from extraction join batch on batch.id = extraction.batch_id join source on source.id = batch.source_id
    order by 1, 2`.execute(db)
  return rows
}

/** Documents that were captured, and of which no text was read yet. */
export async function unreadDocuments(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ documents: number }>`
    select count(distinct capture.document_id) as documents
    from capture join batch on batch.id = capture.batch_id
    where capture.holds_text and capture.payload is not null and capture.state in ('new', 'changed')
      and not exists (select from extraction where extraction.batch_id = batch.id)`.execute(db)
  return rows[0]?.documents ?? 0
}
