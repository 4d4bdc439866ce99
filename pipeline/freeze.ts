/** A version's row from the artifacts that it was computed from: its members, and what was left out of it. */
import type { Kysely } from 'kysely'
import { cleaningId } from '../store/documents.ts'
import { type DroppedLeaf, freezeVersion, type Leaf } from '../store/freeze.ts'
import type { Database } from '../store/schema.ts'
import type { VersionRow } from '../store/versions.ts'
import type { Artifact } from './contract.ts'
import type { ExecuteDeps, Stages } from './execute.ts'
import type { Recipe } from './recipe.ts'
import { clean, cleaningDigest } from './stages/clean.ts'
import type { DedupeLine } from './stages/dedupe.ts'
import { readLines } from './stages/lines.ts'

/** A batch on its way: its row, and the artifacts made of it. */
export interface BatchArtifacts {
  readonly id: number
  readonly source: string
  readonly night: string
  readonly revisions: Artifact
  readonly verdicts: Artifact
  /** Where the recipe checks against evaluation sets. */
  readonly contamination: Artifact | null
  readonly signatures: Artifact
}

export interface Frozen {
  readonly dataset: Recipe
  readonly batches: readonly BatchArtifacts[]
  readonly clusters: Artifact
  /** The snapshot. */
  readonly frozen: Artifact
}

/** Freezes the next version of a dataset, or gives the latest where nothing changed. */
export async function freeze(
  { connection, objects }: ExecuteDeps,
  stages: Stages,
  { dataset, batches, clusters, frozen }: Frozen,
): Promise<VersionRow> {
  async function* leaves(): AsyncIterable<Leaf> {
    for await (const { owner, omitted, ...leaf } of readLines<DedupeLine>(objects, clusters.digest)) {
      if (!owner) yield { ...leaf, omitted: omitted ?? [] }
    }
  }
  async function* dropped(): AsyncIterable<DroppedLeaf> {
    for await (const { owner, intersection, union, ...leaf } of readLines<DedupeLine>(objects, clusters.digest)) {
      if (owner) yield { ...leaf, owner, intersection: intersection ?? 0, union: union ?? 0 }
    }
  }
  return freezeVersion(connection.db, {
    dataset: dataset.name,
    digest: frozen.digest,
    recipe: contentOf(dataset),
    batches: batches.map(({ source, night, revisions, verdicts, contamination: overlaps, signatures }) => ({
      source,
      night,
      extract: revisions.digest,
      clean: verdicts.digest,
      signatures: signatures.digest,
      ...(overlaps && { contamination: overlaps.digest }),
    })),
    dedupe: clusters.digest,
    cleaningId: await cleaningOf(connection.db, stages, dataset),
    droppedSets: dataset.contamination?.action === 'drop' ? dataset.contamination.sets.map(({ digest }) => digest) : [],
    leaves: leaves(),
    dropped: dropped(),
  })
}

/** The recipe on record with a version, which contentOf wrote; of one from before a field was there, without it. */
export function recordedRecipe({ dataset, recipe }: Pick<VersionRow, 'dataset' | 'recipe'>): Recipe {
  return { ...(recipe as unknown as Omit<Recipe, 'name'>), name: dataset }
}

/** What a version's digest covers beside its documents. */
export function contentOf(dataset: Recipe): object {
  const { name: _, sources, ...content } = dataset
  return { ...content, sources: sources.toSorted() }
}

/** The row of a recipe's cleaning: its thresholds and the code that applies them. */
export function cleaningOf(db: Kysely<Database>, stages: Stages, { cleaning }: Recipe): Promise<number> {
  const code = stages.codeOf(clean.adapter)
  return cleaningId(db, cleaningDigest(cleaning, code), code, cleaning)
}
