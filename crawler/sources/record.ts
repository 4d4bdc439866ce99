/**
 * One imported record: a line of JSON to the fields kept of it, and those to the canonical bytes that are digested.
 */
import { sha256 } from '../warc.ts'

export interface ImportedRecord {
  readonly id: string
  readonly text: string
  readonly title: string | null
  readonly url: string | null
  readonly author: string | null
  readonly published: string | null
  readonly lang: string | null
}

/** A document's identity is looked up in an index, whose rows are short. */
const longestId = 2048

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field as text; an empty one is absent. Numbers are taken as written, for ids that are. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/**
 * The record of a line, or why it is none. A missing id is made from the text's digest; `date` and `created` (as Dolma
 * names it) stand in for `published`. Other fields are not kept.
 */
export function recordOf(line: string): ImportedRecord | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return `not JSON (${error.message})`
    throw error
  }
  if (!isObject(parsed)) return 'not a JSON object'
  const { text } = parsed
  if (typeof text !== 'string') return '"text" is missing or not a string'
  if (text.trim() === '') return '"text" is empty'
  if (!text.isWellFormed()) return '"text" holds half a surrogate pair'
  const id = textOf(parsed.id) ?? sha256(Buffer.from(text))
  if (Buffer.byteLength(id) > longestId) return `"id" is longer than ${longestId} bytes`
  if (/[\x00-\x1f]/.test(id) || !id.isWellFormed()) return '"id" holds a control character or half a surrogate pair'
  return {
    id,
    text,
    title: textOf(parsed.title),
    url: textOf(parsed.url),
    author: textOf(parsed.author),
    published: textOf(parsed.published) ?? textOf(parsed.date) ?? textOf(parsed.created),
    lang: textOf(parsed.lang),
  }
}

/** The record as UTF-8 JSON with sorted keys: the same record has the same bytes, however its line was written. */
export function canonicalRecord({ author, id, lang, published, text, title, url }: ImportedRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ author, id, lang, published, text, title, url }))
}
