/**
 * files: records of JSONL, JSON and Parquet files by a map of fields, and whole text and HTML files: exports, dialogues,
 * dumps of any kind. Files that are as they were the night before are passed over.
 */
import type { FileFormat, FileSource } from '../../pipeline/crawl-contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { mapFields } from '../import/field-map.ts'
import type { FoundFile } from '../import/find-files.ts'
import { importFromFiles } from '../import/from-files.ts'
import { failOnNothing, type ImportItem, payloadOutcome, refusedOutcome } from '../import/import.ts'
import { type ExportOrigin, openManifest } from '../import/manifest.ts'
import { openFile, uncompressedName } from '../import/open-file.ts'
import { canonicalRecord, type ImportedRecord, recordContentType, recordOf } from '../import/record.ts'
import { jsonlRows, jsonRows, parquetRows, type Row } from '../import/rows.ts'

const rule = 'imported from a file'

const formats: readonly (readonly [ending: RegExp, format: FileFormat])[] = [
  [/\.(?:jsonl|ndjson)$/i, 'jsonl'],
  [/\.json$/i, 'json'],
  [/\.parquet$/i, 'parquet'],
  [/\.(?:txt|text|md)$/i, 'text'],
  [/\.x?html?$/i, 'html'],
]

/** By the config, or by the name; a file without a telling name is one of lines. */
function formatOf(source: FileSource, file: FoundFile): FileFormat {
  const name = uncompressedName(file.name)
  return source.format ?? formats.find(([ending]) => ending.test(name))?.[1] ?? 'jsonl'
}

function urnOf(source: string, id: string): string {
  return `urn:malmoi:${encodeURIComponent(source)}:${encodeURIComponent(id)}`
}

/**
 * Imports what tonight's files hold. Bad rows are settled as refused with their number; of a snapshot, records it no
 * longer holds are settled as 410. Resolves early, without error, when the signal aborts. Throws UsageError where there
 * is no file, FailedError where one cannot be read or all hold not one record.
 */
export async function importFiles(source: FileSource, dependencies: CrawlDependencies): Promise<void> {
  const { path, format, fields, records, baseUrl, snapshot } = source
  const origin = source.manifest === null ? null : await openManifest(source.manifest)
  await importFromFiles(dependencies, {
    source: source.name,
    path,
    settings: { format, fields, records, baseUrl, ...(origin && { manifest: origin.digest }) },
    snapshot,
    itemsOf: (file, onBytes) => itemsOf(source, origin, file, () => openFile(file.path, onBytes)),
    finish: (count) =>
      failOnNothing(
        dependencies,
        source.name,
        `${path} holds no record in ${count} rows`,
        'each must have "text", or `fields` must say where it lies, and an "id" where records change over time',
      ),
  })
}

async function* itemsOf(
  source: FileSource,
  origin: ExportOrigin | null,
  file: FoundFile,
  open: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<ImportItem> {
  await origin?.verify(file.path)
  const format = formatOf(source, file)
  if (format === 'text' || format === 'html') {
    yield await wholeFile(source, file, format, open())
    return
  }
  const rows =
    format === 'parquet'
      ? parquetRows(file.path)
      : format === 'json'
        ? jsonRows(open(), file.path, source.records)
        : jsonlRows(open(), source.maxBodyBytes)
  for await (const row of rows) yield itemOf(source, origin, file, row)
}

/** A row as an item; a bad one is refused under its own key. */
function itemOf(source: FileSource, origin: ExportOrigin | null, file: FoundFile, { number, fields }: Row): ImportItem {
  const place = { key: `${file.name}#line-${number}`, words: `line ${number}` }
  const record = typeof fields === 'string' ? fields : recordOf(mapFields(fields, source.fields))
  if (typeof record === 'string') {
    const outcome = async () => refusedOutcome(`${place.words}: ${record}`)
    return { key: place.key, url: place.key, outcome, place, bytes: 0 }
  }
  return recordItem(source.name, record, place, ruleOf(origin, record))
}

/** How a record came here: of an export which, and what the record was there. */
function ruleOf(origin: ExportOrigin | null, { origin: there }: ImportedRecord): string {
  const from = origin === null ? rule : `imported from ${origin.version}, export ${origin.digest}`
  if (there === undefined) return from
  const { source, revision } = there
  const parts = [source && `source ${source}`, revision && `revision ${revision}`]
  return `${from}; there ${parts.filter((part) => part !== undefined).join(', ')}`
}

/** A record as an item. */
function recordItem(
  source: string,
  record: ImportedRecord,
  place: ImportItem['place'],
  robotsRule: string,
): ImportItem {
  const payload = canonicalRecord(record)
  return {
    key: record.id,
    url: record.url ?? urnOf(source, record.id),
    outcome: payloadOutcome(payload, recordContentType, robotsRule),
    place,
    bytes: payload.byteLength,
  }
}

async function wholeFile(
  source: FileSource,
  file: FoundFile,
  format: 'text' | 'html',
  chunks: AsyncIterable<Uint8Array>,
): Promise<ImportItem> {
  const place = { key: `${file.name}#file`, words: file.name }
  const key = file.name
  const url = source.baseUrl === null ? urnOf(source.name, key) : new URL(encodeURI(file.name), source.baseUrl).href
  const payload = await bytesWithin(chunks, source.maxBodyBytes)
  if (payload === null) {
    const outcome = async () => refusedOutcome(`larger than ${source.maxBodyBytes} bytes`)
    return { key, url, outcome, place, bytes: 0 }
  }
  const outcome = payloadOutcome(payload, format === 'html' ? 'text/html' : 'text/plain', rule)
  return { key, url, outcome, place, bytes: payload.byteLength }
}

/** All of a stream's bytes; null where there are more. */
async function bytesWithin(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of chunks) {
    parts.push(part)
    bytes += part.byteLength
    if (bytes > limit) return null
  }
  return Buffer.concat(parts)
}
