/** Documents and texts that were taken down, as an artifact: what the plan is a function of beside batches and recipes. */
import type { Objects } from '../../store/objects.ts'
import type { Artifact, Digest } from '../contract.ts'
import { readLines, writeLines } from './lines.ts'

/** A document by its source and key, or a text that may not come back under any other. */
type TombstoneLine = { readonly source: string; readonly key: string } | { readonly text: Digest }

export interface Tombstones {
  /** `SOURCE\nKEY` */
  readonly documents: ReadonlySet<string>
  readonly texts: ReadonlySet<Digest>
}

/** Stores them, in the order given; null where there are none. */
export async function writeTombstones(
  objects: Objects,
  given: {
    readonly documents: readonly { readonly source: string; readonly key: string }[]
    readonly texts: readonly Digest[]
  },
): Promise<Artifact | null> {
  const lines: TombstoneLine[] = [
    ...given.documents.map(({ source, key }) => ({ source, key })),
    ...given.texts.map((text) => ({ text })),
  ]
  return lines.length === 0 ? null : writeLines(objects, 'tombstones', lines, () => ({ documents: lines.length }))
}

export async function readTombstones(objects: Objects, artifact: Artifact | undefined): Promise<Tombstones> {
  const [documents, texts] = [new Set<string>(), new Set<Digest>()]
  if (artifact) {
    for await (const line of readLines<TombstoneLine>(objects, artifact.digest)) {
      if ('text' in line) texts.add(line.text)
      else documents.add(`${line.source}\n${line.key}`)
    }
  }
  return { documents, texts }
}
