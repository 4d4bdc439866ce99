/**
 * A version written outside: its documents read in one moment, the folder swapped into place, the export on record before
 * it begins and when it is done, so that a takedown finds every copy. What the files look like is export/'s.
 */
import { existsSync } from 'node:fs'
import type { Format } from '../export/formats.ts'
import { type WrittenExport, writeExport } from '../export/write.ts'
import { exportedDocuments } from '../store/export-rows.ts'
import { announceExport, findExport, forgetExport, recordExport } from '../store/exports.ts'
import { locked } from '../store/runs.ts'
import { findVersion, type VersionRow } from '../store/versions.ts'
import { type ExportedDocument, FailedError, type Json } from './contract.ts'
import type { ExecuteDeps } from './execute.ts'
import { cardFacts } from './export-facts.ts'

/** How an export is written: kept with it, so that it can be written again. */
export type ExportOptions = {
  readonly format: Format
  readonly card: boolean
  readonly croissant: boolean
  /** UTF-8 bytes of text after which a file ends. */
  readonly shardBytes: number
}

export type ExportDeps = Pick<ExecuteDeps, 'connection' | 'reporter' | 'signal'>

export interface Exporting {
  readonly version: VersionRow
  /** Absolute. */
  readonly path: string
  readonly options: ExportOptions
}

const PROGRESS_EVERY = 1_000

/**
 * Writes a version to a folder, which then is on record; one export to a path at a time.
 * @throws UsageError where something else stands there, FailedError where the file system refuses
 */
export async function exportVersion(deps: ExportDeps, exporting: Exporting): Promise<WrittenExport> {
  return locked(deps.connection, lockOf(exporting.path), () => write(deps, exporting))
}

/**
 * Writes the export at `path` again, of the version and with the options on record: after a takedown it is without what
 * was taken down. Null where nothing is there, which then is off the record.
 */
export async function reexport(deps: ExportDeps, path: string): Promise<WrittenExport | null> {
  return locked(deps.connection, lockOf(path), async () => {
    const { db } = deps.connection
    const row = await findExport(db, path)
    if (row === null) return null
    if (!existsSync(path)) {
      await forgetExport(db, path)
      return null
    }
    const version = await findVersion(db, row.dataset, row.number)
    if (version === null)
      throw new FailedError(`${path} is an export of ${row.dataset}@${row.number}, which is not there any more`)
    return write(deps, { version, path, options: optionsOf(path, row.options) })
  })
}

function lockOf(path: string): string {
  return `export ${path}`
}

async function write(deps: ExportDeps, { version, path, options }: Exporting): Promise<WrittenExport> {
  const { db } = deps.connection
  const { dataset, number, documents, digest } = version
  const row = { dataset, number, path, options }
  const report = deps.reporter.begin('export', `${dataset}@${number}`)
  // On record first: a takedown that comes while the documents are read writes them again.
  await announceExport(db, { ...row, manifest: '' })
  try {
    const onProgress = (count: number): void => report.progress(count, documents, 'counting for the card')
    const facts = options.card ? await cardFacts(deps.connection, version, onProgress) : null
    const written = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((trx) =>
        writeExport({
          ...{ path, facts, dataset, digest, version: `${dataset}@${number}` },
          ...{ format: options.format, shardBytes: options.shardBytes, croissant: options.croissant },
          lastNight: version.batches.map(({ night }) => night).reduce((a, b) => (a > b ? a : b), ''),
          documents: watched(exportedDocuments(trx, version), deps.signal, (count) =>
            report.progress(count, documents),
          ),
          commit: ({ manifest }) => recordExport(db, { ...row, manifest }),
        }),
      )
    report.end('done', path)
    return written
  } catch (error) {
    report.end('failed', error instanceof Error ? error.message : String(error))
    if ((await findExport(db, path))?.manifest === '') await forgetExport(db, path)
    throw error
  }
}

async function* watched(
  documents: AsyncIterable<ExportedDocument>,
  signal: AbortSignal,
  onProgress: (documents: number) => void,
): AsyncGenerator<ExportedDocument> {
  let count = 0
  for await (const document of documents) {
    signal.throwIfAborted()
    yield document
    if (++count % PROGRESS_EVERY === 0) onProgress(count)
  }
}

function optionsOf(path: string, options: Json): ExportOptions {
  if (isOptions(options)) return options
  throw new FailedError(
    `the options on record of the export at ${path} are not understood`,
    'remove the folder, and export the version again',
  )
}

function isOptions(value: Json): value is ExportOptions {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    (value.format === 'parquet' || value.format === 'jsonl' || value.format === 'dolma') &&
    'card' in value &&
    typeof value.card === 'boolean' &&
    'croissant' in value &&
    typeof value.croissant === 'boolean' &&
    'shardBytes' in value &&
    typeof value.shardBytes === 'number'
  )
}
