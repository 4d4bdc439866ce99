/**
 * The three forms of an export: what a document becomes in each, and what its files are called. The names are found by
 * `datasets.load_dataset(DIR)` without further help; Dolma's tools look for a folder `documents`.
 */
import type { ExportedDocument } from '../pipeline/contract.ts'
import { COLUMNS } from './columns.ts'

export type Format = 'parquet' | 'jsonl' | 'dolma'

export const FORMATS: Readonly<Record<Format, FileForm>> = {
  parquet: { folder: 'data', ending: 'parquet', encoding: 'application/x-parquet' },
  jsonl: { folder: 'data', ending: 'jsonl.gz', encoding: 'application/jsonlines' },
  dolma: { folder: 'documents', ending: 'json.gz', encoding: 'application/jsonlines' },
}

interface FileForm {
  readonly folder: string
  readonly ending: string
  /** Media type of the content, as Croissant knows it. */
  readonly encoding: string
}

/** `data/train-00000-of-00003.parquet`; numbered from 0. */
export function shardPath(format: Format, number: number, of: number): string {
  const { folder, ending } = FORMATS[format]
  return `${folder}/train-${digits(number)}-of-${digits(of)}.${ending}`
}

/** A pattern that all files of a form match, and no other file of an export. */
export function shardPattern(format: Format): string {
  const { folder, ending } = FORMATS[format]
  return `${folder}/train-*.${ending}`
}

function digits(number: number): string {
  return String(number).padStart(5, '0')
}

/** The document as a line of JSON, fields in the order of the columns. */
export function jsonLine(document: ExportedDocument): string {
  return JSON.stringify(Object.fromEntries(COLUMNS.map(({ name }) => [name, document[name]])))
}

/** What Dolma's documents keep under `metadata`: all that has no field of its own. */
export const DOLMA_METADATA: readonly (keyof ExportedDocument)[] = COLUMNS.map(({ name }) => name).filter(
  (name) => name !== 'source' && name !== 'text',
)

/**
 * The document as a line of Dolma's shape: `id text source added created metadata`. The id is the key within the source;
 * `added` is the night, `created` the time of publication in UTC, null where none is known.
 */
export function dolmaLine(document: ExportedDocument): string {
  const { url, text, source, night, published } = document
  return JSON.stringify({
    ...{ id: url, text, source },
    added: instantOf(night),
    created: published === null ? null : instantOf(published),
    metadata: Object.fromEntries(DOLMA_METADATA.map((name) => [name, document[name]])),
  })
}

/** `2024-05-01T03:00:00.000Z`; null of what is no date. A time without a zone is taken as UTC, on every machine. */
function instantOf(stated: string): string | null {
  const zoned = /T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(stated) || !stated.includes('T') ? stated : `${stated}Z`
  const time = Date.parse(zoned)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
