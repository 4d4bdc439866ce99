/**
 * kill -9 at random moments of the plan, each followed by `malmoi run`: what comes out must equal what an undisturbed
 * run gives, and nothing may be lost or doubled. `node tests/kill.ts 20` does it twenty times and prints each.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readWarcFile } from '../crawler/warc/read.ts'
import { buildSite } from '../demo/site.ts'
import { connect } from '../store/connect.ts'
import { createWorkspace, type TestWorkspace } from './support/command.ts'
import { type Page, type Site, serve } from './support/web.ts'

const NIGHT = '2026-11-01'

/** What must not depend on kills. */
interface Digests {
  readonly versionDigest: string
  readonly tokenizer: string
  readonly shards: readonly string[]
  readonly trainingSet: string
  readonly checkpoint: string
  readonly bitsPerByte: number
}

/** The demo's pages, those that answer 200. */
export function serveDemo(): Promise<Site> {
  return serve((origin) => {
    const pages = [...buildSite(`${origin}/`.replace(/\/$/, ''))].filter(([, page]) => page.status === 200)
    return new Map(pages.map(([path, page]): [string, Page] => [decodeURI(path), page]))
  })
}

function configure(workspace: TestWorkspace, site: Site): void {
  workspace.configure({
    sources: [
      { name: 'maeul', kind: 'news', start: [`${site.origin}/`], licence: 'CC0-1.0', delayMs: 0, allowPrivate: true },
    ],
    // The split hangs on the URLs, and so on the port: a share with which none of 63 documents in it is out of reach.
    datasets: {
      demo: {
        tokenizer: { vocabSize: 2000 },
        validation: 0.2,
        train: { preset: 'test', steps: 20, batch: 2, threads: 1 },
      },
    },
  })
}

async function digestsOf(workspace: TestWorkspace): Promise<Digests> {
  const [outcome] = await workspace.json<Digests>('run', '--night', NIGHT)
  assert.ok(outcome)
  const { versionDigest, tokenizer, shards, trainingSet, checkpoint, bitsPerByte } = outcome
  return { versionDigest, tokenizer, shards, trainingSet, checkpoint, bitsPerByte }
}

/** Every capture once in the table and once in the WARC file, every revision and every shard document once. */
async function assertNothingDoubled(workspace: TestWorkspace): Promise<void> {
  const { db, close } = await connect(workspace.folder, undefined)
  const captures = await db.selectFrom('capture').select(['url', 'record_id']).execute()
  const files = await db.selectFrom('warc_file').select('path').execute()
  const documents = await db.selectFrom('shard_document').select(['shard_id', 'revision_id']).execute()
  await close()
  const records: string[] = []
  for (const { path } of files) {
    for await (const record of readWarcFile(join(workspace.folder, '.malmoi', path), 1e9)) {
      if (record.type === 'response') records.push(record.id)
    }
  }
  assert.deepEqual(records.toSorted(), captures.map((capture) => capture.record_id).toSorted())
  assert.equal(new Set(captures.map(({ url }) => url)).size, captures.length)
  assert.equal(new Set(documents.map((row) => `${row.shard_id} ${row.revision_id}`)).size, documents.length)
}

/** Kills `kills` runs, each in a workspace of its own at its share of the undisturbed run's time, and compares. */
export async function killAndCompare(
  kills: number,
  shares: (index: number) => number,
  report: (line: string) => void,
): Promise<void> {
  const site = await serveDemo()
  try {
    const began = performance.now()
    const expected = await inWorkspace(site, digestsOf)
    const duration = performance.now() - began
    for (let index = 0; index < kills; index++) {
      await inWorkspace(site, async (workspace) => {
        const after = Math.round(duration * shares(index))
        const child = workspace.start('run', '--night', NIGHT)
        const ended = new Promise((resolve) => child.once('exit', resolve))
        await Promise.race([sleep(after), ended])
        child.kill('SIGKILL')
        await ended
        report(`killed after ${after} of ${Math.round(duration)} ms`)
        assert.deepEqual(await digestsOf(workspace), expected)
      })
    }
  } finally {
    await site.close()
  }
}

async function inWorkspace<Result>(site: Site, work: (workspace: TestWorkspace) => Promise<Result>): Promise<Result> {
  const workspace = createWorkspace()
  try {
    configure(workspace, site)
    const result = await work(workspace)
    await assertNothingDoubled(workspace)
    return result
  } finally {
    await workspace.remove()
  }
}

if (import.meta.main) {
  const kills = Number(process.argv[2] ?? 20)
  await killAndCompare(
    kills,
    () => Math.random(),
    (line) => process.stdout.write(`${line}, then the same digests\n`),
  )
  process.stdout.write(
    `${kills} kills: version, tokenizer, shards, training set and checkpoint equal the undisturbed run's\n`,
  )
}
