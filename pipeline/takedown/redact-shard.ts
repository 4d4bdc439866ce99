/** Takes documents out of a shard that is stored. Where its documents lie, is the caller's to know. */
import type { Objects } from '../../store/objects.ts'
import { redactedTokens, type TokenRange } from '../../tokenize/shards/redact.ts'
import type { Digest } from '../contract.ts'
import type { Redaction } from './redact-lines.ts'

/**
 * Stores a shard's token file (`.bin`) anew, without the tokens of the ranges; null where they are out of it already.
 * The files beside it hold offsets and digests alone and stay.
 */
export async function redactTokens(
  objects: Objects,
  bin: Digest,
  ranges: readonly TokenRange[],
): Promise<Redaction | null> {
  const file = objects.file(bin)
  const { digest: replacement } = await objects.put(redactedTokens(file, ranges), 'raw')
  return replacement === file.sha256 ? null : { digest: file.sha256, replacement }
}
