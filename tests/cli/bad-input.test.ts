/** Bad input gets one line that names the thing and the remedy, the right exit code, and leaves nothing half-made. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createWorkspace, type Outcome, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'
import { articlePage, html, type Site, serve } from '../support/web.ts'

const SUBJECTS = [
  '도서관',
  '시장',
  '학교',
  '보건소',
  '축제',
  '버스',
  '공원',
  '강변',
  '과수원',
  '음악회',
  '박물관',
  '마을회관',
]
let site: Site
let workspace: TestWorkspace
const source = () => ({
  name: 'local',
  kind: 'news',
  start: [`${site.origin}/`],
  licence: 'CC0-1.0',
  delayMs: 0,
  allowPrivate: true,
})
const dataset = (vocabSize: number | 'auto') => ({ small: { tokenizer: { vocabSize }, validation: 0.2 } })

before(async () => {
  site = await serve(() => {
    const links = SUBJECTS.map((_, index) => `/${index}`)
    const pages = SUBJECTS.map(
      (subject, index) => [`/${index}`, articlePage(subject, prose(index + 1, 6 + index))] as const,
    )
    return new Map([['/', articlePage('차례', prose(0, 4), [...links, '/huge'])], ...pages, ['/huge', html('')]])
  })
  workspace = createWorkspace()
})

after(async () => {
  await site.close()
  await workspace.remove()
})

/** One line, the exit code, and what the line must say. */
function assertOneLine(outcome: Outcome, code: number, ...says: readonly RegExp[]): void {
  assert.equal(outcome.code, code, outcome.stderr)
  const lines = outcome.stderr.split('\n').filter((line) => line.startsWith('malmoi:'))
  assert.equal(lines.length, 1, outcome.stderr)
  assert.doesNotMatch(outcome.stderr, /\n {4}at /, 'no stack')
  for (const each of says) assert.match(lines[0] ?? '', each)
}

test('a config with an unknown key names the key and the near one', async () => {
  workspace.configure({ sources: [{ ...source(), delay: 5 }] })
  assertOneLine(await workspace.run('run'), 2, /sources\[0\]\.delay is not known; did you mean delayMs\?/)
})

test('a cleaning rule that there is not is named with the near one', async () => {
  const cleaning = { rules: { dup_line_fraction: 0.3 } }
  workspace.configure({ sources: [source()], datasets: { small: { cleaning } } })
  const near = /datasets\.small\.cleaning\.rules\.dup_line_fraction is not known; did you mean dup_line_frac\?/
  assertOneLine(await workspace.run('run'), 2, near)
})

test('a config that needs a contact address says where', async () => {
  workspace.configure({ sources: [{ name: 'far', kind: 'news', start: ['https://news.example/'], licence: 'x' }] })
  assertOneLine(await workspace.run('run'), 2, /userAgent\.contact is missing/)
})

test('a folder without a config names malmoi init', async () => {
  rmSync(join(workspace.folder, 'malmoi.config.ts'))
  assertOneLine(await workspace.run('run'), 2, /malmoi init/)
})

test('an unknown verb suggests the near one', async () => {
  assertOneLine(await workspace.run('rnu'), 2, /did you mean `malmoi run`/)
})

