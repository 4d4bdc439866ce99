/**
 * Histories of a dataset written straight into the tables, as freezing writes them: a version is what each document
 * holds, and a membership an interval of versions.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { sha256 } from '../../pipeline/digest.ts'
import { type Connection, connect } from '../../store/connect.ts'
import { removeWorkspace } from './command.ts'

/** What a version holds of a document: one of its revisions, perhaps without its second paragraph. */
export interface Held {
  readonly revision: number
  readonly omitted: boolean
}

/** By document: what it comes to in the version, and the cause, which is recorded where that is another thing. */
export type ModelVersion = readonly { readonly held: Held | null; readonly cause: string }[]

export const DOCUMENTS = 6
export const REVISIONS = 3
const SOURCES = ['river', 'sea']
export const DATASET = "town's"

export const sourceOf = (document: number): string => SOURCES[document % SOURCES.length] ?? ''
export const urlOf = (document: number): string => `문서-${document}`
export const bodyOf = (document: number, revision: number): string =>
  `첫 문단 ${document}.\n\n둘째 문단 ${revision}번째.`
export const textOf = (document: number, { revision, omitted }: Held): string => {
  const body = bodyOf(document, revision)
  return omitted ? (body.split('\n\n')[0] ?? '') : body
}

/** A database with the documents, their revisions and clean texts, and no version. */
export async function openHistory(): Promise<{ readonly connection: Connection; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-history-'))
  const connection = await connect(folder, undefined)
  const { db } = connection
  await sql`insert into source (name, kind, licence) select name, 'files', 'CC0-1.0' from unnest(${SOURCES}::text[])
    with ordinality as given (name, ord) order by ord`.execute(db)
  await sql`insert into batch (source_id, night, digest) select id, '2026-11-01', 'batch ' || id from source order by id`.execute(
    db,
  )
  await sql`insert into warc_file (batch_id, number, path, bytes) select id, 0, 'warc', 0 from batch`.execute(db)
  await sql`insert into cleaning (digest, code, config, measures) values ('cleaning', '', '{"rules": {}}', '{}')`.execute(
    db,
  )
  for (let document = 0; document < DOCUMENTS; document++) {
    await sql`insert into document (source_id, key, first_batch_id)
      select source.id, ${urlOf(document)}, batch.id from source join batch on source_id = source.id
      where name = ${sourceOf(document)}`.execute(db)
    await sql`insert into capture (batch_id, document_id, url, state, status, payload_bytes, fetched_at, robots_rule,
        record_id, warc_file, warc_offset, warc_length, holds_text)
      select first_batch_id, id, key, 'new', 200, 0, now(), '', id, 0, 0, 0, true from document
      where key = ${urlOf(document)}`.execute(db)
    for (let revision = 0; revision < REVISIONS; revision++) {
      const [name, body] = [`${document}/${revision}`, bodyOf(document, revision)]
      await sql`insert into revision (document_id, capture_id, digest)
        select document_id, id, decode(${sha256(name)}, 'hex') from capture where url = ${urlOf(document)}`.execute(db)
      await sql`insert into text (revision_id, digest, body)
        select id, decode(${sha256(body)}, 'hex'), ${body} from revision where digest = decode(${sha256(name)}, 'hex')`.execute(
        db,
      )
    }
  }
  return {
    connection,
    async close() {
      await connection.close()
      await removeWorkspace(folder)
    },
  }
}

/** Writes the versions 1, 2, … of the dataset in place of those that are there. */
export async function writeHistory({ db }: Connection, versions: readonly ModelVersion[]): Promise<void> {
  for (const table of ['version_tag', 'version', 'member', 'duplicate'])
    await sql`delete from ${sql.table(table)}`.execute(db)
  const members = membersOf(versions)
  for (const [place, version] of versions.entries()) {
    const texts = version.flatMap(({ held }, document) => (held ? [textOf(document, held)] : []))
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    await sql`insert into version (dataset, number, parent, digest, recipe, batches, dedupe, cleaning_id, documents, bytes)
      values (${DATASET}, ${place + 1}, ${place === 0 ? null : place}, ${sha256(JSON.stringify(version))}, '{}', '[]', '',
        1, ${texts.length}, ${bytes})`.execute(db)
  }
  await sql`
    insert into member (dataset, source_id, document_id, revision_id, text_id, added, removed, bytes, day, licence,
      added_cause, removed_cause, digest, omitted)
    select ${DATASET}, source_id, document.id, revision.id, text.id, added, removed, line.bytes, '2026-11-01', 'CC0-1.0',
      added_cause, removed_cause, decode(line.digest, 'hex'), omitted
    from jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as line (key text, revision text, added integer,
      removed integer, bytes integer, added_cause text, removed_cause text, digest text, omitted integer[])
    join document on document.key = line.key
    join revision on revision.digest = decode(line.revision, 'hex')
    join text on text.revision_id = revision.id`.execute(db)
}

function membersOf(versions: readonly ModelVersion[]): readonly object[] {
  return Array.from({ length: DOCUMENTS }, (_, document) => document).flatMap((document) => {
    const rows: { [column: string]: unknown }[] = []
    let open: { [column: string]: unknown } | null = null
    let last: Held | null = null
    for (const [place, version] of versions.entries()) {
      const { held, cause } = version[document] ?? { held: null, cause: '' }
      if (sameHeld(held, last)) continue
      if (open) Object.assign(open, { removed: place + 1, removed_cause: cause })
      open = null
      last = held
      if (held === null) continue
      const text = textOf(document, held)
      open = {
        key: urlOf(document),
        revision: sha256(`${document}/${held.revision}`),
        added: place + 1,
        removed: null,
        bytes: Buffer.byteLength(text),
        added_cause: cause,
        removed_cause: null,
        ...(held.omitted ? { digest: sha256(text), omitted: [1] } : {}),
      }
      rows.push(open)
    }
    return rows
  })
}

export function sameHeld(a: Held | null, b: Held | null): boolean {
  return a === b || (a !== null && b !== null && a.revision === b.revision && a.omitted === b.omitted)
}
