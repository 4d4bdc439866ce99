/**
 * `malmoi clean` on one record: fields it does not know pass through. Records that an earlier tool rejected
 * (`kept` is false) are returned as they came, with the reason they carry, so that a pipe of tools loses none.
 */
import { createHash } from 'node:crypto'
import { type CleaningConfig, UsageError } from '../pipeline/contract.ts'
import { cleanText } from './clean.ts'

export type JsonRecord = { readonly [field: string]: unknown }

/** The record with kept, measures, and either the clean text or rule, value and threshold; a rejected one has no text. */
export function cleanRecord(record: JsonRecord, config: CleaningConfig): JsonRecord {
  if (record.kept === false) return record
  const { text, ...rest } = record
  if (typeof text !== 'string') {
    throw new UsageError(
      `Record ${JSON.stringify(record.id ?? null)} has no text: clean reads JSON lines with a field "text".`,
    )
  }
  // A record without a name of its own is named by its text as it came, as in every tool.
  const id = rest.id ?? createHash('sha256').update(text).digest('hex')
  return { ...rest, id, ...cleanText(text, config) }
}
