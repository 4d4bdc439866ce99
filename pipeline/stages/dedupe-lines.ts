/**
 * The lines of all batches as deduplication needs them at hand: what each document is called, and where its texts are.
 * Digests and words are packed, since there are as many lines as a corpus has documents.
 */
import type { Kysely } from 'kysely'
import { addLine, type Changes, type Position, removeDocument } from '../../dedupe/changes.ts'
import type { Paragraphs } from '../../dedupe/paragraphs.ts'
import { KEYS_FROM } from '../../dedupe/signature.ts'
import { storedTexts } from '../../store/documents.ts'
import type { Objects } from '../../store/objects.ts'
import type { Database } from '../../store/schema.ts'
import type { Artifact, DeduplicationConfig, Digest } from '../contract.ts'
import { sha256 } from '../digest.ts'
import type { CleanLine } from './clean.ts'
import { readLines } from './lines.ts'
import { readSignatures, readWords } from './signatures.ts'
import type { Tombstones } from './tombstones.ts'

const DIGEST_BYTES = 32
export const NO_TEXT = 0xffffffff

export interface BatchLines {
  /** `2026-11-01 hani` */
  readonly label: string
  readonly source: string
  readonly night: string
  readonly signatures: Digest
  readonly keys: readonly string[]
  readonly revisions: Packed
  readonly texts: Packed
  /** UTF-8 bytes of each text. */
  readonly bytes: readonly number[]
  readonly words: Uint32Array
  /** Where each line's words begin; NO_TEXT where it has none. */
  readonly places: Uint32Array
}

/** Digests on end; one that is absent is all zeros. */
interface Packed {
  bytes: Buffer
  count: number
}

/** Labels are in the order of batches. */
export function labelOf({ source, night }: { readonly source: string; readonly night: string }): string {
  return `${night} ${source}`
}

/** Reads the signatures of all batches. */
export async function readBatches(
  objects: Objects,
  inputs: readonly Artifact[],
  names: readonly { readonly source: string; readonly night: string }[],
  progress: (done: number, of: number) => void,
  deduplication: DeduplicationConfig,
): Promise<readonly BatchLines[]> {
  const batches: BatchLines[] = []
  for (const [index, { source, night }] of names.entries()) {
    const input = inputs[index]
    if (!input) throw new Error(`the batch ${source} ${night} has no signatures`)
    const [keys, bytes]: [string[], number[]] = [[], []]
    const [revisions, texts] = [packed(), packed()]
    const present: boolean[] = []
    let words: Uint32Array = new Uint32Array(0)
    for await (const line of readSignatures(objects, input.digest)) {
      if ('words' in line) {
        words = await readWords(objects, line.words)
        continue
      }
      keys.push(line.key)
      bytes.push(line.bytes)
      push(revisions, line.revision)
      push(texts, line.text)
      present.push(line.text !== null)
    }
    const label = labelOf({ source, night })
    const read = { keys, bytes, revisions, texts, words, places: placesOf(present, words, deduplication) }
    batches.push({ label, source, night, signatures: input.digest, ...read })
    progress(index + 1, names.length)
  }
  return batches
}

/** Where the words of each line begin, by whether it has a text; NO_TEXT where it has none. */
export function placesOf(
  present: readonly boolean[],
  words: Uint32Array,
  deduplication: DeduplicationConfig,
): Uint32Array {
  const places = new Uint32Array(present.length).fill(NO_TEXT)
  let at = 0
  for (const [place, has] of present.entries()) {
    if (!has) continue
    places[place] = at
    at += KEYS_FROM + deduplication.bands + 1 + 3 * paragraphCount(words, at, deduplication)
  }
  if (at !== words.length) throw new Error(`the words of a batch have ${words.length} words, its lines ${at}`)
  return places
}

function paragraphCount(words: Uint32Array, at: number, { bands }: DeduplicationConfig): number {
  const count = words[at + KEYS_FROM + bands]
  if (count === undefined) throw new Error('the words of a batch end before its lines')
  return count
}

/** The paragraphs of a text. */
export function paragraphsAt(lines: BatchLines, place: number, deduplication: DeduplicationConfig): Paragraphs {
  const at = lines.places[place] ?? NO_TEXT
  if (at === NO_TEXT) throw new Error(`the batch ${lines.label} has no text at line ${place}`)
  const count = paragraphCount(lines.words, at, deduplication)
  const from = at + KEYS_FROM + deduplication.bands + 1
  return {
    hashes: lines.words.subarray(from, from + 2 * count),
    letters: lines.words.subarray(from + 2 * count, from + 3 * count),
  }
}

function packed(): Packed {
  return { bytes: Buffer.alloc(DIGEST_BYTES * 256), count: 0 }
}

