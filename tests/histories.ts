/**
 * The laws of versions, over random histories: what a version held when it was frozen it holds ever after, but for what
 * was taken down; differences add up; and the same nights in an empty workspace give the same versions.
 * `node tests/histories.ts 30 7` lives thirty histories of seed 7.
 */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { openWorkspace, type Workspace } from '../cli/workspace.ts'
import { diffVersions } from '../store/diff.ts'
import type { Row } from '../store/query/documents.ts'
import { listVersions, type VersionRow } from '../store/versions.ts'
import { removeWorkspace } from './support/command.ts'
import { datasetName, keyOf, type Lived, type LivedVersion, live, rebuildAll, rowsOf } from './support/lived-history.ts'
import { type History, history } from './support/random-history.ts'

const silent = { begin: () => ({ progress() {}, crawled() {}, end() {} }) }

/**
 * Lives so many histories, each again in a workspace that begins empty, and those without takedowns a third time: there
 * the nights are crawled first, and each version is built whole. Takedowns are lived through where they were.
 */
export async function checkHistories(count: number, seed: number, report: (line: string) => void): Promise<void> {
  const homes = await Promise.all([1, 2, 3].map(openHome))
  const [first, second, third] = homes
  if (!first || !second || !third) throw new Error('three workspaces were opened')
  let salt = 0
  const holds = async (nights: History): Promise<void> => {
    salt++
    const began = performance.now()
    const lived = await live(first.workspace, first.root, nights, salt)
    await checkVersions(first.workspace, lived, salt)
    await checkDifferences(first.workspace, lived)
    assertSame(await live(second.workspace, second.root, nights, salt), lived)
    if (lived.takedowns.length === 0) await rebuildAll(third.workspace, third.root, nights, { ...lived, salt })
    report(describe(nights.length, lived, performance.now() - began))
  }
  try {
    await fc.assert(fc.asyncProperty(history, holds), { numRuns: count, seed, endOnFailure: true })
  } finally {
    for (const home of homes) await home.close()
  }
}

/** The numbers run from 1, each on top of the one before; rows and sums are those that were there at the freeze. */
async function checkVersions(workspace: Workspace, lived: Lived, salt: number): Promise<void> {
  const versions = await listVersions(workspace.connection.db, datasetName(salt))
  assert.deepEqual(
    versions,
    lived.versions.map(({ version }) => version),
  )
  for (const [index, { number, parent }] of versions.entries())
    assert.deepEqual([number, parent], [index + 1, index === 0 ? null : index])
  for (const each of lived.versions) {
    const { version, rows } = each
    const gone = takenDownSince(lived, each)
    assert.deepEqual(
      await rowsOf(workspace, version),
      rows.filter(({ source, url }) => !gone.has(keyOf(source, url))),
    )
    assert.ok(rows.every(({ source, url }) => !takenDownBefore(lived, each).has(keyOf(source, url))))
    assert.equal(version.documents, rows.length)
    assert.equal(version.bytes, sumOf(rows))
  }
}

function takenDownSince({ takedowns }: Lived, { night: frozen }: LivedVersion): ReadonlySet<string> {
  return documentsOf(takedowns.filter(({ night }) => night >= frozen))
}

function takenDownBefore({ takedowns }: Lived, { night: frozen }: LivedVersion): ReadonlySet<string> {
  return documentsOf(takedowns.filter(({ night }) => night < frozen))
}

function documentsOf(takedowns: Lived['takedowns']): ReadonlySet<string> {
  return new Set(takedowns.flatMap(({ documents }) => [...documents]))
}

/** From every version to the next, to the last, and back: what comparing the rows on record gives. */
async function checkDifferences(workspace: Workspace, lived: Lived): Promise<void> {
  const last = lived.versions.at(-1)
  for (const [index, from] of lived.versions.entries()) {
    for (const to of new Set([lived.versions[index + 1], last])) {
      if (!to || to === from) continue
      await checkDifference(workspace, lived, from, to)
      await checkDifference(workspace, lived, to, from)
    }
  }
}

interface Difference {
  readonly change: string
  readonly key: string
  readonly from: unknown
  readonly to: unknown
  readonly bytes: readonly [unknown, unknown]
}

async function checkDifference(
  workspace: Workspace,
  lived: Lived,
  from: LivedVersion,
  to: LivedVersion,
): Promise<void> {
  // Of what was taken down the digests are gone, and the bytes stand.
  const down = new Set(lived.takedowns.flatMap(({ documents }) => [...documents]))
  const shown = (difference: Difference) =>
    down.has(difference.key) ? { ...difference, from: null, to: null } : difference
  const told = await Array.fromAsync(
    diffVersions(workspace.connection.db, from.version, to.version),
    ({ change, source, url, from: before, to: after, bytes }): Difference => ({
      ...{ change, key: keyOf(source, url), from: before, to: after, bytes: [bytes.from, bytes.to] },
    }),
  )
  const order = (differences: readonly Difference[]) =>
    differences.map(shown).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  assert.deepEqual(order(told), order(differencesOf(from.rows, to.rows)))
  assert.equal(to.version.bytes - from.version.bytes, sumOf(to.rows) - sumOf(from.rows))
}

function differencesOf(from: readonly Row[], to: readonly Row[]): readonly Difference[] {
  const byKey = (rows: readonly Row[]) => new Map(rows.map((row) => [keyOf(row.source, row.url), row]))
  const [old, fresh] = [byKey(from), byKey(to)]
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((key) => {
    const [before, after] = [old.get(key), fresh.get(key)]
    if (before?.revision === after?.revision && before?.digest === after?.digest) return []
    const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
    const bytes = [before?.bytes ?? null, after?.bytes ?? null] as const
    return [{ change, key, from: before?.digest ?? null, to: after?.digest ?? null, bytes }]
  })
}

/** Batches, versions and rows of two lives; all but when it was. */
function assertSame(again: Lived, lived: Lived): void {
  const timeless = ({ frozenAt: _, cleaningId: __, ...version }: VersionRow) => version
  const told = ({ batches, versions, takedowns }: Lived) => ({
    batches,
    versions: versions.map(({ version, rows, night }) => ({ version: timeless(version), rows, night })),
    takedowns,
  })
  assert.deepEqual(told(again), told(lived))
}

const sumOf = (rows: readonly Row[]): number => rows.reduce((sum, { bytes }) => sum + Number(bytes), 0)

function describe(nights: number, { versions, takedowns }: Lived, ms: number): string {
  const rows = versions.reduce((sum, version) => sum + version.rows.length, 0)
  return `${nights} nights, ${versions.length} versions, ${rows} rows, ${takedowns.length} takedowns, ${Math.round(ms)} ms`
}

async function openHome() {
  const root = mkdtempSync(join(tmpdir(), 'malmoi-histories-'))
  const workspace = await openWorkspace(root, { workers: 2, reporter: silent, signal: new AbortController().signal })
  const close = async (): Promise<void> => {
    await workspace.close()
    await removeWorkspace(root)
  }
  return { workspace, root, close }
}

if (import.meta.main) {
  const [count, seed] = [Number(process.argv[2] ?? 20), Number(process.argv[3] ?? Date.now() % 1_000_000)]
  process.stdout.write(`seed ${seed}\n`)
  await checkHistories(count, seed, (line) => process.stdout.write(`${line}\n`))
}