test('DATABASE_URL to a dead server names the server', async () => {
  workspace.configure({ sources: [source()] })
  const other = createWorkspace({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  other.configure({ sources: [source()] })
  assertOneLine(await other.run('run'), 1, /DATABASE_URL .*127\.0\.0\.1:1/, /start that server or correct DATABASE_URL/)
  assert.deepEqual(readdirSync(join(other.folder, '.malmoi')), [])
  rmSync(other.folder, { recursive: true })
})

test('a source whose host is down is named, and no batch is frozen', async () => {
  const down = { ...source(), name: 'down', start: ['http://127.0.0.1:1/'] }
  workspace.configure({ sources: [down] })
  assertOneLine(await workspace.run('run'), 1, /source down.*127\.0\.0\.1:1/)
  const [status] = await workspace.json<{ versions: unknown[]; sources: { batches: number }[] }>('status')
  assert.deepEqual(status?.versions, [])
  assert.deepEqual(
    status?.sources.map(({ batches }) => batches),
    [0],
  )
})

test('an empty site gives no version, and says why', async () => {
  const empty = await serve(() => new Map([['/', html('<html><body></body></html>')]]))
  workspace.configure({ sources: [{ ...source(), name: 'empty', start: [`${empty.origin}/`] }] })
  assertOneLine(await workspace.run('run'), 1, /dataset all would be empty/, /malmoi status/)
  await empty.close()
  assert.deepEqual(await workspace.json('corpus', 'versions'), [])
})

test('a vocabulary larger than the text can fill names the largest', async () => {
  workspace.configure({ sources: [source()], datasets: dataset(30_000) })
  const outcome = await workspace.run('run', '--night', '2026-11-01')
  assertOneLine(outcome, 1, /30000/, /vocabSize/)
})

test('a page of 50 MB is recorded as refused, and the run goes on', async () => {
  site.pages.set('/huge', { contentType: 'text/html', body: Buffer.alloc(50_000_000, 'ㅎ') })
  workspace.configure({ sources: [source()], datasets: dataset('auto') })
  const [outcome] = await workspace.json<{ version: string }>('run', '--night', '2026-11-02')
  assert.equal(outcome?.version, 'small@1')
  const [story] = await workspace.json<{ state: string; reason: string }>('why', `${site.origin}/huge`)
  assert.equal(story?.state, 'refused')
  assert.match(story?.reason ?? '', /larger than 10 MB/)
})

test('a corrupt shard is named, and after deleting it the same one is rebuilt', async () => {
  const train = ['train', 'small@1', '--preset', 'test', '--steps', '2', '--batch', '1', '--sequence', '16']
  const [shard] = await workspace
    .json<{ node?: { kind: string; id: string; shards?: { shard: string }[] } }>(
      ...['lineage', `${site.origin}/3`, '--down'],
    )
    .then((lines) => lines.flatMap(({ node }) => node?.shards ?? []))
  assert.ok(shard)
  const file = join(workspace.folder, '.malmoi/objects', shard.shard.slice(0, 2), shard.shard)
  const bytes = readFileSync(file)
  bytes[1100] = (bytes[1100] ?? 0) ^ 1
  writeFileSync(file, bytes)
  assertOneLine(await workspace.run(...train), 1, new RegExp(shard.shard), /altered or cut/, /delete it/)
  rmSync(file)
  const lines = await workspace.json<{ checkpoint?: string; executed?: { stage: string }[] }>(...train)
  const done = lines.at(-1)
  assert.match(done?.checkpoint ?? '', /^[0-9a-f]{64}$/)
  assert.deepEqual(
    done?.executed?.map(({ stage }) => stage),
    ['shards', 'train'],
  )
})

test('a record that is not JSON names its line', async () => {
  writeFileSync(join(workspace.folder, 'bad.jsonl'), '{"text": "하나"}\n{oops\n')
  assertOneLine(await workspace.run('clean', 'bad.jsonl', '--out', 'out.jsonl'), 1, /bad\.jsonl, line 2 is not JSON/)
  assert.ok(!readdirSync(workspace.folder).some((name) => name.startsWith('out.jsonl')), 'nothing is half-written')
})

test('a night that is no date, a dataset and a version that are not there, are named', async () => {
  assertOneLine(await workspace.run('run', '--night', '2026-13-01'), 2, /--night 2026-13-01/)
  assertOneLine(await workspace.run('run', 'smal'), 2, /did you mean small\?/)
  assertOneLine(await workspace.run('corpus', 'show', 'small@9'), 2, /there is small@1/)
  assertOneLine(await workspace.run('evaluate', 'ffff'), 2, /there is no checkpoint ffff/)
  assertOneLine(
    await workspace.run('corpus', 'query', '--source', 'nowhere'),
    2,
    /there is no source nowhere; there is .*local/,
  )
})
