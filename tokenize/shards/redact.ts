/** Takes documents out of a shard: their tokens are overwritten, every count and every offset stays. */
import { createReadStream } from 'node:fs'
import { FailedError } from '../../pipeline/contract.ts'
import { HEADER_BYTES, TAKEN_DOWN, TOKEN_BYTES } from './format.ts'
import { type FileRef, openTokens } from './read.ts'

/** Tokens of a shard, counted from its first. */
export interface TokenRange {
  readonly start: number
  readonly length: number
}

/**
 * The bytes of a shard's token file with TAKEN_DOWN in place of every token of the ranges, which may overlap.
 * @throws FailedError where the file is altered or cut, or a range lies outside of it
 */
export async function* redactedTokens(file: FileRef, ranges: readonly TokenRange[]): AsyncIterable<Uint8Array> {
  const { tokens } = openTokens(file)
  const outside = ranges.find(({ start, length }) => !(start >= 0 && length >= 0 && start + length <= tokens))
  if (outside) {
    throw new FailedError(
      `${file.path} has ${tokens} tokens; there are no ${outside.length} from ${outside.start} on`,
      'the shard is not the one that these documents are recorded in',
    )
  }
  const spans = ranges.map(({ start, length }) => ({
    from: HEADER_BYTES + start * TOKEN_BYTES,
    to: HEADER_BYTES + (start + length) * TOKEN_BYTES,
  }))
  spans.sort((a, b) => a.from - b.from)
  let at = 0
  let first = 0
  for await (const chunk of createReadStream(file.path, { highWaterMark: 1 << 20 })) {
    const bytes: Uint8Array = chunk
    for (let next = first; next < spans.length && spans[next]!.from < at + bytes.length; next++) {
      const { from, to } = spans[next]!
      // Both of a token's bytes are 0.
      bytes.fill(TAKEN_DOWN, Math.max(0, from - at), Math.max(0, Math.min(bytes.length, to - at)))
    }
    at += bytes.length
    while (first < spans.length && spans[first]!.to <= at) first++
    yield bytes
  }
}
