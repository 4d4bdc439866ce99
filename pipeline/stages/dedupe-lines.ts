/**
 * The lines of all batches as deduplication needs them at hand: what each document is called, and where its texts are.
 * Digests are packed, since there are as many lines as a corpus has documents.
 */
import { addLine, type Changes, type Position } from '../../dedupe/changes.ts'
import type { Objects } from '../../store/objects.ts'
import type { Artifact, Digest } from '../contract.ts'
import type { CleanLine } from './clean.ts'
import { readLines } from './lines.ts'
import { type SignatureLine, wordsOf } from './signatures.ts'

const DIGEST_BYTES = 32

export interface BatchLines {
  /** `2026-11-01 hani` */
  readonly label: string
  readonly source: string
  readonly signatures: Digest
  readonly keys: readonly string[]
  readonly revisions: Packed
  readonly texts: Packed
  readonly words: readonly (string | undefined)[]
  readonly paragraphs: readonly (string | undefined)[]
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
): Promise<readonly BatchLines[]> {
  const batches: BatchLines[] = []
  for (const [index, { source, night }] of names.entries()) {
    const input = inputs[index]
    if (!input) throw new Error(`the batch ${source} ${night} has no signatures`)
    const [keys, words, paragraphs]: [string[], (string | undefined)[], (string | undefined)[]] = [[], [], []]
    const [revisions, texts] = [packed(), packed()]
    for await (const line of readLines<SignatureLine>(objects, input.digest)) {
      keys.push(line.key)
      words.push(line.signature)
      paragraphs.push(line.paragraphs)
      push(revisions, line.revision)
      push(texts, line.text)
    }
    batches.push({
      ...{
        label: labelOf({ source, night }),
        source,
        signatures: input.digest,
        keys,
        revisions,
        texts,
        words,
        paragraphs,
      },
    })
    progress(index + 1, names.length)
  }
  return batches
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

/** What stands at a place: the document, its revision, and the digest of its clean text. */
export function lineOf(
  batches: readonly BatchLines[],
  batch: number,
  place: number,
): { readonly source: string; readonly key: string; readonly revision: Digest; readonly text: Digest } {
  const lines = batches[batch]
  const key = lines?.keys[place]
  if (!lines || key === undefined) throw new Error(`batch ${batch} has no line ${place}`)
  return { source: lines.source, key, revision: digestAt(lines.revisions, place), text: digestAt(lines.texts, place) }
}

/**
 * Adds the lines of the batches that `wanted` names. One that gives the revision which the document had already is left
 * out: it keeps the place where it was first read.
 */
export function addBatches(changes: Changes, batches: readonly BatchLines[], wanted: (label: string) => boolean): void {
  const latest = new Map<string, { readonly lines: BatchLines; readonly place: number }>()
  for (const lines of batches) {
    const { label, source, keys, revisions, words } = lines
    for (const [place, key] of keys.entries()) {
      const id = `${source}\n${key}`
      const known = latest.get(id)
      if (known && sameDigest(known.lines.revisions, known.place, revisions, place)) continue
      latest.set(id, { lines, place })
      if (!wanted(label)) continue
      const signature = words[place]
      addLine(changes, { id, batch: label, place, signature: signature === undefined ? null : wordsOf(signature) })
    }
  }
}

function sameDigest(a: Packed, i: number, b: Packed, j: number): boolean {
  const at = i * DIGEST_BYTES
  return b.bytes.compare(a.bytes, at, at + DIGEST_BYTES, j * DIGEST_BYTES, (j + 1) * DIGEST_BYTES) === 0
}

/** The clean texts at positions that ascend by batch and place; each batch's verdicts are read through once. */
export async function* textsAt(
  objects: Objects,
  batches: readonly BatchLines[],
  verdicts: readonly Digest[],
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
