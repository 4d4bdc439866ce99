/** What a dataset card tells of a version: the report's counts, the recipe, and what is on record of its sources. */
import { RULES } from '../clean/rules.ts'
import type { CardFacts } from '../export/card.ts'
import { LEFT_LABELS } from '../report/left-labels.ts'
import { MEASURE_LABELS } from '../report/measure-labels.ts'
import type { Connection } from '../store/connect.ts'
import { sourcesOnRecord } from '../store/export-sources.ts'
import { overlapsOf } from '../store/report.ts'
import type { VersionRow } from '../store/versions.ts'
import { recordedRecipe } from './freeze.ts'
import { countDocuments } from './report-data.ts'

/** Looks at every document that was captured, not at their texts. */
export async function cardFacts(
  connection: Connection,
  version: VersionRow,
  onProgress: (documents: number) => void,
): Promise<CardFacts> {
  const recipe = recordedRecipe(version)
  const { characters, funnels, omitted, personal } = await countDocuments({ connection }, version, onProgress)
  const sources = await sourcesOnRecord(connection.db, recipe.sources)
  const sets = recipe.contamination?.sets.map(({ digest }) => digest) ?? []
  const overlaps = await overlapsOf(connection.db, version, sets)
  return {
    ...{ characters, omitted, personal },
    funnels: funnels.map((funnel) => ({
      ...funnel,
      left: funnel.left.map(({ name, count }) => ({ name: LEFT_LABELS[name] ?? name, count })),
    })),
    sources: sources.flatMap((source) => {
      const nights = nightsOf(version, source.name)
      return nights === null ? [] : [{ ...source, nights }]
    }),
    documents: version.documents,
    rules: RULES.map(({ name, about, measure, side }) => ({
      ...{ name, side },
      about: MEASURE_LABELS[measure] ?? about,
      threshold: recipe.cleaning.rules[name] ?? null,
    })),
    selection: recipe,
    dropped: recipe.extraction.drop,
    cleaning: recipe.cleaning,
    deduplication: recipe.deduplication,
    contamination: recipe.contamination,
    overlaps: overlaps.map(({ set, documents }) => ({ set, documents })),
    recipe: JSON.stringify(version.recipe, null, 2),
  }
}

/** The nights of a source whose batches the version is made of; null where there is none. */
function nightsOf({ batches }: VersionRow, source: string): CardFacts['sources'][number]['nights'] | null {
  const nights = batches
    .filter((batch) => batch.source === source)
    .map(({ night }) => night)
    .toSorted()
  const [first, last] = [nights[0], nights.at(-1)]
  return first === undefined || last === undefined ? null : { count: nights.length, first, last }
}
