/** The views of the corpus: by the command's own statement, and by psql while the command serves. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

const VIEWS = ['documents', 'lineage', 'members', 'verdicts', 'versions']

let workspace: TestWorkspace
before(async () => {
  workspace = createWorkspace()
  workspace.configure({ sources: [{ name: 'town', kind: 'files', path: 'town.jsonl', licence: 'CC0-1.0' }] })
  const records = Array.from({ length: 30 }, (_, id) => ({ id: `t${id}`, text: prose(id, id % 10 === 9 ? 1 : 8) }))
  writeFileSync(join(workspace.folder, 'town.jsonl'), records.map((each) => `${JSON.stringify(each)}\n`).join(''))
  await workspace.json('run', 'shards', '--night', '2026-11-01')
})
after(() => workspace.remove())

const ask = <Row>(statement: string) => workspace.json<Row>('corpus', 'sql', statement)

test('the views say what the command says', async () => {
  const [counted] = await ask<{ documents: number; bytes: number }>(
    "select count(*) as documents, sum(bytes) as bytes from documents where dataset = 'all' and version = 1 and source = 'town'",
  )
  const [said] = await workspace.json<{ documents: number; bytes: number }>('corpus', 'query', '--count')
  assert.deepEqual(counted, { documents: said?.documents, bytes: said?.bytes })
  const texts = await ask<{ url: string; text: string; chars: number }>(
    "select url, text, (measures ->> 'chars')::int as chars from corpus.documents where version = 1 order by source, url",
  )
  const streamed = await workspace.json<{ url: string }>('corpus', 'query', '--fields', 'url,text,chars')
  assert.deepEqual(
    texts.toSorted((a, b) => (a.url < b.url ? -1 : 1)),
    streamed.toSorted((a, b) => (a.url < b.url ? -1 : 1)),
  )
  const [lineage] = await ask<{ captures: number; tokens: number; held: number }>(
    `select count(distinct lineage.url) as captures, sum(tokens) as tokens,
       count(distinct members.url) as held
     from lineage left join members on members.url = lineage.url and members.revision = lineage.revision and shard is not null`,
  )
  assert.deepEqual([lineage?.captures, lineage?.held], [30, said?.documents])
  assert.ok((lineage?.tokens ?? 0) > 0)
  const verdicts = await ask<{ rule: string | null; count: number }>(
    'select rule, count(*) from verdicts group by rule order by rule',
  )
  assert.deepEqual(
    verdicts.map(({ count }) => count),
    [3, 27],
  )
})

test('every column of every view is described in the database', async () => {
  const rows = await ask<{ view: string; described: string | null; bare: string[] }>(
    `select relname as view, obj_description(pg_class.oid, 'pg_class') as described,
       array_agg(attname::text) filter (where col_description(attrelid, attnum) is null) as bare
     from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0
     where relnamespace = 'corpus'::regnamespace and relkind = 'v' group by 1, 2 order by 1`,
  )
  assert.deepEqual(
    rows.map(({ view }) => view),
    VIEWS,
  )
  for (const { view, described, bare } of rows) assert.deepEqual([described === null, bare], [false, null], view)
})

test('one statement that reads is run, anything else is refused in one line with its place', async () => {
  const refused = async (statement: string, code: number, reason: RegExp, ...options: readonly string[]) => {
    const outcome = await workspace.run('corpus', 'sql', statement, ...options)
    assert.equal(outcome.code, code, outcome.stderr)
    assert.match(outcome.stderr, reason)
    assert.doesNotMatch(outcome.stderr, /\n\s+at /)
    assert.equal(outcome.stdout, '')
  }
  await refused('select titel from documents', 2, /documents\.title.*\n {2}select titel from documents\n {2} {7}\^\n$/s)
  await refused('select 1; drop table malmoi.member', 2, /cannot insert multiple commands/)
  await refused('delete from malmoi.member', 2, /only reads/)
  await refused(
    'with gone as (delete from malmoi.member returning 1) select * from gone',
    2,
    /only reads|data-modifying/,
  )
  await refused('select pg_sleep(30)', 1, /longer than 1 s/, '--timeout', '1')
  assert.deepEqual(await ask('select 1 as one, null as none, 2.5 as half;'), [{ one: 1, none: null, half: 2.5 }])
  assert.deepEqual(await ask('show transaction_read_only'), [{ transaction_read_only: 'on' }])
})

const psql = spawnSync('psql', ['--version']).status === 0
describe('while it serves', { skip: psql ? false : 'psql is not installed' }, () => {
  test('a session of psql reads the views, cannot write, and ends with the server', async () => {
    const server = workspace.start('corpus', 'sql', '--serve', '--json')
    const { stdout } = server
    assert.ok(stdout)
    const [line]: string[] = await once(createInterface(stdout), 'line')
    const { conninfo }: { readonly conninfo: string } = JSON.parse(line ?? '')
    const run = (statement: string) =>
      spawnSync('psql', ['-X', '-A', '-t', '-c', statement, conninfo], { encoding: 'utf8' })
    assert.equal(run("select count(*) from documents where dataset = 'all' and version = 1").stdout, '27\n')
    assert.match(run('\\d+ corpus.documents').stdout, /Bytes of the text, in UTF-8/)
    assert.match(run('delete from malmoi.member').stderr, /read-only transaction/)
    server.kill('SIGINT')
    const [code] = await once(server, 'close')
    assert.equal(code, 0)
    assert.notEqual(run('select 1').status, 0)
  })
})
