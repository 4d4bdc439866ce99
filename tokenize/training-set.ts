/**
 * Which documents train, which validate, and in what order: pure functions of the documents' identities and a seed.
 * Identity is of the document (source and key), not of its text, so a revised page stays on its side of the split and
 * at its place in the order, and no other document's coming or going moves it.
 */

import { hash } from 'node:crypto'
import { FailedError, UsageError } from '../pipeline/contract.ts'

/** Identity of a document as these functions take it. */
export const documentIdentity = (source: string, key: string): string => `${source}\n${key}`

/** A document among the shards of a training set; `start` and `length` in tokens. */
export interface SelectableDocument {
  readonly identity: string
  readonly shard: number
  readonly start: number
  readonly length: number
}

export interface Selection {
  /** As contract.ts lays out TokenSourceSpec.selection, in training order. */
  readonly train: Uint8Array
  readonly validation: Uint8Array
  readonly trainDocuments: number
  readonly validationDocuments: number
  readonly trainTokens: number
  readonly validationTokens: number
}

/** Keyed hashes are read as integers of 48 bits. */
const HASH_RANGE = 2 ** 48
const MAX_SHARDS = 2 ** 24
const MAX_SHARD_START = 2 ** 40
const ENTRY_BYTES = 16

/**
 * Whether a document is held out. The verdict compares two integers: the first 48 bits of a keyed SHA-256 and
 * floor(share × 2^48). A larger share only ever adds documents to the validation side.
 */
export function inValidation(identity: string, seed: number, share: number): boolean {
  if (!(share >= 0 && share <= 1)) throw new UsageError(`validation share ${share}: give a number from 0 to 1`)
  return keyedHash('split', seed, 0, identity) < Math.floor(share * HASH_RANGE)
}

/** Place of a document in the training order of an epoch: an integer below 2^48; ascending. */
export const orderKey = (identity: string, seed: number, epoch = 0): number => keyedHash('order', seed, epoch, identity)

/**
 * Splits and orders documents; the order they are given in does not matter. Ties of the hash go by identity, then by
 * place. Throws FailedError for a place the layout cannot hold.
 */
export function buildSelection(
  documents: readonly SelectableDocument[],
  {
    seed,
    validationShare,
    epoch = 0,
  }: { readonly seed: number; readonly validationShare: number; readonly epoch?: number },
): Selection {
  const keyed = documents.map((document) => ({ document, key: orderKey(document.identity, seed, epoch) }))
  keyed.sort((a, b) => a.key - b.key || comparePlaces(a.document, b.document))
  const train: SelectableDocument[] = []
  const validation: SelectableDocument[] = []
  for (const { document } of keyed)
    (inValidation(document.identity, seed, validationShare) ? validation : train).push(document)
  return {
    train: layOut(train),
    validation: layOut(validation),
    trainDocuments: train.length,
    validationDocuments: validation.length,
    trainTokens: countTokens(train),
    validationTokens: countTokens(validation),
  }
}

/** A selection's entries; throws FailedError where the bytes are no whole number of entries. */
export function readSelection(
  bytes: Uint8Array,
): { readonly shard: number; readonly start: number; readonly length: number }[] {
  if (bytes.length % ENTRY_BYTES !== 0)
    throw new FailedError(`a selection of ${bytes.length} bytes is cut: entries have ${ENTRY_BYTES}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, entry) => {
    const low = view.getUint32(entry * ENTRY_BYTES, true)
    const high = view.getUint32(entry * ENTRY_BYTES + 4, true)
    return {
      shard: high >>> 8,
      start: (high & 0xff) * 2 ** 32 + low,
      length: Number(view.getBigUint64(entry * ENTRY_BYTES + 8, true)),
    }
  })
}

/** Every field is length-prefixed, so no two different questions hash alike. */
function keyedHash(purpose: string, seed: number, epoch: number, identity: string): number {
  if (!Number.isSafeInteger(seed)) throw new UsageError(`seed ${seed}: give a whole number`)
  const fields = ['malmoi training set', purpose, String(seed), String(epoch), identity]
  return hash('sha256', fields.map((field) => `${field.length}:${field}`).join(''), 'buffer').readUIntBE(0, 6)
}

function comparePlaces(a: SelectableDocument, b: SelectableDocument): number {
  if (a.identity !== b.identity) return a.identity < b.identity ? -1 : 1
  return a.shard - b.shard || a.start - b.start
}

function layOut(documents: readonly SelectableDocument[]): Uint8Array {
  const bytes = new Uint8Array(documents.length * ENTRY_BYTES)
  const view = new DataView(bytes.buffer)
  documents.forEach(({ identity, shard, start, length }, entry) => {
    if (!(isBelow(shard, MAX_SHARDS) && isBelow(start, MAX_SHARD_START) && Number.isSafeInteger(length) && length > 0))
      throw new FailedError(
        `document ${identity} lies at shard ${shard}, token ${start}, ${length} tokens: out of range`,
      )
    view.setUint32(entry * ENTRY_BYTES, start % 2 ** 32, true)
    view.setUint32(entry * ENTRY_BYTES + 4, shard * 256 + Math.floor(start / 2 ** 32), true)
    view.setBigUint64(entry * ENTRY_BYTES + 8, BigInt(length), true)
  })
  return bytes
}

const isBelow = (value: number, limit: number): boolean => Number.isInteger(value) && value >= 0 && value < limit

const countTokens = (documents: readonly SelectableDocument[]): number =>
  documents.reduce((sum, { length }) => sum + length, 0)
