/**
 * What becomes of each document: kept, owned by a like one, or kept without paragraphs that others have first. Joins
 * near-duplicates (state.ts) with paragraphs.ts, in rank order.
 */
import type { ParagraphRule } from '../pipeline/contract.ts'
import type { Position } from './changes.ts'
import { type Paragraphs, paragraphOwners } from './paragraphs.ts'
import { decisions, type State } from './state.ts'

export interface Outcome {
  /** Where the document's text lies. */
  readonly text: Position
  /** Where the kept text lies that it was verified against; null where it is kept itself. */
  readonly owner: Position | null
  /** Paragraphs that kept documents of lower rank have, and where each of these has its text. */
  readonly repeated: readonly { readonly paragraph: number; readonly owner: Position }[]
  /** Of the sets of shingles; letters repeated and in all where too few remain without paragraphs; 0 where it is kept. */
  readonly intersection: number
  readonly union: number
}

/** All documents that have a text, in rank order. `rule` is null where paragraphs stay; else `paragraphsAt` is asked. */
export async function* outcomes(
  state: State,
  rule: ParagraphRule | null,
  paragraphsAt: (text: Position) => Paragraphs | Promise<Paragraphs>,
): AsyncIterable<Outcome> {
  const ownersOf = rule === null ? null : paragraphOwners(rule)
  /** The texts that `ownersOf` was asked about, and the rows of those that went whole. */
  const asked: Position[] = []
  const gone = new Set<number>()
  for (const { row, text, owner, intersection, union } of decisions(state)) {
    // A copy of what went whole is left to the paragraphs too: nothing that is kept is like it.
    if (ownersOf === null || (owner !== null && !gone.has(owner.row))) {
      yield { text, owner: owner?.text ?? null, repeated: [], intersection, union }
      continue
    }
    const own = await paragraphsAt(text)
    const left = ownersOf(own)
    asked.push(text)
    const repeated = left.removed.map((removal) => ({ paragraph: removal.paragraph, owner: asked[removal.owner]! }))
    if (left.kept) {
      yield { text, owner: null, repeated, intersection: 0, union: 0 }
      continue
    }
    gone.add(row)
    const letters = repeated.reduce((sum, { paragraph }) => sum + own.letters[paragraph]!, 0)
    const all = own.letters.reduce((sum, count) => sum + count, 0)
    yield { text, owner: asked[left.owner]!, repeated, intersection: letters, union: all }
  }
}
