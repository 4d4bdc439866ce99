/**
 * dedupe: the latest accepted text of every document, ranked, → which are kept, which copy a kept one, which paragraphs
 * are left to the document that has them first, and what the recipe leaves out of what is kept. Inputs: the signatures of
 * all batches, in the order (night, source), then what was taken down. A revised page keeps its rank; one whose text came
 * back unchanged keeps the place where it was first read, so that nothing downstream moves.
 */
import { applyChanges } from '../../dedupe/apply.ts'
import { createChanges, type Position } from '../../dedupe/changes.ts'
import { type LeftOut, leftOutOf, type Mixture } from '../../dedupe/mixture.ts'
import { outcomes } from '../../dedupe/outcomes.ts'
import { createState, type State } from '../../dedupe/state.ts'
import { readState, stateBytes } from '../../dedupe/state-file.ts'
import { addArtifact } from '../../store/runs.ts'
import type { Artifact, DeduplicationConfig, Digest } from '../contract.ts'
import { canonicalJson, digestOf } from '../digest.ts'
import type { Stage } from '../stage.ts'
import { type EditedText, editsByBatch, editTexts } from './dedupe-edits.ts'
import {
  addBatches,
  type BatchLines,
  labelOf,
  lineOf,
  type NamedLine,
  paragraphsAt,
  readBatches,
  type Texts,
  textsAt,
} from './dedupe-lines.ts'
import { writeLines } from './lines.ts'
import { readTombstones, type Tombstones } from './tombstones.ts'

type Config = {
  readonly deduplication: DeduplicationConfig
  readonly batches: readonly { readonly source: string; readonly night: string }[]
  /** Absent where the dataset takes all that is kept. */
  readonly mixture?: Mixture
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

/** One line of a dedupe artifact, in rank order; text and bytes are without what is omitted. */
export interface DedupeLine extends NamedLine {
  /** Paragraphs that another document owns, by their place. */
  readonly omitted?: readonly number[]
  readonly owner?: { readonly source: string; readonly key: string; readonly revision: Digest }
  /** Of the sets of shingles; where too few letters remain without repeated paragraphs, letters repeated and in all. */
  readonly intersection?: number
  readonly union?: number
  /** Why it is no part of the dataset though nothing is like it. */
  readonly left?: LeftOut
}

/** Whether a document is of the dataset. */
export function isMember({ owner, left }: DedupeLine): boolean {
  return owner === undefined && left === undefined
}

/** What was decided of one document; batch and place name its line. */
export interface Decided {
  readonly batch: number
  readonly place: number
  readonly omitted: readonly number[]
  readonly owner: { readonly batch: number; readonly place: number } | null
  readonly intersection: number
  readonly union: number
}

export const dedupe: Stage<Config, Outside> = {
  name: 'dedupe',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, outside, objects, connection, progress }) {
    const { deduplication } = config
    const batches = await readBatches(objects, inputs, config.batches, progress, deduplication)
    const tombstones = await readTombstones(objects, inputs[config.batches.length])
    const { previous, verdicts } = outside
    const texts = { db: connection.db, objects, batches, verdicts }
    const state = await currentState(texts, deduplication, { tombstones, previous })
    const decided = await decide(state, batches, deduplication)
    const edited = await editTexts(texts, decided, previous)
    const left = config.mixture ? mixed(batches, decided, edited, config.mixture) : new Map<number, LeftOut>()
    let dropped = 0
    function* lines(): Iterable<DedupeLine> {
      for (const [rank, { batch, place, owner, omitted, intersection, union }] of decided.entries()) {
        const own = lineOf(batches, batch, place)
        if (owner !== null) {
          dropped++
          const { source, key, revision } = lineOf(batches, owner.batch, owner.place)
          yield { ...own, owner: { source, key, revision }, intersection, union }
          continue
        }
        const text = edited.get(rank)
        const reason = left.get(rank)
        yield { ...own, ...(text && { ...text, omitted }), ...(reason && { left: reason }) }
      }
    }
    const artifact = await writeLines(objects, 'clusters', lines(), () => ({}))
    const edits = await editsByBatch(objects, decided, batches)
    const stored = await objects.put(stateBytes(state))
    const files: Files = {
      state: stored.digest,
      of: knowledgeOf(deduplication, batches),
      edits: Object.fromEntries(edits.map(([label, { digest }]) => [label, digest])),
    }
    const kept = decided.length - dropped - left.size
    const counts = { kept, duplicates: dropped, ...(left.size > 0 && { left: left.size }) }
    return {
      artifact: {
        ...artifact,
        meta: { ...counts, files: { ...files } },
        // The state is no part: it saves the next version time, and nothing is wrong without it.
        parts: edits.map(([, { digest }]) => digest),
      },
      record: async (trx) => {
        for (const [, edit] of edits) await addArtifact(trx, edit)
      },
    }
  },
}

