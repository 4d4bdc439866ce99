/**
 * One imported record: fields by name to those that are kept, those to the canonical bytes that are digested, and back.
 */
import { sha256 } from '../warc/record.ts'

/** How a record's text is written: as it is, as HTML, or as the wikitext of a page. */
export type TextForm = 'plain' | 'html' | 'wikitext'

export interface ImportedRecord {
  readonly id: string
  readonly text: string
  readonly form: TextForm
  readonly title: string | null
  readonly url: string | null
  readonly author: string | null
  readonly published: string | null
  readonly lang: string | null
  /** What few files say; not there where they do not, so that records without have the bytes they always had. */
  readonly modified?: string
  readonly section?: string
  readonly licence?: string
  readonly origin?: RecordOrigin
}

/** What a record was in the corpus that it comes from. */
export interface RecordOrigin {
  readonly source?: string
  readonly revision?: string
}

/** The content type of a record's payload: canonical JSON. */
export const recordContentType = 'application/vnd.malmoi.record+json'

/** A document's identity is looked up in an index, whose rows are short. */
const longestId = 2048

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field as text; an empty one is absent. Numbers are taken as written, for ids that are. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/** The JSON object of a line, or why it is none. */
export function fieldsOfLine(line: string): Fields | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return `not JSON (${error.message})`
    throw error
  }
  return isFields(parsed) ? parsed : 'not a JSON object'
}

/**
 * The record of named fields, or why it is none. A missing id is made from the text's digest; `date` and `created` (as
 * Dolma names it) stand in for `published`. Other fields are not kept.
 */
export function recordOf(fields: Fields): ImportedRecord | string {
  const { text } = fields
  if (typeof text !== 'string') return '"text" is missing or not a string'
  if (text.trim() === '') return '"text" is empty'
  if (!text.isWellFormed()) return '"text" holds half a surrogate pair'
  const id = textOf(fields.id) ?? sha256(Buffer.from(text))
  if (Buffer.byteLength(id) > longestId) return `"id" is longer than ${longestId} bytes`
  if (/[\x00-\x1f]/.test(id) || !id.isWellFormed()) return '"id" holds a control character or half a surrogate pair'
  return {
    id,
    text,
    form: 'plain',
    title: textOf(fields.title),
    url: textOf(fields.url),
    author: textOf(fields.author),
    published: textOf(fields.published) ?? textOf(fields.date) ?? textOf(fields.created),
    lang: textOf(fields.lang),
    ...furtherOf(fields),
  }
}

/** The fields that are there where they are said. */
function furtherOf(fields: Fields): Pick<ImportedRecord, 'modified' | 'section' | 'licence' | 'origin'> {
  const said = (from: Fields, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, textOf(from[name])] as const).filter(([, value]) => value !== null))
  const origin = isFields(fields.origin) ? said(fields.origin, ['revision', 'source']) : {}
  return {
    ...said(fields, ['modified', 'section', 'licence']),
    ...(Object.keys(origin).length > 0 && { origin }),
  }
}

/** The record as UTF-8 JSON with sorted keys: the same record has the same bytes, however its line was written. */
export function canonicalRecord(record: ImportedRecord): Uint8Array {
  const { form, origin, ...fields } = record
  const all = {
    ...fields,
    ...(form !== 'plain' && { form }),
    ...(origin && { origin: { revision: origin.revision, source: origin.source } }),
  }
  const sorted = Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.from(JSON.stringify(Object.fromEntries(sorted)))
}

/** The record of canonical bytes. */
export function readRecord(payload: Uint8Array): ImportedRecord {
  const fields: Fields = JSON.parse(Buffer.from(payload).toString('utf8'))
  const { form } = fields
  return {
    id: textOf(fields.id) ?? '',
    text: typeof fields.text === 'string' ? fields.text : '',
    form: form === 'html' || form === 'wikitext' ? form : 'plain',
    title: textOf(fields.title),
    url: textOf(fields.url),
    author: textOf(fields.author),
    published: textOf(fields.published),
    lang: textOf(fields.lang),
    ...furtherOf(fields),
  }
}
