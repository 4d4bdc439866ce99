/**
 * dedupe: the latest accepted text of every document, ranked, → which are kept, which copy a kept one, and which
 * paragraphs are left to the document that has them first. Inputs: the signatures of all batches, in the order (night,
 * source). A revised page keeps its rank; one whose text came back unchanged keeps the place where it was first read, so
 * that nothing downstream moves.
 */
import { applyChanges } from '../../dedupe/apply.ts'
import { createChanges, type Position } from '../../dedupe/changes.ts'
import { outcomes } from '../../dedupe/outcomes.ts'
import { withoutParagraphs } from '../../dedupe/paragraphs.ts'
import { createState, type State } from '../../dedupe/state.ts'
import { readState, stateBytes } from '../../dedupe/state-file.ts'
import type { Objects } from '../../store/objects.ts'
import { addArtifact } from '../../store/runs.ts'
import type { Artifact, DeduplicationConfig, Digest } from '../contract.ts'
import { canonicalJson, digestOf, sha256 } from '../digest.ts'
import type { Stage } from '../stage.ts'
import type { CleanLine } from './clean.ts'
import { addBatches, type BatchLines, labelOf, lineOf, readBatches, textsAt } from './dedupe-lines.ts'
import { readLines, writeLines } from './lines.ts'
import { paragraphsOfLine } from './signatures.ts'
import type { EditLine } from './texts.ts'

type Config = {
  readonly deduplication: DeduplicationConfig
  readonly batches: readonly { readonly source: string; readonly night: string }[]
}
/** Where texts are found, and what an earlier run knew: neither changes what comes out. */
type Outside = {
  /** Verdicts of each batch. */
  readonly verdicts: readonly Digest[]
  readonly previous: Previous | null
}

/** The state of an earlier version, and the batches that it has taken in, by their signatures. */
export interface Previous {
  readonly clusters: Artifact
  readonly batches: readonly { readonly source: string; readonly night: string; readonly signatures: Digest }[]
}

/** One line of a dedupe artifact, in rank order. */
export interface DedupeLine extends Placed {
  readonly source: string
  readonly key: string
  readonly revision: Digest
  /** Of the clean text without what is omitted. */
  readonly text: Digest
  /** Paragraphs that another document owns, by their place. */
  readonly omitted?: readonly number[]
  readonly owner?: { readonly source: string; readonly key: string; readonly revision: Digest }
  /** Of the sets of shingles; where too few letters remain without repeated paragraphs, letters repeated and in all. */
  readonly intersection?: number
  readonly union?: number
}

/** The batch, by its place among the inputs, that a document's text is read from. */
interface Placed {
  readonly batch: number
}

/** What was decided of one document; batch and place name its line. */
interface Decided extends Placed {
  readonly place: number
  readonly omitted: readonly number[]
  readonly owner: { readonly batch: number; readonly place: number } | null
  readonly intersection: number
  readonly union: number
}

export const dedupe: Stage<Config, Outside> = {
  name: 'dedupe',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, outside, objects, progress }) {
    const batches = await readBatches(objects, inputs, config.batches, progress)
    const state = await currentState(objects, config, { batches, ...outside })
    const decided = await decide(state, batches, config.deduplication)
    const { digests, edits } = await editTexts(objects, decided, outside.verdicts)
    let dropped = 0
    function* lines(): Iterable<DedupeLine> {
      for (const [rank, { batch, place, owner, omitted, intersection, union }] of decided.entries()) {
        const own = { ...lineOf(batches, batch, place), batch }
        if (owner === null) {
          yield omitted.length === 0 ? own : { ...own, text: digests.get(rank) ?? own.text, omitted }
          continue
        }
        dropped++
        const { source, key, revision } = lineOf(batches, owner.batch, owner.place)
        yield { ...own, owner: { source, key, revision }, intersection, union }
      }
    }
    const artifact = await writeLines(objects, 'clusters', lines(), () => ({
      kept: decided.length - dropped,
      duplicates: dropped,
    }))
    const stored = await objects.put(stateBytes(state))
    const files: Files = {
      state: stored.digest,
      of: knowledgeOf(config.deduplication, batches),
      edits: Object.fromEntries(edits.map(([batch, { digest }]) => [String(batch), digest])),
    }
    const meta = { kept: decided.length - dropped, duplicates: dropped, files: { ...files } }
    return {
      artifact: { ...artifact, meta, parts: [stored.digest, ...edits.map(([, { digest }]) => digest)] },
      record: async (trx) => {
        for (const [, edit] of edits) await addArtifact(trx, edit)
      },
    }
  },
}

/** Objects that a dedupe artifact comes with: its state, and the edits of the batches that have some, by their place. */
interface Files {
  readonly state: Digest
  /** What the state was made of: equal clusters may come of other batches, or of another deduplication. */
  readonly of: Digest
  readonly edits: Readonly<Record<string, Digest>>
}

