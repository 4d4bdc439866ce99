/**
 * Reads a split of a training set as windows of tokens: its documents one after another in training order, joined
 * without gaps, round and round. Knows nothing of batches or epochs; a window's number says all.
 */

import { readFileSync } from 'node:fs'
import { FailedError, type TokenSource, type TokenSourceSpec } from '../pipeline/contract.ts'
import { openTokens, type TokenFile, verifyFile } from '../tokenize/shards/read.ts'
import { readSelection } from '../tokenize/training-set.ts'

/** Shards are read in blocks of this many tokens, of which the last used ones are kept: 16 KiB each, 32 MiB in all. */
const BLOCK_TOKENS = 8192
const KEPT_BLOCKS = 2048

interface Split {
  readonly shards: readonly TokenFile[]
  readonly entries: readonly { readonly shard: number; readonly start: number; readonly length: number }[]
}

/**
 * Opens a split; checks that shards and selection are the ones the training set names. Throws FailedError naming the
 * file that is altered, cut or missing.
 */
export function openTokenSource(spec: TokenSourceSpec): TokenSource {
  const { shards, entries } = openSplit(spec)
  const read = createBlockReader(shards)
  /** Document i begins at token begins[i] of the split; one more entry for the end. */
  const begins = new Float64Array(entries.length + 1)
  entries.forEach(({ length }, entry) => {
    begins[entry + 1] = begins[entry]! + length
  })
  const tokens = begins[entries.length]!

  return {
    tokens,
    window(index, length) {
      if (!(Number.isSafeInteger(index) && index >= 0 && Number.isSafeInteger(length) && length > 0))
        throw new RangeError(`window ${index} of length ${length}`)
      if (tokens < length + 1) {
        throw new FailedError(
          `the split has ${tokens} tokens, fewer than one window of ${length} + 1`,
          `lower the sequence length below ${tokens}, or give the split more text`,
        )
      }
      const window = new Uint16Array(length + 1)
      // Modulo of the product, exact beyond 2^53 too.
      let at = Number((BigInt(index) * BigInt(length)) % BigInt(tokens))
      let entry = findEntry(begins, at)
      for (let filled = 0; filled < window.length; ) {
        const { shard, start, length: entryLength } = entries[entry]!
        const offset = at - begins[entry]!
        const count = Math.min(entryLength - offset, window.length - filled)
        read(shard, start + offset, window.subarray(filled, filled + count))
        filled += count
        at += count
        if (at === begins[entry + 1]!) entry++
        if (entry === entries.length) {
          entry = 0
          at = 0
        }
      }
      return window
    },
  }
}

/** The documents of a split in training order, each with its bos and eos; checks the files as openTokenSource does. */
export function documents(spec: TokenSourceSpec): Iterable<Uint16Array> {
  return readDocuments(openSplit(spec))
}

function* readDocuments({ shards, entries }: Split): Generator<Uint16Array> {
  for (const { shard, start, length } of entries) yield shards[shard]!.read(start, length)
}

function openSplit(spec: TokenSourceSpec): Split {
  verifyFile(spec.selection.path, spec.selection.sha256)
  const entries = readSelection(readFileSync(spec.selection.path))
  const shards = spec.shards.map((shard) => openTokens(shard))
  entries.forEach(({ shard, start, length }, entry) => {
    const file = shards[shard]
    if (file !== undefined && length > 0 && start + length <= file.tokens) return
    const found = file === undefined ? `there are ${shards.length} shards` : `${file.path} has ${file.tokens} tokens`
    throw new FailedError(
      `${spec.selection.path}: document ${entry} is ${length} tokens from ${start} of shard ${shard}, but ${found}`,
      'selection and shards are not of one training set; rebuild it: malmoi build',
    )
  })
  return { shards, entries }
}

/** Index of the document that holds token `at`: the last one that begins at or before it. */
function findEntry(begins: Float64Array, at: number): number {
  let low = 0
  let high = begins.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (begins[middle]! <= at) low = middle
    else high = middle - 1
  }
  return low
}

/** Fills `target` with a shard's tokens from `start` on, by way of the kept blocks. */
function createBlockReader(shards: readonly TokenFile[]): (shard: number, start: number, target: Uint16Array) => void {
  /** Least recently used first. */
  const blocks = new Map<string, Uint16Array>()
  function blockOf(shard: number, number: number): Uint16Array {
    const key = `${shard}:${number}`
    const kept = blocks.get(key)
    if (kept !== undefined) {
      blocks.delete(key)
      blocks.set(key, kept)
      return kept
    }
    const file = shards[shard]!
    const start = number * BLOCK_TOKENS
    const block = file.read(start, Math.min(BLOCK_TOKENS, file.tokens - start))
    blocks.set(key, block)
    if (blocks.size > KEPT_BLOCKS) {
      const [oldest] = blocks.keys()
      if (oldest !== undefined) blocks.delete(oldest)
    }
    return block
  }
  return (shard, start, target) => {
    for (let filled = 0; filled < target.length; ) {
      const at = start + filled
      const block = blockOf(shard, Math.floor(at / BLOCK_TOKENS))
      const offset = at % BLOCK_TOKENS
      const part = block.subarray(offset, offset + target.length - filled)
      target.set(part, filled)
      filled += part.length
    }
  }
}
