/** A document's story, with what recipes alone can tell: why the latest version of a dataset does without it. */
import type { Kysely } from 'kysely'
import type { LeftOutOf, Story } from '../store/answers.ts'
import { documentOutcome } from '../store/outcome.ts'
import type { Database } from '../store/schema.ts'
import { documentStory } from '../store/story.ts'
import { listVersions } from '../store/versions.ts'
import { causesOf, recordedRecipe } from './freeze.ts'

/** The story of the first of these keys that a crawl ever saw; null where none was. */
export async function storyOf(db: Kysely<Database>, keys: readonly string[]): Promise<Story | null> {
  const story = await documentStory(db, keys)
  return story && { ...story, leftOut: await leftOutOf(db, story) }
}

/** Of what rules, copies and evaluation sets keep out, the story tells by itself. */
async function leftOutOf(
  db: Kysely<Database>,
  document: { readonly source: string; readonly url: string },
): Promise<readonly LeftOutOf[]> {
  // In the order of numbers: the last of each dataset stays.
  const latest = new Map((await listVersions(db, null)).map((version) => [version.dataset, version]))
  const left: LeftOutOf[] = []
  for (const version of latest.values()) {
    const recipe = recordedRecipe(version)
    if (!recipe.sources.includes(document.source)) continue
    const found = await documentOutcome(db, version, causesOf(recipe), document)
    const { source } = document
    const of = { version: `${version.dataset}@${version.number}` }
    if (found?.outcome === 'licence')
      left.push({ ...of, reason: 'licence', licence: found.licence, licences: recipe.licences ?? [] })
    if (found?.outcome === 'window')
      left.push({ ...of, reason: 'window', day: found.day, since: recipe.since, until: recipe.until })
    if (found?.outcome === 'cap') left.push({ ...of, reason: 'cap', source, cap: recipe.caps[source] ?? {} })
    if (found?.outcome === 'mixture')
      left.push({ ...of, reason: 'mixture', source, share: recipe.mixture?.[source] ?? 0 })
  }
  return left
}
