/** What a dataset card tells of a version: the report's counts, the recipe, and what is on record of its sources. */
import type { CardFacts } from '../export/card.ts'
import { MEASURE_LABELS } from '../report/measure-labels.ts'
import { sourcesOnRecord } from '../store/export-sources.ts'
import type { VersionRow } from '../store/versions.ts'
import { recordedRecipe } from './freeze.ts'
import { type GatherOptions, gatherReport } from './report-data.ts'

/** @throws FailedError where an artifact that the version was made of is missing. */
export async function cardFacts(options: GatherOptions): Promise<CardFacts> {
  const { version, deps } = options
  const recipe = recordedRecipe(version)
  const report = await gatherReport(options)
  const sources = await sourcesOnRecord(deps.connection.db, recipe.sources)
  return {
    sources: sources.flatMap((source) => {
      const nights = nightsOf(version, source.name)
      return nights === null ? [] : [{ ...source, nights }]
    }),
    documents: version.documents,
    characters: report.characters,
    funnels: report.funnels,
    rules: report.rules.map(({ name, about, measure, side, threshold }) => ({
      ...{ name, side, threshold },
      about: MEASURE_LABELS[measure] ?? about,
    })),
    selection: recipe,
    dropped: recipe.extraction.drop,
    cleaning: recipe.cleaning,
    deduplication: recipe.deduplication,
    omitted: report.omittedParagraphs,
    personal: report.personal,
    contamination: recipe.contamination,
    overlaps: report.contamination.map(({ set, documents }) => ({ set, documents })),
    recipe: report.recipe,
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
