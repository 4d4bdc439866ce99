/**
 * What lies at a path that is to be imported: an export of ours, by its manifest or by the fields of its rows, or
 * documents in Dolma's shape. Gives what a source of files needs to read it.
 */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { UsageError } from '../../pipeline/contract.ts'
import type { FieldMap, FileFormat } from '../../pipeline/crawl-contract.ts'
import { findFiles } from './find-files.ts'
import { type ExportOrigin, isManifest, openManifest } from './manifest.ts'
import { openFile, uncompressedName } from './open-file.ts'
import { type Fields, isFields } from './record.ts'
import { jsonlRows, parquetRows } from './rows.ts'

export interface ImportLayout {
  /** A file, a folder or a glob, absolute. */
  readonly path: string
  readonly format: FileFormat
  readonly fields: FieldMap
  readonly manifest: { readonly path: string; readonly origin: ExportOrigin } | null
}

const MANIFEST = 'manifest.json'
/** Bytes of a row that is looked at to see what rows are like. */
const LONGEST_ROW = 100_000_000

/** @throws UsageError where it is neither, FailedError where an export is not whole */
export async function layoutOf(path: string): Promise<ImportLayout> {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new UsageError(`there is no ${path}`)
    throw error
  })
  const manifest = there.isDirectory() ? join(path, MANIFEST) : path
  const text = manifest.endsWith(MANIFEST) ? await readFile(manifest, 'utf8').catch(absent) : null
  if (text !== null && isManifest(text)) return exportLayout(manifest)
  const files = there.isDirectory() ? await documentsOf(path) : path
  const first = await firstRow(files)
  if (isFields(first.fields)) {
    const { fields } = first
    if (typeof fields.revision === 'string' && typeof fields.url === 'string')
      return { path: files, format: first.format, fields: ownFields(false), manifest: null }
    if (typeof fields.id === 'string' && typeof fields.text === 'string' && typeof fields.source === 'string')
      return {
        path: files,
        format: first.format,
        fields: dolmaFields(false, isFields(fields.metadata) ? fields.metadata : {}),
        manifest: null,
      }
  }
  throw new UsageError(
    `${first.file} is neither an export nor in Dolma's shape (id, text, source): \`malmoi source add\` takes files of any shape, by their \`fields\``,
  )
}

async function exportLayout(manifest: string): Promise<ImportLayout> {
  const origin = await openManifest(manifest)
  const folders = new Set(origin.files.map((file) => dirname(file)))
  const [folder] = folders
  if (folder === undefined || folders.size > 1) throw new UsageError(`${manifest} lists no folder of files`)
  // Within one source, addresses are the names that documents had.
  const single = origin.sources.length < 2
  return {
    path: resolve(folder),
    format: origin.format === 'parquet' ? 'parquet' : 'jsonl',
    fields: origin.format === 'dolma' ? dolmaFields(single, null) : ownFields(single),
    manifest: { path: resolve(manifest), origin },
  }
}

/** The fields of our rows are those of a record; `single`: all of one source. */
function ownFields(single: boolean): FieldMap {
  return { id: single ? 'url' : '{source}:{url}', url: 'address', source: 'source', revision: 'revision' }
}

/** Of Dolma's documents, whose ids are those of their source. `metadata`: of a document of others, who write `license`. */
function dolmaFields(single: boolean, metadata: Fields | null): FieldMap {
  const names = ['title', 'author', 'published', 'modified', 'section', 'lang'] as const
  const own = metadata === null || typeof metadata.address === 'string'
  return {
    id: single ? 'id' : '{source}:{id}',
    url: `metadata.${own ? 'address' : 'url'}`,
    ...Object.fromEntries(names.map((name) => [name, `metadata.${name}`])),
    licence: `metadata.${own || metadata.licence !== undefined ? 'licence' : 'license'}`,
    source: 'source',
    revision: 'metadata.revision',
  }
}

/** Dolma keeps documents in a folder of that name, beside attributes of them. */
async function documentsOf(folder: string): Promise<string> {
  const documents = join(folder, 'documents')
  const there = await stat(documents).catch(absent)
  return there?.isDirectory() ? documents : join(folder, '**/*.{json,jsonl,parquet}{,.gz,.zst,.bz2}')
}

interface FirstRow {
  readonly file: string
  readonly format: FileFormat
  readonly fields: Fields | string
}

async function firstRow(path: string): Promise<FirstRow> {
  const files = await findFiles('of the import', path)
  for (const { path: file } of files) {
    const format = uncompressedName(file).endsWith('.parquet') ? 'parquet' : 'jsonl'
    const rows = format === 'parquet' ? parquetRows(file) : jsonlRows(openFile(file), LONGEST_ROW)
    for await (const { fields } of rows) return { file, format, fields }
  }
  throw new UsageError(`${path} holds no row`)
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
