/**
 * Takes documents out of a signatures artifact: its lines keep their places, and the words that were computed of the
 * texts go, as they would not come into being from the redacted verdicts.
 */
import type { Objects } from '../../store/objects.ts'
import type { DeduplicationConfig, Digest } from '../contract.ts'
import { NO_TEXT, placesOf } from '../stages/dedupe-lines.ts'
import { bytesOf, readSignatures, readWords, type SignatureLine } from '../stages/signatures.ts'
import type { Redaction } from './redact-lines.ts'

/** The lines name their words: at every moment one goes with the other. */
export interface SignaturesRedaction extends Redaction {
  /**
   * The part of the artifact that the lines named, and that they name now. The former is not replaced but goes when no
   * artifact has it any more: equal texts have equal words.
   */
  readonly words: Redaction
}

/** Null where the batch holds none of the documents. */
export async function redactSignatures(
  objects: Objects,
  digest: Digest,
  keys: ReadonlySet<string>,
  deduplication: DeduplicationConfig,
): Promise<SignaturesRedaction | null> {
  const current = objects.resolve(digest)
  const lines: SignatureLine[] = []
  let named: Digest | null = null
  for await (const line of readSignatures(objects, current)) {
    if ('words' in line) named = line.words
    else lines.push(line)
  }
  const holds = (line: SignatureLine) => line.text !== null && keys.has(line.key)
  if (named === null || !lines.some(holds)) return null
  const words = await readWords(objects, named)
  const places = placesOf(
    lines.map(({ text }) => text !== null),
    words,
    deduplication,
  )
  const stored = await objects.put([bytesOf(wordsWithout(words, places, (place) => holds(lines[place]!)))], 'raw')
  const redacted = lines.map((line) => (holds(line) ? { ...line, text: null, bytes: 0 } : line))
  const { digest: replacement } = await objects.putLines(
    [...redacted, { words: stored.digest }].map((line) => JSON.stringify(line)),
  )
  return { digest: current, replacement, words: { digest: named, replacement: stored.digest } }
}

function wordsWithout(words: Uint32Array, places: Uint32Array, gone: (place: number) => boolean): Uint32Array {
  const begins = [...places.entries()].filter(([, at]) => at !== NO_TEXT)
  const left = new Uint32Array(words.length)
  let length = 0
  for (const [index, [place, at]] of begins.entries()) {
    if (gone(place)) continue
    const own = words.subarray(at, begins[index + 1]?.[1] ?? words.length)
    left.set(own, length)
    length += own.length
  }
  return left.subarray(0, length)
}
