/** The columns of an export in their order, with what each says to who reads it without us. */
import type { ExportedDocument } from '../pipeline/contract.ts'
import type { ParquetColumn } from './parquet.ts'

export interface DocumentColumn extends ParquetColumn {
  readonly name: keyof ExportedDocument
  readonly type: 'string' | 'date'
  readonly about: string
}

export const COLUMNS: readonly DocumentColumn[] = [
  { name: 'source', type: 'string', about: 'name of the source that the document is from' },
  { name: 'url', type: 'string', about: 'its address, or the id of an imported record; unique within the source' },
  { name: 'address', type: 'string', about: 'what it was fetched by; of a record the address it states, else a URN' },
  { name: 'title', type: 'string', about: 'title as the page shows it' },
  { name: 'author', type: 'string', about: 'author as the page shows it' },
  { name: 'published', type: 'string', about: 'when the page says it was published: an ISO 8601 date or date-time' },
  { name: 'modified', type: 'string', about: 'when the page says it was last changed: an ISO 8601 date or date-time' },
  { name: 'section', type: 'string', about: 'where the site files it' },
  { name: 'lang', type: 'string', about: 'language, as a BCP 47 primary subtag' },
  { name: 'licence', type: 'string', about: 'the licence that the page states, else the licence of its source' },
  { name: 'day', type: 'date', about: 'day of publication; where the page states none, the night of its capture' },
  { name: 'night', type: 'date', about: 'night of the crawl that read this text first' },
  { name: 'revision', type: 'string', about: 'SHA-256 that names this revision of the document' },
  { name: 'text', type: 'string', about: 'the clean text' },
]
