/** The texts of a batch as a version holds them: the accepted ones, without the paragraphs that another document owns. */
import { withoutParagraphs } from '../../dedupe/paragraphs.ts'
import type { Objects } from '../../store/objects.ts'
import type { Digest } from '../contract.ts'
import type { CleanLine } from './clean.ts'
import { readLines } from './lines.ts'

/** One line of an edits artifact: paragraphs to leave out of a document, by their place in its clean text. */
export interface EditLine {
  readonly revision: Digest
  readonly omitted: readonly number[]
}

export interface BatchText {
  readonly key: string
  readonly revision: Digest
  readonly text: string
}

export type Edits = ReadonlyMap<Digest, readonly number[]>

/** Paragraphs to leave out, by revision, of all these edits artifacts. */
export async function readEdits(objects: Objects, edits: readonly Digest[]): Promise<Edits> {
  const omitted = new Map<Digest, readonly number[]>()
  for (const digest of edits) {
    for await (const line of readLines<EditLine>(objects, digest)) omitted.set(line.revision, line.omitted)
  }
  return omitted
}

/** In the order of the verdicts. */
export async function* readTexts(objects: Objects, verdicts: Digest, omitted: Edits): AsyncIterable<BatchText> {
  for await (const line of readLines<CleanLine>(objects, verdicts)) {
    if (!line.kept) continue
    const { key, revision, text } = line
    yield { key, revision, text: withoutParagraphs(text, omitted.get(revision) ?? []) }
  }
}
