/** Two writers at once: at the store, in the pipeline, and as processes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorkspace } from './support/command.ts'
import { DATASETS, nightsOfThePipeline, sourcesOf, writeNight } from './support/two-builds.ts'
import { roundsAtTheStore } from './two-writers.ts'

test('what two writers put into the store at once is there once, and neither waits for ever', async (context) => {
  const figures = await roundsAtTheStore(10, 5, () => {})
  context.diagnostic(JSON.stringify(figures))
  assert.equal(figures.deadlocks, 0)
  assert.ok(figures.stale > 0, 'freezes met')
})

test('two crawl and build at once, one dataset or two: the versions are those of one who does both', async (context) => {
  context.diagnostic(`${await nightsOfThePipeline(2)} versions`)
})

test('two processes of the same night end with the same versions', async () => {
  const workspace = createWorkspace()
  try {
    workspace.configure({ sources: sourcesOf(), datasets: DATASETS })
    writeNight(workspace.folder, 0)
    const night = ['--night', '2026-11-01']
    await Promise.all(sourcesOf().map(({ name }) => workspace.json('crawl', name, ...night)))
    const outcomes = await Promise.all([1, 2].map(() => workspace.json<Outcome>('run', 'snapshot', ...night)))
    const versions = outcomes.map(([outcome]) =>
      outcome?.datasets.map(({ version, versionDigest }) => [version, versionDigest]),
    )
    assert.deepEqual(
      versions[0]?.map(([version]) => version),
      ['one@1', 'other@1'],
    )
    assert.deepEqual(versions[0], versions[1])
  } finally {
    await workspace.remove()
  }
})

interface Outcome {
  readonly datasets: readonly { readonly version: string; readonly versionDigest: string }[]
}
