/** A complete import is remembered by the state of its files: where nothing changed since, nothing is read again. */
import type { Json } from '../../pipeline/contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'

const name = 'imported'

/**
 * Imports unless `settings` (plain data that covers files and config) are those of the last complete import; then its
 * records are counted as unchanged.
 */
export async function passOverUnchanged(
  { frontier, meter, signal }: CrawlDependencies,
  settings: object,
  work: () => Promise<void>,
): Promise<void> {
  const wanted = JSON.stringify(settings)
  const last = await frontier.recall(name)
  const begun = [...(await frontier.settled()).values()].some(({ entries }) => entries > 0)
  if (!begun && isImport(last) && last.settings === wanted) {
    await frontier.passOver(last.records)
    meter.passOver(last.records)
    return
  }
  await work()
  if (signal?.aborted === true) return
  const records = [...(await frontier.settled()).values()].reduce((sum, { received }) => sum + received, 0)
  await frontier.remember(name, { settings: wanted, records })
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
