/**
 * What a portion of work brings to the state: texts that documents had in batches, batches in which a document had no
 * text that counts, and documents that go. Collected in any order, as words rather than objects.
 */
import { hash } from 'node:crypto'
import { type Column, column, put, reserve } from './columns.ts'
import type { Deduplication } from './config.ts'
import { FINGERPRINT_WORDS } from './letters.ts'
import { KEYS_FROM, SIZE_WORD } from './signature.ts'

/** In place of the number of shingles where a document has no text. */
export const NO_TEXT = 0xffffffff

/**
 * Where a line lies: the batch's label and the line's place in it. Labels are compared by code unit and places as
 * numbers; a document's first position is its rank, so no two documents may share one.
 */
export interface Position {
  readonly batch: string
  /** Below 2³². */
  readonly place: number
}

/** One line of a batch: what it says of a document. */
export interface Line extends Position {
  /** The document's identity: a text that no other document has. */
  readonly id: string
  /** Of the clean text (`signature.ts`); null where the document was rejected or withdrawn in this batch. */
  readonly signature: Uint32Array | null
}

export interface Changes {
  readonly batches: Map<string, number>
  readonly identity: Column
  readonly batch: Column
  readonly place: Column
  readonly digest: Column
  readonly size: Column
  readonly keys: Column
  /** 1 where the document goes. */
  readonly gone: Column
  count: number
}

export function createChanges({ bands }: Deduplication): Changes {
  return {
    batches: new Map(),
    identity: column(FINGERPRINT_WORDS),
    batch: column(1),
    place: column(1),
    digest: column(FINGERPRINT_WORDS),
    size: column(1),
    keys: column(bands),
    gone: column(1),
    count: 0,
  }
}

/** Adds a line of a batch. Lines may come in any order; of a document the one of the latest batch counts. */
export function addLine(changes: Changes, { id, batch, place, signature }: Line): void {
  const row = newRow(changes, id)
  const label = changes.batches.get(batch) ?? changes.batches.size
  changes.batches.set(batch, label)
  changes.batch.words[row] = label
  changes.place.words[row] = place
  changes.size.words[row] = signature?.[SIZE_WORD] ?? NO_TEXT
  if (signature === null) return
  put(changes.digest, row, signature.subarray(0, FINGERPRINT_WORDS))
  put(changes.keys, row, signature.subarray(KEYS_FROM))
}

/** The document goes, as if it had never been there: lines of it in the same portion do not count. */
export function removeDocument(changes: Changes, id: string): void {
  const row = newRow(changes, id)
  changes.gone.words[row] = 1
}

function newRow(changes: Changes, id: string): number {
  const row = changes.count++
  const { identity, batch, place, digest, size, keys, gone } = changes
  for (const target of [identity, batch, place, digest, size, keys, gone]) reserve(target, changes.count)
  const bytes = hash('sha256', id, 'buffer')
  for (let word = 0; word < FINGERPRINT_WORDS; word++) {
    identity.words[row * FINGERPRINT_WORDS + word] = bytes.readUInt32LE(word * 4)
  }
  return row
}
