/**
 * `malmoi dedupe` on a stream of records: the order of the input is the rank, so one pass decides each record as it
 * comes. Fields it does not know pass through. Records that an earlier tool rejected (`kept` is false) are returned as
 * they came and are no one's owner.
 */
import { createHash } from 'node:crypto'
import { UsageError } from '../pipeline/contract.ts'
import { exactIndex, fingerprint } from './exact.ts'
import { keeper } from './keep.ts'

export type JsonRecord = { readonly [field: string]: unknown }

/** A function to call with each record in order: the record with `kept`, and of a dropped one `owner` and `similarity`. */
export function recordDeduper(): (record: JsonRecord) => JsonRecord {
  const ownerOf = keeper(exactIndex())
  const ids: unknown[] = []
  return (record) => {
    if (record.kept === false) return record
    const text = record.text
    if (typeof text !== 'string') {
      throw new UsageError(
        `Record ${JSON.stringify(record.id ?? null)} has no text: dedupe reads JSON lines with a field "text".`,
      )
    }
    // A record without a name of its own is named by its text as it came, as in every tool.
    const id = record.id ?? createHash('sha256').update(text).digest('hex')
    ids.push(id)
    const edge = ownerOf(fingerprint(text))
    if (edge === null) return { ...record, id, kept: true }
    return { ...record, id, kept: false, owner: ids[edge.rank], similarity: edge.intersection / edge.union }
  }
}