/** Objects that a dedupe artifact comes with: its state, and the edits of the batches that have some, by label. */
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

/** The edits artifact of each batch that has one, by the batch's label. */
export function editsOf(clusters: Artifact): Readonly<Record<string, Digest>> {
  return filesOf(clusters)?.edits ?? {}
}

/** The state with the lines of all batches: begun from an earlier one where nothing that it has seen is different now. */
async function currentState(
  texts: Texts,
  deduplication: DeduplicationConfig,
  { tombstones, previous }: Pick<Outside, 'previous'> & { readonly tombstones: Tombstones },
): Promise<State> {
  const { objects, batches } = texts
  const seen = (previous?.batches ?? []).map((batch) => ({ ...batch, label: labelOf(batch) }))
  const files = previous && filesOf(previous.clusters)
  const known =
    files?.of === knowledgeOf(deduplication, seen) && goesOn(seen, batches) && (await objects.has(files.state))
      ? files.state
      : null
  const state = known === null ? createState(deduplication) : await readState(objects.bytes(known))
  const labels = new Set(known === null ? [] : seen.map(({ label }) => label))
  const fresh = createChanges(deduplication)
  addBatches(fresh, batches, deduplication, tombstones, (label) => !labels.has(label))
  await applyChanges(state, fresh, (positions) => textsAt(texts, positions))
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
  deduplication: DeduplicationConfig,
): Promise<readonly Decided[]> {
  const places = new Map(batches.map(({ label }, index) => [label, index]))
  const at = ({ batch, place }: Position) => ({ batch: places.get(batch) ?? -1, place })
  const readParagraphs = (text: Position) => {
    const { batch, place } = at(text)
    const lines = batches[batch]
    if (!lines) throw new Error(`there is no batch ${text.batch}`)
    return paragraphsAt(lines, place, deduplication)
  }
  const decided: Decided[] = []
  const all = outcomes(state, deduplication.paragraphs, readParagraphs)
  for await (const { text, owner, repeated, intersection, union } of all) {
    const omitted = repeated.map(({ paragraph }) => paragraph)
    decided.push({ ...at(text), omitted, owner: owner && at(owner), intersection, union })
  }
  return decided
}

/** What caps and shares leave out, by rank. */
function mixed(
  batches: readonly BatchLines[],
  decided: readonly Decided[],
  edited: ReadonlyMap<number, EditedText>,
  mixture: Mixture,
): ReadonlyMap<number, LeftOut> {
  const kept = [...decided.entries()].filter(([, { owner }]) => owner === null)
  const left = leftOutOf(
    kept.map(([rank, { batch, place }]) => {
      const { source, key, bytes } = lineOf(batches, batch, place)
      return { source, identity: `${source}\n${key}`, bytes: edited.get(rank)?.bytes ?? bytes }
    }),
    mixture,
  )
  return new Map([...left].map(([place, reason]) => [kept[place]![0], reason]))
}
