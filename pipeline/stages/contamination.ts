/**
 * contamination: a batch's accepted texts → the passages that they share with evaluation sets.
 * Inputs: the batch's verdicts, then the evaluation sets. Only documents with an overlap have a line.
 */
import { readFileSync } from 'node:fs'
import { evaluationItems } from '../../clean/contamination/items.ts'
import { type ContaminationIndex, contaminationIndex } from '../../clean/contamination/overlaps.ts'
import { addOverlaps } from '../../store/contamination.ts'
import { grouped } from '../../store/grouped.ts'
import type { ContaminationConfig, Digest, Overlap } from '../contract.ts'
import type { Stage } from '../stage.ts'
import type { CleanLine } from './clean.ts'
import { readLines, writeLines } from './lines.ts'

type Config = Pick<ContaminationConfig, 'sets' | 'letters'> & { readonly source: string }
/** The cleaning that its rows refer to. */
type Outside = { readonly cleaningId: number }

/** One line of a contamination artifact. */
export interface OverlapLine {
  readonly key: string
  readonly revision: Digest
  readonly overlaps: readonly Overlap[]
}

interface Task {
  readonly sets: readonly { readonly name: string; readonly file: string; readonly path: string }[]
  readonly letters: number
  readonly texts: readonly { readonly key: string; readonly revision: Digest; readonly text: string }[]
}

const DOCUMENTS_A_TASK = 64

export const contamination: Stage<Config, Outside> = {
  name: 'contamination',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, outside, objects, map, progress }) {
    const [verdicts] = inputs
    if (!verdicts) throw new Error('contamination needs verdicts')
    const sets = config.sets.map(({ name, file, digest }) => ({ name, file, path: objects.path(digest, 'raw') }))
    let [done, documents, passages] = [0, 0, 0]
    async function* tasks(): AsyncIterable<Task> {
      for await (const lines of grouped(readLines<CleanLine>(objects, verdicts!.digest), DOCUMENTS_A_TASK)) {
        const texts = lines.flatMap((line) =>
          line.kept ? [{ key: line.key, revision: line.revision, text: line.text }] : [],
        )
        done += lines.length
        if (texts.length > 0) yield { sets, letters: config.letters, texts }
      }
    }
    async function* lines(): AsyncIterable<OverlapLine> {
      for await (const found of map<Task, readonly OverlapLine[]>(
        { module: import.meta.url, name: 'findOverlaps' },
        tasks(),
      )) {
        documents += found.length
        for (const { overlaps } of found) passages += overlaps.length
        progress(done, null)
        yield* found
      }
    }
    const artifact = await writeLines(objects, 'contamination', lines(), () => ({ documents, passages }))
    return {
      artifact,
      record: (trx) =>
        addOverlaps(trx, { cleaningId: outside.cleaningId, sets: config.sets }, () =>
          readLines<OverlapLine>(objects, artifact.digest),
        ),
    }
  },
}

let loaded: { readonly key: string; readonly index: ContaminationIndex } | null = null

/** Runs on a worker thread, which keeps the index it used last. */
export function findOverlaps({ sets, letters, texts }: Task): readonly OverlapLine[] {
  const key = JSON.stringify([sets, letters])
  if (loaded?.key !== key) {
    const items = sets.flatMap(({ name, file, path }) => [...evaluationItems(name, file, readFileSync(path))])
    loaded = { key, index: contaminationIndex(items, { letters }) }
  }
  const { index } = loaded
  return texts.flatMap(({ key: document, revision, text }) => {
    const overlaps = index.overlaps(text)
    return overlaps.length === 0 ? [] : [{ key: document, revision, overlaps }]
  })
}
