/**
 * dedupe: the latest accepted revision of every document, ranked, → which are kept and which copy a kept one.
 * Inputs: the verdicts of all batches, in the order (night, source), then the overlaps with evaluation sets that keep
 * documents out, where there are. A revised page keeps its rank; one whose text
 * came back unchanged keeps the place where it was first read, so that nothing downstream moves.
 */
import { dedupe as decide } from '../../dedupe/dedupe.ts'
import type { Digest, RankedText } from '../contract.ts'
import type { Stage } from '../stage.ts'
import type { CleanLine } from './clean.ts'
import type { OverlapLine } from './contamination.ts'
import { readLines, writeLines } from './lines.ts'

type Config = {
  readonly deduplication: { readonly method: 'exact' }
  readonly batches: readonly { readonly source: string; readonly night: string }[]
}

/** One line of a dedupe artifact, in rank order. */
export interface DedupeLine {
  readonly source: string
  readonly key: string
  readonly revision: Digest
  readonly text: Digest
  readonly owner?: { readonly source: string; readonly key: string; readonly revision: Digest }
  readonly intersection?: number
  readonly union?: number
}

interface Latest {
  readonly source: string
  readonly key: string
  /** Index of the batch in which the document was first captured, then its place there: the rank. */
  readonly first: number
  revision: Digest
  /** Digest of the clean text; null while the latest revision is rejected. */
  text: Digest | null
  batch: number
}

export const dedupe: Stage<Config> = {
  name: 'dedupe',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, objects, progress }) {
    const latest = new Map<string, Latest>()
    const count = config.batches.length
    const verdicts = inputs.slice(0, count)
    const contaminated = new Set<string>()
    for (const [index, input] of inputs.slice(count).entries()) {
      for await (const { key, revision } of readLines<OverlapLine>(objects, input.digest))
        contaminated.add(`${config.batches[index]?.source}\n${key}\n${revision}`)
    }
    for (const [index, input] of verdicts.entries()) {
      const source = config.batches[index]?.source ?? ''
      for await (const line of readLines<CleanLine>(objects, input.digest)) {
        const id = `${source}\n${line.key}`
        const known = latest.get(id)
        if (known?.revision === line.revision) continue
        const current = { revision: line.revision, text: textOf(line, `${id}\n${line.revision}`), batch: index }
        if (known) Object.assign(known, current)
        else latest.set(id, { source, key: line.key, first: index, ...current })
      }
      progress(index + 1, count)
    }
    function textOf(line: CleanLine, name: string): Digest | null {
      return line.kept && !contaminated.has(name) ? line.digest : null
    }
    const ranked = [...latest]
      .filter(([, document]) => document.text !== null)
      .toSorted(([, a], [, b]) => compare(a, b))
    const rankOf = new Map(ranked.map(([id], rank) => [id, rank]))
    const byBatch = Map.groupBy(ranked, ([, document]) => document.batch)

    /** Texts are read batch by batch; their digests by the rule's own normal form are what is kept of them. */
    async function* texts(): AsyncIterable<RankedText & { readonly rank: number }> {
      for (const [index, input] of verdicts.entries()) {
        const wanted = new Map(byBatch.get(index)?.map(([id, document]) => [document.revision, id]))
        const source = config.batches[index]?.source ?? ''
        for await (const line of readLines<CleanLine>(objects, input.digest)) {
          const id = `${source}\n${line.key}`
          const rank = rankOf.get(id)
          if (!line.kept || wanted.get(line.revision) !== id || rank === undefined) continue
          yield { id, text: line.text, rank }
        }
      }
    }
    const duplicates = await decide(texts())
    let dropped = 0
    async function* lines(): AsyncIterable<DedupeLine> {
      for (const [id, { source, key, revision, text }] of ranked) {
        const duplicate = duplicates.get(id)
        if (text === null) throw new Error(`${id} was ranked without a text`)
        if (!duplicate) {
          yield { source, key, revision, text }
          continue
        }
        dropped++
        const owner = latest.get(duplicate.owner)
        if (!owner) throw new Error(`${duplicate.owner} owns a duplicate but is not known`)
        yield {
          source,
          key,
          revision,
          text,
          owner: { source: owner.source, key: owner.key, revision: owner.revision },
          intersection: duplicate.intersection,
          union: duplicate.union,
        }
      }
    }
    const artifact = await writeLines(objects, 'clusters', lines(), () => ({
      kept: ranked.length - dropped,
      duplicates: dropped,
    }))
    return { artifact }
  },
}

/** The strict total order of documents: first night and source (both in the batch's index), then key. */
function compare(a: Latest, b: Latest): number {
  return a.first - b.first || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
}
