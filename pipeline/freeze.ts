/** A version's row from the artifacts that it was computed from: its members, and what was left out of it. */
import { isDeepStrictEqual } from 'node:util'
import type { Kysely } from 'kysely'
import { cleaningId } from '../store/documents.ts'
import { freezeVersion } from '../store/freeze.ts'
import type { Database } from '../store/schema.ts'
import type { VersionRow } from '../store/versions.ts'
import { changedDocuments } from './changed-documents.ts'
import type { Artifact } from './contract.ts'
import type { ExecuteDeps, Stages } from './execute.ts'
import type { Recipe } from './recipe.ts'
import { clean, cleaningRow } from './stages/clean.ts'

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

/** Freezes the next version of a dataset, or gives the latest where nothing changed; null as freezeVersion says. */
export async function freeze(
  { connection, objects }: ExecuteDeps,
  stages: Stages,
  { dataset, batches, clusters, frozen }: Frozen,
): Promise<VersionRow | null> {
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
    causes: { ...causesOf(dataset), before: (parent) => causesOf(recordedRecipe(parent)) },
    changes: (parent) => changedDocuments(objects, parent?.dedupe ?? null, clusters.digest),
  })
}

/** What of a recipe a document's coming or going is told from. */
export function causesOf({ sources, licences, contamination: against }: Recipe) {
  const droppedSets = against?.action === 'drop' ? against.sets.map(({ digest }) => digest) : []
  return { sources, licences, droppedSets }
}

/** What recipes had no say in before: the same as saying nothing, so that it stands in no recipe that says nothing. */
const UNSAID = { licences: null, since: null, until: null, caps: {}, mixture: null }

/** The recipe on record with a version, which contentOf wrote. */
export function recordedRecipe({ dataset, recipe }: Pick<VersionRow, 'dataset' | 'recipe'>): Recipe {
  return { ...UNSAID, ...(recipe as unknown as Omit<Recipe, 'name'>), name: dataset }
}

/** What a version's digest covers beside its documents. */
export function contentOf(dataset: Recipe): { readonly sources: readonly string[] } {
  const { name: _, sources, ...content } = dataset
  const said = Object.entries(content).filter(
    ([field, value]) => !(field in UNSAID && isDeepStrictEqual(value, UNSAID[field as keyof typeof UNSAID])),
  )
  return { ...Object.fromEntries(said), sources: sources.toSorted() }
}

/** The row of a recipe's cleaning: its thresholds and the code that applies them. */
export function cleaningOf(db: Kysely<Database>, stages: Stages, { cleaning }: Recipe): Promise<number> {
  const code = stages.codeOf(clean.adapter)
  return cleaningId(db, cleaningRow(cleaning, code))
}
