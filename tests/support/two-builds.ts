/** Two open workspaces over one folder: nights crawled and built by both at once, as two processes would. */
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkConfig } from '../../cli/config.ts'
import { openWorkspace, type Workspace } from '../../cli/workspace.ts'
import type { Config } from '../../pipeline/recipe.ts'
import { listVersions, type VersionRow } from '../../store/versions.ts'
import { removeWorkspace } from './command.ts'
import { crawl, frozen, rowsOf } from './lived-history.ts'
import { prose } from './prose.ts'
import { deadlocks } from './store-writer.ts'

const NAMES = ['left', 'right'] as const
/** They share the sources and the cleaning, and read the pages differently. */
export const DATASETS = { one: {}, other: { extraction: { drop: [] }, deduplication: { method: 'exact' } } }
export const sourcesOf = () =>
  NAMES.map((name) => ({ name, kind: 'files', path: `${name}.jsonl`, licence: 'CC0-1.0', snapshot: true }))

/** Three more documents a night in each source, one of them revised every night, one a copy of the other source's. */
export function writeNight(root: string, night: number): void {
  for (const [side, name] of NAMES.entries()) {
    const own = Array.from({ length: 2 + 2 * night }, (_, id) => ({
      id: `${name}-${id}`,
      text: prose(id * 2 + side, 12),
    }))
    const records = [
      ...own,
      { id: `${name}-today`, text: prose(5_000 + night * 2 + side, 12) },
      { id: `${name}-copy`, text: `${prose((1 + night) * 2 + 1 - side, 12)} 한 마디 더.` },
    ]
    writeFileSync(join(root, `${name}.jsonl`), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  }
}

/** @returns how many versions there are of the dataset that both built */
export async function nightsOfThePipeline(nights: number): Promise<number> {
  const [shared, alone] = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'malmoi-two-builds-')))
  if (!shared || !alone) throw new Error('two folders were made')
  const writers: readonly Workspace[] = [await open(shared), await open(shared)]
  const reference = await open(alone)
  const [first, second] = writers
  if (!first || !second) throw new Error('two workspaces were opened')
  try {
    for (let night = 0; night < nights; night++) {
      const day = `2026-11-${String(night + 1).padStart(2, '0')}`
      for (const root of [shared, alone]) writeNight(root, night)
      await crawl(reference, configOf(alone), day)
      if (night % 2 === 0) await Promise.all(writers.map((writer, side) => crawlAndBuild(writer, shared, side, day)))
      else {
        await Promise.all(writers.map((writer, side) => crawlSide(writer, shared, side, day)))
        await Promise.all([frozen(first, configOf(shared, 'one')), frozen(second, configOf(shared, 'other'))])
      }
    }
    await frozen(first, configOf(shared, 'other'))
    for (const dataset of ['one', 'other'] as const) {
      const version = await lastOf(first, dataset)
      const rows = await rowsOf(second, version)
      assert.equal(new Set(rows.map(({ url }) => url)).size, rows.length)
      const built = await frozen(reference, configOf(alone, dataset))
      assert.equal(version.digest, built?.digest)
      assert.ok(built)
      const sorted = async (workspace: Workspace, of: VersionRow) =>
        (await rowsOf(workspace, of)).toSorted((a, b) => (String(a.url) < String(b.url) ? -1 : 1))
      assert.deepEqual(await sorted(first, version), await sorted(reference, built))
    }
    assert.equal(await deadlocks(first.connection.db), 0)
    return (await listVersions(first.connection.db, 'one')).length
  } finally {
    for (const workspace of [...writers, reference]) await workspace.close()
    for (const root of [shared, alone]) await removeWorkspace(root)
  }
}

function open(root: string): Promise<Workspace> {
  const reporter = { begin: () => ({ progress() {}, crawled() {}, end() {} }) }
  return openWorkspace(root, { workers: 2, reporter, signal: new AbortController().signal })
}

function configOf(root: string, dataset: keyof typeof DATASETS = 'one'): Config {
  return checkConfig({ sources: sourcesOf(), datasets: { [dataset]: DATASETS[dataset] } }, root)
}

function crawlSide(writer: Workspace, root: string, side: number, day: string): Promise<void> {
  const config = configOf(root)
  return crawl(writer, { ...config, sources: config.sources.slice(side, side + 1) }, day)
}

async function crawlAndBuild(writer: Workspace, root: string, side: number, day: string): Promise<void> {
  await crawlSide(writer, root, side, day)
  await frozen(writer, configOf(root))
}

/** The last version of a linear history. */
async function lastOf({ connection }: Workspace, dataset: string): Promise<VersionRow> {
  const versions = await listVersions(connection.db, dataset)
  assert.deepEqual(
    versions.map(({ number, parent }) => [number, parent]),
    versions.map((_, index) => [index + 1, index === 0 ? null : index]),
  )
  const last = versions.at(-1)
  if (!last) throw new Error(`${dataset} has no version`)
  return last
}
