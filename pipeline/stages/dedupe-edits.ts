/**
 * Texts that lose paragraphs to other documents: what each is called without them, and which paragraphs the texts of a
 * batch lose. A text that lost the same paragraphs in the version before is not read again.
 */
import type { Position } from '../../dedupe/changes.ts'
import { withoutParagraphs } from '../../dedupe/paragraphs.ts'
import type { Objects } from '../../store/objects.ts'
import type { Artifact, Digest } from '../contract.ts'
import { sha256 } from '../digest.ts'
import type { Decided, DedupeLine, Previous } from './dedupe.ts'
import { type BatchLines, lineOf, type Texts, textsAt } from './dedupe-lines.ts'
import type { EditLine } from './texts.ts'

export interface EditedText {
  readonly text: Digest
  readonly bytes: number
}

/** The texts that lose paragraphs, by rank. */
export async function editTexts(
  texts: Texts,
  decided: readonly Decided[],
  previous: Previous | null,
): Promise<ReadonlyMap<number, EditedText>> {
  const { objects, batches } = texts
  const edited = new Map<number, EditedText>()
  const known = await knownEdits(objects, previous)
  const fresh: (Position & { readonly rank: number; readonly omitted: readonly number[] })[] = []
  for (const [rank, { batch, place, owner, omitted }] of decided.entries()) {
    if (owner !== null || omitted.length === 0) continue
    const text = known.get(editName(lineOf(batches, batch, place).revision, omitted))
    if (text) edited.set(rank, text)
    else fresh.push({ batch: batches[batch]?.label ?? '', place, rank, omitted })
  }
  fresh.sort((a, b) => (a.batch === b.batch ? a.place - b.place : a.batch < b.batch ? -1 : 1))
  let next = 0
  for await (const body of textsAt(texts, fresh)) {
    const { rank, omitted } = fresh[next++]!
    const text = withoutParagraphs(body, omitted)
    edited.set(rank, { text: sha256(text), bytes: Buffer.byteLength(text) })
  }
  return edited
}

/** An edits artifact for each batch whose texts lose paragraphs, by the batch's label. */
export async function editsByBatch(
  objects: Objects,
  decided: readonly Decided[],
  batches: readonly BatchLines[],
): Promise<readonly (readonly [label: string, edits: Artifact])[]> {
  const edited = decided.filter(({ owner, omitted }) => owner === null && omitted.length > 0)
  const edits: (readonly [string, Artifact])[] = []
  for (const [batch, documents] of [...Map.groupBy(edited, ({ batch }) => batch)].toSorted(([a], [b]) => a - b)) {
    const lines = documents
      .toSorted((a, b) => a.place - b.place)
      .map(({ place, omitted }): EditLine => ({ revision: lineOf(batches, batch, place).revision, omitted }))
    edits.push([batches[batch]?.label ?? '', await editsArtifact(objects, lines)])
  }
  return edits
}

/** Most batches lose what they lost before: what is stored is not written again. */
async function editsArtifact(objects: Objects, lines: readonly EditLine[]): Promise<Artifact> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  const digest = sha256(text)
  if (!(await objects.has(digest))) await objects.put([Buffer.from(text)])
  const bytes = Buffer.byteLength(text)
  return { kind: 'edits', digest, bytes, meta: { documents: lines.length }, parts: [] }
}

/** What the version before knew, by revision and paragraphs. */
async function knownEdits(objects: Objects, previous: Previous | null): Promise<ReadonlyMap<string, EditedText>> {
  const known = new Map<string, EditedText>()
  if (previous === null || !(await objects.has(previous.clusters.digest))) return known
  for await (const text of objects.lines(previous.clusters.digest)) {
    if (!text.includes('"omitted"')) continue
    const line: DedupeLine = JSON.parse(text)
    if (line.omitted && line.bytes)
      known.set(editName(line.revision, line.omitted), { text: line.text, bytes: line.bytes })
  }
  return known
}

function editName(revision: Digest, omitted: readonly number[]): string {
  return `${revision} ${omitted.join(',')}`
}
