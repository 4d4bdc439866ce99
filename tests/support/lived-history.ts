/** Lives a history in an open workspace, in this process: crawls and builds each night, and keeps what each version held. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkConfig } from '../../cli/config.ts'
import { takedownDeps } from '../../cli/takedown-deps.ts'
import type { Workspace } from '../../cli/workspace.ts'
import { createHosts } from '../../crawler/http/polite.ts'
import { FailedError } from '../../pipeline/contract.ts'
import { recipeOf } from '../../pipeline/evaluation-sets.ts'
import { recordedRecipe } from '../../pipeline/freeze.ts'
import { build } from '../../pipeline/plan.ts'
import type { Config } from '../../pipeline/recipe.ts'
import { crawlNight } from '../../pipeline/stages/crawl.ts'
import { withEveryCopy } from '../../pipeline/takedown/copies.ts'
import { findPlaces, takeDown } from '../../pipeline/takedown/take-down.ts'
import { frozenBatches } from '../../store/batches.ts'
import { type Row, readDocuments } from '../../store/query/documents.ts'
import { selectionOf } from '../../store/query/selection.ts'
import { openSiteMemory } from '../../store/sites.ts'
import { documentsAt, namesOf } from '../../store/takedown/find.ts'
import type { VersionRow } from '../../store/versions.ts'
import { anchorText, type History, type Listing, listings, SOURCES, textOf } from './random-history.ts'

export interface LivedVersion {
  readonly version: VersionRow
  /** As it was frozen. */
  readonly rows: readonly Row[]
  /** The night it was frozen in. */
  readonly night: number
}

export interface Lived {
  readonly versions: readonly LivedVersion[]
  readonly takedowns: readonly { readonly night: number; readonly documents: ReadonlySet<string> }[]
  /** Digests of the frozen batches, by night and source. */
  readonly batches: readonly string[]
}

/** Of a row, or of a document. */
export const keyOf = (source: unknown, url: unknown): string => `${source} ${url}`

/** Everything of a document that two workspaces with the same history agree on. */
const FIELDS = [
  ...(['source', 'url', 'title', 'lang', 'licence', 'day', 'revision', 'digest', 'bytes', 'text'] as const),
  'measures',
]

export async function rowsOf({ connection: { db } }: Workspace, version: VersionRow): Promise<readonly Row[]> {
  return Array.fromAsync(readDocuments(db, await selectionOf(db, version, {}), FIELDS))
}

/**
 * Crawls every night of a history without takedowns, and only then builds the versions, each by its record from the
 * batches that it names, and from nothing older. @throws FailedError where another digest comes out than is on record
 */
export async function rebuildAll(
  workspace: Workspace,
  root: string,
  nights: History,
  { salt, versions }: { readonly salt: number; readonly versions: readonly LivedVersion[] },
): Promise<void> {
  for (const [night, listing] of listings(nights).entries()) {
    writeListing(root, listing, salt)
    await crawl(workspace, configOf(root, {}, salt), dayOf(night))
  }
  for (const { version } of versions)
    await build(workspace, workspace.stages, recordedRecipe(version), 'snapshot', version)
}

const dayOf = (night: number): string => `2026-11-${String(night + 1).padStart(2, '0')}`
const sourceName = (source: string, salt: number): string => `${source}-${salt}`
export const datasetName = (salt: number): string => `all-${salt}`

/** Lives a history under names and with texts of its own, so that one workspace takes many. */
export async function live(workspace: Workspace, root: string, history: History, salt: number): Promise<Lived> {
  const versions: LivedVersion[] = []
  const takedowns: { night: number; documents: ReadonlySet<string> }[] = []
  const listed = listings(history)
  for (const [night, { recipe, takedown }] of history.entries()) {
    const config = configOf(root, recipe, salt)
    writeListing(root, listed[night] ?? new Map(), salt)
    await crawl(workspace, config, dayOf(night))
    const version = await frozen(workspace, config)
    if (version && version.number > versions.length)
      versions.push({ version, rows: await rowsOf(workspace, version), night })
    if (takedown) {
      const { source, document } = takedown.at
      const named = { source: sourceName(source, salt), key: String(document) }
      const documents = await remove(workspace, named, takedown.scope)
      if (documents.size > 0) takedowns.push({ night, documents })
    }
  }
  const names = SOURCES.map((source) => sourceName(source, salt))
  const batches = (await frozenBatches(workspace.connection.db, names)).map(({ digest }) => digest)
  return { versions, takedowns, batches }
}

/** Of one source what is listed no more is gone and its text withdrawn, of the other it stays. */
function configOf(root: string, recipe: object, salt: number): Config {
  const named = Object.fromEntries(
    Object.entries(recipe).map(([field, value]) =>
      field === 'caps' || field === 'mixture'
        ? [field, Object.fromEntries(Object.entries(value).map(([source, share]) => [sourceName(source, salt), share]))]
        : [field, value],
    ),
  )
  return checkConfig(
    {
      sources: [
        { name: sourceName('sea', salt), licence: 'CC0-1.0', snapshot: true, deletions: 'honour' },
        { name: sourceName('town', salt), licence: 'CC-BY-4.0', snapshot: true },
      ].map((source) => ({ ...source, kind: 'files', path: `${source.name}.jsonl` })),
      datasets: { [datasetName(salt)]: named },
    },
    root,
  )
}

function writeListing(root: string, listing: Listing, salt: number): void {
  for (const source of SOURCES) {
    const records = [...listing].flatMap(([name, says]) => {
      const [of, id] = name.split(' ')
      return of === source ? [{ id, text: textOf(says, salt) }] : []
    })
    if (source === 'sea') records.push({ id: 'anchor', text: anchorText(salt) })
    writeFileSync(
      join(root, `${sourceName(source, salt)}.jsonl`),
      records.map((record) => `${JSON.stringify(record)}\n`).join(''),
    )
  }
}

export async function crawl(workspace: Workspace, { sources, userAgent }: Config, night: string): Promise<void> {
  const sites = await openSiteMemory(workspace.connection)
  try {
    for (const source of sources)
      await crawlNight(workspace, source, { night, userAgent, sites, hosts: createHosts(sites) })
  } finally {
    sites.close()
  }
}

/** The dataset's version; null where the recipe takes nothing. */
export async function frozen(workspace: Workspace, { datasets: [dataset] }: Config): Promise<VersionRow | null> {
  if (!dataset) throw new Error('the config has no dataset')
  try {
    const built = await build(workspace, workspace.stages, await recipeOf(workspace, dataset), 'snapshot')
    return built?.version ?? null
  } catch (error) {
    if (error instanceof FailedError && /would be empty/.test(error.message)) return null
    throw error
  }
}

/** Takes a document down; gives all that went with it. Nothing where nobody knows it. */
async function remove(
  workspace: Workspace,
  named: { readonly source: string; readonly key: string },
  scope: 'copy' | 'cluster',
): Promise<ReadonlySet<string>> {
  const { connection, objects } = workspace
  const found = await documentsAt(connection.db, [named])
  if (found.length === 0) return new Set()
  const documents = scope === 'copy' ? found : await withEveryCopy({ db: connection.db, objects }, found)
  const deps = takedownDeps(workspace, () => {})
  const request = { named: { by: 'document', document: named.key }, scope, reason: '요청', backupDays: null } as const
  await takeDown(deps, request, await findPlaces(deps, documents))
  const gone = new Set((await namesOf(connection.db, documents)).map(({ source, key }) => keyOf(source, key)))
  assert.ok(gone.has(keyOf(named.source, named.key)))
  return gone
}
