/**
 * signatures: a batch's verdicts → all that deduplication compares of its texts, a line a verdict, so that a place in
 * the batch names both. Inputs: the verdicts; the revisions where the recipe asks for licences or dates; the overlaps
 * with evaluation sets where those keep documents out.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Eligibility, isEligible } from '../../dedupe/eligibility.ts'
import { type Paragraphs, paragraphsOf } from '../../dedupe/paragraphs.ts'
import { sign } from '../../dedupe/signature.ts'
import { grouped } from '../../store/grouped.ts'
import type { Objects } from '../../store/objects.ts'
import { type Artifact, type DeduplicationConfig, type Digest, FailedError, type RevisionLine } from '../contract.ts'
import { sha256 } from '../digest.ts'
import type { Stage } from '../stage.ts'
import type { CleanLine } from './clean.ts'
import type { OverlapLine } from './contamination.ts'
import { readLines, writeLines } from './lines.ts'

type Config = {
  readonly deduplication: DeduplicationConfig
  /** Absent where the recipe takes texts of any licence and date. */
  readonly eligibility?: Eligibility
}

/** One line of a signatures artifact; the last one names its words, so that its digest covers them. */
export interface SignatureLine {
  readonly key: string
  readonly revision: Digest
  /**
   * Null where the document was rejected or withdrawn, shares a passage with an evaluation set, or has a licence or date
   * that the recipe does not take.
   */
  readonly text: Digest | null
  /** UTF-8 bytes of the text. */
  readonly bytes: number
}

export interface WordsLine {
  readonly words: Digest
}

/** The lines of a signatures artifact: a line a verdict, then the one that names their words. */
export function readSignatures(objects: Objects, digest: Digest): AsyncIterable<SignatureLine | WordsLine> {
  return readLines<SignatureLine | WordsLine>(objects, digest)
}

interface Task {
  readonly deduplication: DeduplicationConfig
  readonly lines: readonly (SignatureLine & { readonly body: string })[]
}

interface Signed {
  readonly lines: readonly SignatureLine[]
  /** As in the part of the artifact, of the lines that have a text. */
  readonly words: Uint32Array
}

const DOCUMENTS_A_TASK = 64

export const signatures: Stage<Config> = {
  name: 'signatures',
  adapter: new URL(import.meta.url),
  async run({ config: { deduplication, eligibility }, inputs, objects, scratch, map, progress }) {
    const [verdicts, ...others] = inputs
    if (!verdicts) throw new Error('signatures needs verdicts')
    const revisions = eligibility ? others.shift() : undefined
    const left = await leftOut(objects, others[0], revisions, eligibility)
    let [done, texts] = [0, 0]
    async function* tasks(): AsyncIterable<Task> {
      for await (const group of grouped(readLines<CleanLine>(objects, verdicts!.digest), DOCUMENTS_A_TASK)) {
        const lines = group.map((line) => {
          const { key, revision } = line
          return line.kept && !left.has(revision)
            ? { key, revision, text: line.digest, bytes: Buffer.byteLength(line.text), body: line.text }
            : { key, revision, text: null, bytes: 0, body: '' }
        })
        yield { deduplication, lines }
      }
    }
    const path = join(scratch, 'words')
    const file = createWriteStream(path, { flush: true })
    let words = ''
    async function* lines(): AsyncIterable<SignatureLine | WordsLine> {
      const task = { module: import.meta.url, name: 'signDocuments' }
      for await (const signed of map<Task, Signed>(task, tasks())) {
        done += signed.lines.length
        texts += signed.lines.filter(({ text }) => text !== null).length
        progress(done, null)
        if (!file.write(bytesOf(signed.words))) await once(file, 'drain')
        yield* signed.lines
      }
      file.end()
      await once(file, 'close')
      words = (await objects.adopt(path)).digest
      yield { words }
    }
    const artifact = await writeLines(objects, 'signatures', lines(), () => ({ documents: texts }))
    return { artifact: { ...artifact, parts: [words] } }
  },
}

/** Revisions that are accepted and stay out of the dataset all the same. */
async function leftOut(
  objects: Objects,
  overlaps: Artifact | undefined,
  revisions: Artifact | undefined,
  eligibility: Eligibility | undefined,
): Promise<ReadonlySet<Digest>> {
  const left = new Set<Digest>()
  if (overlaps) {
    for await (const { revision } of readLines<OverlapLine>(objects, overlaps.digest)) left.add(revision)
  }
  if (revisions && eligibility) {
    for await (const line of readLines<RevisionLine>(objects, revisions.digest))
      if (!isEligible(line, eligibility)) left.add(line.revision)
  }
  return left
}

/** Runs on a worker thread. */
export function signDocuments({ deduplication, lines }: Task): Signed {
  const parts: Uint32Array[] = []
  for (const { text, body } of lines) {
    if (text === null) continue
    const { hashes, letters } = deduplication.paragraphs === null ? NO_PARAGRAPHS : paragraphsOf(body)
    parts.push(sign(body, deduplication), Uint32Array.of(letters.length), hashes, letters)
  }
  const words = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    words.set(part, at)
    at += part.length
  }
  return { lines: lines.map(({ body: _, ...line }) => line), words }
}

const NO_PARAGRAPHS: Paragraphs = { hashes: new Uint32Array(0), letters: new Uint32Array(0) }

/**
 * The words that a signatures artifact names, of its texts in the order of the lines: of each the signature (as long as
 * the deduplication says), the number n of its paragraphs, two words of hash for each, the letters of each.
 * @throws FailedError where they are altered or missing
 */
export async function readWords(objects: Objects, words: Digest): Promise<Uint32Array> {
  const { path, sha256: expected } = objects.file(words)
  const bytes = await readFile(path)
  if (sha256(bytes) !== expected)
    throw new FailedError(`${path} is altered or cut`, 'delete it and run the command again')
  // A copy of its own begins at a multiple of four.
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}

/** Words as the object holds them. */
export function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}