function push(to: Packed, digest: Digest | null): void {
  const end = (to.count + 1) * DIGEST_BYTES
  if (end > to.bytes.length) to.bytes = Buffer.concat([to.bytes, Buffer.alloc(to.bytes.length)])
  if (digest !== null) to.bytes.write(digest, to.count * DIGEST_BYTES, 'hex')
  to.count++
}

function digestAt({ bytes }: Packed, place: number): Digest {
  return bytes.toString('hex', place * DIGEST_BYTES, (place + 1) * DIGEST_BYTES)
}

/** A document's line in a batch: the document, its revision, and the digest of its clean text. */
export interface NamedLine {
  readonly source: string
  readonly key: string
  readonly revision: Digest
  readonly text: Digest
  readonly bytes: number
  /** Of the batch that its text is read from. */
  readonly night: string
}

/** What stands at a place. */
export function lineOf(batches: readonly BatchLines[], batch: number, place: number): NamedLine {
  const lines = batches[batch]
  const key = lines?.keys[place]
  if (!lines || key === undefined) throw new Error(`batch ${batch} has no line ${place}`)
  const { source, night, revisions, texts, bytes } = lines
  const [revision, text] = [digestAt(revisions, place), digestAt(texts, place)]
  return { source, key, revision, text, bytes: bytes[place] ?? 0, night }
}

/**
 * Adds the lines of the batches that `wanted` names. One that gives the revision which the document had already is left
 * out: it keeps the place where it was first read. Documents that were taken down go, whatever lines they have.
 */
export function addBatches(
  changes: Changes,
  batches: readonly BatchLines[],
  { bands }: DeduplicationConfig,
  tombstones: Tombstones,
  wanted: (label: string) => boolean,
): void {
  const latest = new Map<string, { readonly lines: BatchLines; readonly place: number }>()
  const gone = new Set<string>(tombstones.documents)
  for (const lines of batches) {
    const { label, source, keys, revisions, texts, words, places } = lines
    for (const [place, key] of keys.entries()) {
      const id = `${source}\n${key}`
      if (tombstones.texts.size > 0 && tombstones.texts.has(digestAt(texts, place))) gone.add(id)
      const known = latest.get(id)
      if (known && sameDigest(known.lines.revisions, known.place, revisions, place)) continue
      latest.set(id, { lines, place })
      if (!wanted(label)) continue
      const at = places[place] ?? NO_TEXT
      const signature = at === NO_TEXT ? null : words.subarray(at, at + KEYS_FROM + bands)
      addLine(changes, { id, batch: label, place, signature })
    }
  }
  for (const id of gone) if (latest.has(id)) removeDocument(changes, id)
}

function sameDigest(a: Packed, i: number, b: Packed, j: number): boolean {
  const at = i * DIGEST_BYTES
  return b.bytes.compare(a.bytes, at, at + DIGEST_BYTES, j * DIGEST_BYTES, (j + 1) * DIGEST_BYTES) === 0
}

const TEXTS_AT_ONCE = 500

/** Where texts are read from: stored by revision, else in the verdicts of each batch. */
export interface Texts {
  readonly db: Kysely<Database>
  readonly objects: Objects
  readonly batches: readonly BatchLines[]
  readonly verdicts: readonly Digest[]
}

/** The clean texts at positions that ascend by batch and place. */
export async function* textsAt(texts: Texts, positions: readonly Position[]): AsyncIterable<string> {
  const places = new Map(texts.batches.map(({ label }, index) => [label, index]))
  for (let from = 0; from < positions.length; from += TEXTS_AT_ONCE) {
    const group = positions.slice(from, from + TEXTS_AT_ONCE)
    const lines = group.map(({ batch, place }) => lineOf(texts.batches, places.get(batch) ?? -1, place))
    const bodies = await storedTexts(texts.db, lines)
    const whole = bodies.every((body, index) => body !== null && sha256(body) === lines[index]?.text)
    if (whole) yield* bodies.map((body) => body ?? '')
    else yield* textsOfVerdicts(texts, group)
  }
}

/** The same from the artifacts; each batch's verdicts are read through once. */
async function* textsOfVerdicts(
  { objects, batches, verdicts }: Texts,
  positions: readonly Position[],
): AsyncIterable<string> {
  for (const [label, wanted] of Map.groupBy(positions, ({ batch }) => batch)) {
    const index = batches.findIndex((batch) => batch.label === label)
    let [place, next] = [0, 0]
    for await (const line of readLines<CleanLine>(objects, verdicts[index] ?? '')) {
      if (wanted[next]?.place !== place++) continue
      next++
      yield line.kept ? line.text : ''
      if (next === wanted.length) break
    }
  }
}
