/**
 * The whole plan on real pages: a documentation site with menus and sitemap, and news articles, on two loopback hosts.
 * Twice the same night, the next night with one page changed, and in another workspace with another number of workers.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createWorkspace, type TestWorkspace } from './support/command.ts'
import { documentationSite, newsSite, withoutData } from './support/shared-data.ts'
import { type Page, type Site, serve } from './support/web.ts'

interface RunOutcome {
  readonly executed: readonly { readonly stage: string; readonly key: string }[]
  readonly version: string
  readonly versionDigest: string
  readonly tokenizer: string
  readonly shards: readonly string[]
  readonly trainingSet: string
  readonly checkpoint: string
}

type Node = Readonly<Record<string, unknown>> & { readonly id: string; readonly kind: string }
type Line = { readonly node?: Node; readonly edge?: readonly [string, string] }

const NIGHT = '2026-11-01'
const NEXT_NIGHT = '2026-11-02'
const CHANGED = '/beginner/basics/quickstart_tutorial.html'

describe('the journey of real pages', { skip: withoutData }, () => {
  let docs: Site
  let news: Site
  let workspace: TestWorkspace
  let other: TestWorkspace
  let first: RunOutcome

  const config = () => ({
    sources: [
      {
        name: 'docs',
        kind: 'news',
        start: [`${docs.origin}/index.html`],
        licence: 'BSD-3-Clause',
        delayMs: 0,
        allowPrivate: true,
      },
      {
        name: 'wikinews',
        kind: 'news',
        start: [`${news.origin}/`],
        licence: 'CC-BY-2.5',
        delayMs: 0,
        allowPrivate: true,
      },
    ],
    datasets: {
      real: {
        tokenizer: { algorithm: 'bpe', vocabSize: 4000 },
        train: { preset: 'test', steps: 12, batch: 4, threads: 2 },
      },
    },
  })
  const run = async (where: TestWorkspace, ...args: readonly string[]) => {
    const [outcome] = await where.json<RunOutcome>('run', ...args)
    assert.ok(outcome)
    return outcome
  }
  const stagesOf = (outcome: RunOutcome) => outcome.executed.map(({ stage }) => stage).toSorted()

  before(async () => {
    docs = await serve(documentationSite)
    news = await serve(newsSite, { host: '127.0.0.2' })
    workspace = createWorkspace()
    other = createWorkspace()
    workspace.configure(config())
    other.configure(config())
    first = await run(workspace, '--night', NIGHT, '--workers', '4')
  })

  after(async () => {
    await Promise.all([docs.close(), news.close(), workspace.remove(), other.remove()])
  })

  test('every page that robots.txt allows is fetched once, none that it forbids', async () => {
    const asked = docs.log.map(({ path }) => path)
    assert.deepEqual(
      asked.filter((path) => path.startsWith('/prototype/')),
      [],
    )
    assert.equal(new Set(asked).size, asked.length, 'no page was asked for twice')
    const sitemap = String(docs.pages.get('/sitemap.xml')?.body)
    const listed = [...sitemap.matchAll(/<loc>[^<]*?\d(\/[^<]*)<\/loc>/g)].map(([, path = '']) => path)
    const allowed = listed.filter((path) => docs.pages.has(path) && !path.startsWith('/prototype/'))
    assert.ok(allowed.length > 150, `the sitemap lists ${allowed.length} pages that are there`)
    assert.deepEqual(
      allowed.filter((path) => !asked.includes(path)),
      [],
    )
    assert.equal(news.log.filter(({ status, path }) => status === 200 && path.startsWith('/wiki/')).length, 430)
  })

  test('no text holds mojibake, and every document is Korean', async () => {
    const documents = await workspace.json<{ readonly text: string; readonly url: string }>('corpus', 'query')
    assert.ok(documents.length > 350, `${documents.length} documents`)
    for (const { text, url } of documents) {
      assert.doesNotMatch(text, /\uFFFD|Ã.|ì[\u0080-\u00bf]|\u2581/, url)
      assert.match(text, /[가-힣]{2}/, url)
    }
  })

  test('documents can be asked for by source and version', async () => {
    const documents = await workspace.json<{ readonly source: string }>(
      ...['corpus', 'query', '--dataset', 'real', '--version', '1', '--source', 'wikinews', '--limit', '50'],
    )
    assert.equal(documents.length, 50)
    assert.ok(documents.every(({ source }) => source === 'wikinews'))
  })

  test('a second run the same night executes nothing', async () => {
    const outcome = await workspace.run('run', '--night', NIGHT, '--json')
    const again: RunOutcome = JSON.parse(outcome.stdout)
    assert.deepEqual(again.executed, [])
    assert.equal(again.checkpoint, first.checkpoint)
  })

  test('the lineage of a checkpoint reaches URL, status and time of every training document', async () => {
    const lines = await workspace.json<Line>('lineage', first.checkpoint, '--up')
    const nodes = new Map(lines.flatMap(({ node }) => (node ? [[node.id, node]] : [])))
    const parents = Map.groupBy(
      lines.flatMap(({ edge }) => (edge ? [edge] : [])),
      ([, to]) => to,
    )
    const upward = (id: string, seen = new Set<string>()): Set<string> => {
      if (!seen.has(id)) {
        seen.add(id)
        for (const [from] of parents.get(id) ?? []) upward(from, seen)
      }
      return seen
    }
    const reached = [...upward(first.checkpoint)].map((id) => nodes.get(id)).filter((node) => node !== undefined)
    const captures = reached.filter(({ kind }) => kind === 'capture')
    const documents = await workspace.json<{ readonly url: string }>('corpus', 'query')
    assert.deepEqual(captures.map(({ url }) => url).toSorted(), documents.map(({ url }) => url).toSorted())
    for (const { status, fetchedAt, robotsRule } of captures) {
      assert.equal(status, 200)
      assert.match(String(fetchedAt), /^\d{4}-\d\d-\d\dT/)
      assert.ok(robotsRule)
    }
    assert.deepEqual(
      reached
        .filter(({ kind }) => kind === 'batch')
        .map(({ source }) => source)
        .toSorted(),
      ['docs', 'wikinews'],
    )
  })

  test('the lineage of a URL reaches the checkpoint', async () => {
    const lines = await workspace.json<Line>('lineage', `${docs.origin}${CHANGED}`, '--down')
    assert.ok(lines.some(({ node }) => node?.kind === 'checkpoint' && node.id === first.checkpoint))
  })

  test('one worker gives the digests that four gave', async () => {
    const single = await run(other, 'trainingSet', '--night', NIGHT, '--workers', '1')
    const { versionDigest, tokenizer, shards, trainingSet } = first
    assert.deepEqual(
      {
        versionDigest: single.versionDigest,
        tokenizer: single.tokenizer,
        shards: single.shards,
        trainingSet: single.trainingSet,
      },
      { versionDigest, tokenizer, shards, trainingSet },
    )
  })

  test('the next night, with one page changed, only what depends on it is done again', async () => {
    const page = docs.pages.get(CHANGED) as Page
    const edited = String(page.body).replace('<p>', '<p>이 문단은 오늘 밤에 새로 쓴 문장으로 시작합니다. ')
    docs.pages.set(CHANGED, { ...page, body: edited })
    docs.log.length = 0
    const second = await run(workspace, '--night', NEXT_NIGHT)
    assert.deepEqual(stagesOf(second), [
      ...[
        'clean',
        'crawl',
        'crawl',
        'dedupe',
        'evaluate',
        'extract',
        'shards',
        'signatures',
        'snapshot',
        'train',
        'trainingSet',
      ],
    ])
    assert.deepEqual(
      docs.log.filter(({ status }) => status === 200).map(({ path }) => path),
      [CHANGED],
    )
    assert.equal(second.version, 'real@2')
    assert.equal(second.tokenizer, first.tokenizer)
    const changes = await workspace.json('corpus', 'diff', 'real@1', 'real@2')
    assert.equal(changes.length, 1)
    const [{ change, cause, url } = { change: '', cause: '', url: '' }] = changes as Readonly<Record<string, string>>[]
    assert.deepEqual({ change, cause, url }, { change: 'changed', cause: 'revised', url: `${docs.origin}${CHANGED}` })
  })

  test('a night on which nothing changed gives no new version', async () => {
    const third = await run(workspace, '--night', '2026-11-03')
    assert.deepEqual(stagesOf(third), ['crawl', 'crawl'])
    assert.equal(third.version, 'real@2')
  })

  test('an older version can be built again by name, from what is stored', async () => {
    const [built] = await workspace.json<RunOutcome>('build', 'real@1')
    assert.equal(built?.trainingSet, first.trainingSet)
    assert.deepEqual(built?.executed, [])
  })
})