function filesOf({ meta }: Artifact): Files | null {
  const files = meta !== null && typeof meta === 'object' && 'files' in meta ? meta.files : null
  // Written above; older ones have none.
  return files === null ? null : (files as unknown as Files)
}

function knowledgeOf(
  deduplication: DeduplicationConfig,
  batches: readonly { readonly label: string; readonly signatures: Digest }[],
): Digest {
  return digestOf(canonicalJson(deduplication), ...batches.flatMap(({ label, signatures }) => [label, signatures]))
}

/** The edits artifact of each batch that has one. */
export function editsOf(clusters: Artifact): Readonly<Record<string, Digest>> {
  return filesOf(clusters)?.edits ?? {}
}

/** The state with the lines of all batches: begun from an earlier one where nothing that it has seen is different now. */
async function currentState(
  objects: Objects,
  { deduplication }: Config,
  { batches, verdicts, previous }: Outside & { readonly batches: readonly BatchLines[] },
): Promise<State> {
  const seen = (previous?.batches ?? []).map((batch) => ({ ...batch, label: labelOf(batch) }))
  const files = previous && filesOf(previous.clusters)
  const known =
    files?.of === knowledgeOf(deduplication, seen) && goesOn(seen, batches) && (await objects.has(files.state))
      ? files.state
      : null
  const state = known === null ? createState(deduplication) : await readState(objects.bytes(known))
  const labels = new Set(known === null ? [] : seen.map(({ label }) => label))
  const fresh = createChanges(deduplication)
  addBatches(fresh, batches, (label) => !labels.has(label))
  await applyChanges(state, fresh, (positions) => textsAt(objects, batches, verdicts, positions))
  return state
}

/** Every batch that was seen is here, with the same signatures, and what is new of a source is later than what was seen. */
function goesOn(
  seen: readonly { readonly label: string; readonly source: string; readonly signatures: Digest }[],
  batches: readonly BatchLines[],
): boolean {
  const now = new Map(batches.map(({ label, signatures }) => [label, signatures]))
  const before = new Map(seen.map(({ label, signatures }) => [label, signatures]))
  const latest = new Map(
    seen.toSorted((a, b) => (a.label < b.label ? -1 : 1)).map(({ source, label }) => [source, label]),
  )
  return (
    seen.every(({ label, signatures }) => now.get(label) === signatures) &&
    batches.every(({ label, source }) => before.has(label) || label > (latest.get(source) ?? ''))
  )
}

/** What became of each document, in rank order; positions as places among the batches. */
async function decide(
  state: State,
  batches: readonly BatchLines[],
  { paragraphs }: DeduplicationConfig,
): Promise<readonly Decided[]> {
  const places = new Map(batches.map(({ label }, index) => [label, index]))
  const at = ({ batch, place }: Position) => ({ batch: places.get(batch) ?? -1, place })
  const paragraphsAt = (text: Position) => {
    const { batch, place } = at(text)
    return paragraphsOfLine(batches[batch]?.paragraphs[place] ?? '')
  }
  const decided: Decided[] = []
  for await (const { text, owner, repeated, intersection, union } of outcomes(state, paragraphs, paragraphsAt)) {
    const omitted = repeated.map(({ paragraph }) => paragraph)
    decided.push({ ...at(text), omitted, owner: owner && at(owner), intersection, union })
  }
  return decided
}

/** Digests of the texts that lose paragraphs, by rank, and an edits artifact for each batch that they are read from. */
async function editTexts(
  objects: Objects,
  decided: readonly Decided[],
  verdicts: readonly Digest[],
): Promise<{
  readonly digests: ReadonlyMap<number, Digest>
  readonly edits: readonly (readonly [number, Artifact])[]
}> {
  const edited = [...decided.entries()].filter(([, { owner, omitted }]) => owner === null && omitted.length > 0)
  const byBatch = [...Map.groupBy(edited, ([, { batch }]) => batch)].toSorted(([a], [b]) => a - b)
  const digests = new Map<number, Digest>()
  const edits: (readonly [number, Artifact])[] = []
  for (const [batch, documents] of byBatch) {
    const wanted = new Map(documents.map(([rank, { place, omitted }]) => [place, { rank, omitted }]))
    async function* lines(): AsyncIterable<EditLine> {
      let place = 0
      for await (const line of readLines<CleanLine>(objects, verdicts[batch] ?? '')) {
        const edit = wanted.get(place++)
        if (!edit || !line.kept) continue
        digests.set(edit.rank, sha256(withoutParagraphs(line.text, edit.omitted)))
        yield { revision: line.revision, omitted: edit.omitted }
      }
    }
    edits.push([batch, await writeLines(objects, 'edits', lines(), () => ({ documents: wanted.size }))])
  }
  return { digests, edits }
}
