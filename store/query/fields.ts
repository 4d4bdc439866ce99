/**
 * What a document of a version can be asked for and compared by: its fields, with type, SQL and the tables they need, and
 * every measure of the cleaning that the version's batches were judged by.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { UsageError } from '../../pipeline/contract.ts'
import { nearest } from '../nearest.ts'
import type { Database } from '../schema.ts'
import type { VersionRow } from '../versions.ts'

/** Tables beside `member`, in the order in which they are joined; a later one may need an earlier one. */
const JOIN_ORDER = ['document', 'source', 'revision', 'capture', 'text', 'verdict'] as const
export type Join = (typeof JOIN_ORDER)[number]

export interface Field {
  readonly name: string
  readonly type: 'text' | 'number' | 'date' | 'time' | 'json'
  /** To compare with. */
  readonly sql: RawBuilder<unknown>
  /** To show, where that is something else. */
  readonly shown?: RawBuilder<unknown>
  readonly joins: readonly Join[]
  /** Of numbers: whether they are whole ones. */
  readonly whole?: true
  /** Whether only documents that were kept have it, or only those that were rejected. */
  readonly of?: 'kept' | 'rejected'
}

export interface Fields {
  readonly version: VersionRow
  /** Of the documents that cleaning rejected, in place of those that the version holds. */
  readonly rejected: boolean
  readonly all: ReadonlyMap<string, Field>
}

const DOCUMENT: readonly Field[] = [
  { name: 'source', type: 'text', sql: sql`source.name`, joins: ['source'] },
  { name: 'url', type: 'text', sql: sql`document.key`, joins: ['document'] },
  { name: 'title', type: 'text', sql: sql`revision.title`, joins: ['revision'] },
  { name: 'author', type: 'text', sql: sql`revision.author`, joins: ['revision'] },
  { name: 'published', type: 'text', sql: sql`revision.published`, joins: ['revision'] },
  { name: 'modified', type: 'text', sql: sql`revision.modified`, joins: ['revision'] },
  { name: 'section', type: 'text', sql: sql`revision.section`, joins: ['revision'] },
  { name: 'lang', type: 'text', sql: sql`member.lang`, joins: [] },
  { name: 'licence', type: 'text', sql: sql`member.licence`, joins: [] },
  { name: 'day', type: 'date', sql: sql`member.day`, joins: [] },
  { name: 'revision', type: 'text', sql: sql`encode(revision.digest, 'hex')`, joins: ['revision'] },
  {
    name: 'fetchedAt',
    type: 'time',
    sql: sql`capture.fetched_at`,
    shown: sql`to_char(capture.fetched_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
    joins: ['revision', 'capture'],
  },
  { name: 'bytes', type: 'number', whole: true, sql: sql`member.bytes`, joins: [], of: 'kept' },
  {
    name: 'digest',
    type: 'text',
    sql: sql`encode(coalesce(member.digest, text.digest), 'hex')`,
    joins: ['text'],
    of: 'kept',
  },
  { name: 'text', type: 'text', sql: sql`member_text(text.body, member.omitted)`, joins: ['text'], of: 'kept' },
  { name: 'rule', type: 'text', sql: sql`verdict.rule`, joins: ['verdict'], of: 'rejected' },
  { name: 'measured', type: 'number', sql: sql`verdict.measured`, joins: ['verdict'], of: 'rejected' },
  { name: 'threshold', type: 'number', sql: sql`verdict.threshold`, joins: ['verdict'], of: 'rejected' },
]

/** What is shown where nothing else is asked for. */
export const DEFAULT_FIELDS = [
  ...(['dataset', 'version', 'source', 'url', 'title', 'author', 'published', 'modified', 'section'] as const),
  ...(['lang', 'licence', 'revision', 'fetchedAt', 'text'] as const),
] as const
export const DEFAULT_REJECTED_FIELDS = ['source', 'url', 'title', 'rule', 'measured', 'threshold'] as const

/** The fields of a version's documents, or of those that its cleaning rejected. */
export async function fieldsOf(db: Kysely<Database>, version: VersionRow, rejected = false): Promise<Fields> {
  const { measures } = await db
    .selectFrom('cleaning')
    .select('measures')
    .where('id', '=', version.cleaningId)
    .executeTakeFirstOrThrow()
  const listed: readonly Field[] = [
    { name: 'dataset', type: 'text', sql: sql`${version.dataset}::text`, joins: [] },
    { name: 'version', type: 'number', whole: true, sql: sql`${version.number}::int`, joins: [] },
    ...DOCUMENT.filter((field) => field.of !== (rejected ? 'kept' : 'rejected')),
    { name: 'measures', type: 'json', sql: sql`measures(${measures}::text[], verdict.values)`, joins: ['verdict'] },
    ...measures.map((name, index): Field => ({ name, type: 'number', sql: measured(index), joins: ['verdict'] })),
  ]
  // Of two of one name the document's own field is meant, which is listed first.
  return { version, rejected, all: new Map(listed.toReversed().map((field) => [field.name, field])) }
}

/** The field of that name. @throws UsageError that names the nearest. */
export function findField(fields: Fields, name: string): Field {
  const field = fields.all.get(name)
  if (!field) throw new UsageError(unknownField(name, fields))
  return field
}

/** What to say of a field that is not there. */
export function unknownField(name: string, { all, rejected }: Fields): string {
  const other = DOCUMENT.find((field) => field.name === name)
  if (other) return `only documents that were ${other.of} have a ${name}`
  const names = [...all.keys()].toReversed()
  const near = nearest(name, names)
  const known = `${rejected ? 'rejected documents' : 'documents'} have ${names.join(', ')}`
  return `there is no field ${name}; ${near ? `did you mean ${near}?` : known}`
}

/** 0 is stored as null; where no value is, nothing was measured. */
function measured(index: number): RawBuilder<number | null> {
  return sql`case when verdict.values is not null then coalesce(verdict.values[${sql.lit(index + 1)}], 0) end`
}

/** The joins to `member` that fields ask for, each once. Every one finds a single row, so none changes the count. */
export function joinsFor(fields: Iterable<Field>, { cleaningId }: VersionRow): RawBuilder<unknown> {
  const needed = new Set([...fields].flatMap(({ joins }) => joins))
  const joins: Readonly<Record<Join, RawBuilder<unknown>>> = {
    document: sql`join document on document.id = member.document_id`,
    source: sql`join source on source.id = member.source_id`,
    revision: sql`join revision on revision.id = member.revision_id`,
    capture: sql`join capture on capture.id = revision.capture_id`,
    text: sql`join text on text.id = member.text_id`,
    verdict: sql`left join verdict on verdict.revision_id = member.revision_id and verdict.cleaning_id = ${cleaningId}`,
  }
  return sql.join(
    JOIN_ORDER.filter((join) => needed.has(join)).map((join) => joins[join]),
    sql` `,
  )
}
