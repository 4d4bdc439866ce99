/**
 * signatures: a batch's verdicts → all that deduplication compares of its texts, a line a verdict, so that a place in
 * the batch names both. Inputs: the verdicts, and the overlaps with evaluation sets where those keep documents out.
 */
import { type Paragraphs, paragraphsOf } from '../../dedupe/paragraphs.ts'
import { sign } from '../../dedupe/signature.ts'
import { grouped } from '../../store/grouped.ts'
import type { DeduplicationConfig, Digest } from '../contract.ts'
import type { Stage } from '../stage.ts'
import type { CleanLine } from './clean.ts'
import type { OverlapLine } from './contamination.ts'
import { readLines, writeLines } from './lines.ts'

type Config = { readonly deduplication: DeduplicationConfig }

/** One line of a signatures artifact. */
export interface SignatureLine {
  readonly key: string
  readonly revision: Digest
  /** Null where the document was rejected, withdrawn, or shares a passage with an evaluation set. */
  readonly text: Digest | null
  /** Words of 32 bits, little-endian, in base64: the signature, then two words and the letters of each paragraph. */
  readonly signature?: string
  readonly paragraphs?: string
}

interface Task {
  readonly deduplication: DeduplicationConfig
  readonly lines: readonly {
    readonly key: string
    readonly revision: Digest
    readonly text: Digest | null
    readonly body: string
  }[]
}

const DOCUMENTS_A_TASK = 64

export const signatures: Stage<Config> = {
  name: 'signatures',
  adapter: new URL(import.meta.url),
  async run({ config: { deduplication }, inputs, objects, map, progress }) {
    const [verdicts, overlaps] = inputs
    if (!verdicts) throw new Error('signatures needs verdicts')
    const contaminated = new Set<Digest>()
    if (overlaps) {
      for await (const { revision } of readLines<OverlapLine>(objects, overlaps.digest)) contaminated.add(revision)
    }
    let [done, texts] = [0, 0]
    async function* tasks(): AsyncIterable<Task> {
      for await (const group of grouped(readLines<CleanLine>(objects, verdicts!.digest), DOCUMENTS_A_TASK)) {
        const lines = group.map((line) => {
          const { key, revision } = line
          return line.kept && !contaminated.has(revision)
            ? { key, revision, text: line.digest, body: line.text }
            : { key, revision, text: null, body: '' }
        })
        yield { deduplication, lines }
      }
    }
    async function* lines(): AsyncIterable<SignatureLine> {
      const task = { module: import.meta.url, name: 'signDocuments' }
      for await (const signed of map<Task, readonly SignatureLine[]>(task, tasks())) {
        done += signed.length
        texts += signed.filter(({ text }) => text !== null).length
        progress(done, null)
        yield* signed
      }
    }
    return { artifact: await writeLines(objects, 'signatures', lines(), () => ({ documents: texts })) }
  },
}

/** Runs on a worker thread. */
export function signDocuments({ deduplication, lines }: Task): readonly SignatureLine[] {
  return lines.map(({ key, revision, text, body }) => {
    if (text === null) return { key, revision, text }
    return {
      ...{ key, revision, text, signature: toBase64(sign(body, deduplication)) },
      ...(deduplication.paragraphs !== null && { paragraphs: toBase64(packed(paragraphsOf(body))) }),
    }
  })
}

function packed({ hashes, letters }: Paragraphs): Uint32Array {
  const words = new Uint32Array(hashes.length + letters.length)
  words.set(hashes)
  words.set(letters, hashes.length)
  return words
}

/** The paragraphs of a line. */
export function paragraphsOfLine(base64: string): Paragraphs {
  const words = wordsOf(base64)
  const count = words.length / 3
  return { hashes: words.subarray(0, count * 2), letters: words.subarray(count * 2) }
}

function toBase64(words: Uint32Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64')
}

/** The words of a field of a signatures artifact. */
export function wordsOf(base64: string): Uint32Array {
  const bytes = Buffer.from(base64, 'base64')
  // A copy of its own begins at a multiple of four.
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}
