/**
 * All that deduplication remembers of a text: the fingerprint of its letters, the number of its shingles and the keys of
 * its bands. A pure function of text and config, to be computed on any thread.
 */
import type { Deduplication } from './config.ts'
import { FINGERPRINT_WORDS, fingerprint, lettersOf } from './letters.ts'
import { bandKeys } from './minhash.ts'
import { shinglesOf } from './shingles.ts'

/** Words before the keys: the fingerprint, then the number of shingles. */
export const SIZE_WORD = FINGERPRINT_WORDS
export const KEYS_FROM = FINGERPRINT_WORDS + 1

/** 4 + bands words of 32 bits. A text of too few shingles has size 0 and zeros for keys: it is compared exactly only. */
export function sign(text: string, config: Deduplication): Uint32Array {
  const letters = lettersOf(text)
  const signature = new Uint32Array(KEYS_FROM + config.bands)
  signature.set(fingerprint(letters))
  if (config.bands === 0) return signature
  const shingles = shinglesOf(letters, config.shingle)
  if (shingles.length < config.leastShingles) return signature
  signature[SIZE_WORD] = shingles.length
  signature.set(bandKeys(shingles, config), KEYS_FROM)
  return signature
}
