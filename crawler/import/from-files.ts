/**
 * An import from the files of a path: item by item, with progress by bytes. A complete one is remembered by the state of
 * its files; where nothing changed since, nothing is read again.
 */
import type { Json } from '../../pipeline/contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { type FoundFile, findFiles } from './find-files.ts'
import { type ImportItem, importItems } from './import.ts'
import { readingError } from './open-file.ts'

export interface FileImport {
  readonly source: string
  /** A file, a folder or a glob. */
  readonly path: string
  /** Plain data: what of the config decides on what is imported. */
  readonly settings: object
  /** The files are a complete listing: what they do not hold is gone. */
  readonly snapshot: boolean
  readonly itemsOf: (file: FoundFile, onBytes: (bytes: number) => void) => AsyncIterable<ImportItem>
  /** Called when all items were imported. */
  readonly finish: (items: number) => Promise<void>
}

const stateName = 'imported'

/**
 * Resolves early, without error, when the signal aborts. Throws UsageError where there is no file, FailedError where one
 * cannot be read, both naming the source.
 */
export async function importFromFiles(dependencies: CrawlDependencies, given: FileImport): Promise<void> {
  const { frontier, meter, signal } = dependencies
  const files = await findFiles(given.source, given.path)
  const { path, settings, snapshot } = given
  const wanted = JSON.stringify({ path, snapshot, ...settings, files: files.map(({ state }) => state) })
  const last = await frontier.recall(stateName)
  const begun = [...(await frontier.settled()).values()].some(({ entries }) => entries > 0)
  if (!begun && isImport(last) && last.settings === wanted) {
    await frontier.passOver(last.records)
    meter.passOver(last.records)
    return
  }
  const count = await importItems(dependencies, itemsOf(dependencies, given, files), snapshot ? path : null)
  if (signal?.aborted === true) return
  await given.finish(count)
  const records = [...(await frontier.settled()).values()].reduce((sum, { received }) => sum + received, 0)
  await frontier.remember(stateName, { settings: wanted, records })
}

async function* itemsOf(
  { meter }: CrawlDependencies,
  given: FileImport,
  files: readonly FoundFile[],
): AsyncGenerator<ImportItem> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let read = 0
  const onBytes = (bytes: number): void => {
    read += bytes
    meter.progress = { done: read, of: total }
  }
  for (const file of files) {
    try {
      yield* given.itemsOf(file, onBytes)
    } catch (error) {
      throw readingError(given.source, file.path, error)
    }
  }
}

function isImport(value: Json): value is { readonly settings: string; readonly records: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'settings' in value &&
    typeof value.settings === 'string' &&
    'records' in value &&
    typeof value.records === 'number'
  )
}
