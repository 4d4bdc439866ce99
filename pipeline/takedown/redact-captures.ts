/** Takes records out of WARC files, in place: no offset of another record moves. Which records, is the caller's. */
import { basename, join } from 'node:path'
import { takedownMember } from '../../crawler/warc/takedown.ts'
import { overwriteMember } from '../../store/warc-files.ts'

/** Where an exchange's records lie. */
export interface RecordRange {
  /** Of the WARC file, relative to the workspace's `.malmoi`. */
  readonly path: string
  readonly offset: number
  readonly length: number
}

/**
 * Overwrites records with one that says that they were taken down, and syncs. Doing it again finishes what was cut.
 * `date` is the takedown's (ISO 8601, UTC), so that the same takedown writes the same bytes.
 */
export async function redactCapture(
  folder: string,
  { path, offset, length }: RecordRange,
  { takedown, date }: { readonly takedown: number; readonly date: string },
): Promise<void> {
  const place = `${basename(path)} ${offset}`
  await overwriteMember(join(folder, path), offset, takedownMember(length, { takedown, date, place }))
}
