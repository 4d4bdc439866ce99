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

/** In the order of the verdicts. `edits` is null where the batch has none. */
export async function* readTexts(objects: Objects, verdicts: Digest, edits: Digest | null): AsyncIterable<BatchText> {
  const omitted = new Map<Digest, readonly number[]>()
  if (edits !== null) {
    for await (const line of readLines<EditLine>(objects, edits)) omitted.set(line.revision, line.omitted)
  }
  for await (const line of readLines<CleanLine>(objects, verdicts)) {
    if (!line.kept) continue
    const { key, revision, text } = line
    yield { key, revision, text: withoutParagraphs(text, omitted.get(revision) ?? []) }
  }
}
