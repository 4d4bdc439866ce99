/** Adding a source: the config keeps its own lines, and is never left with a source it cannot load. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { withSource } from '../../cli/config-edit.ts'
import { UsageError } from '../../pipeline/contract.ts'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'

const CONFIG = `import { defineConfig } from 'malmoi'

// Of the newsroom.
export default defineConfig({
  userAgent: { name: 'newsroom-bot', contact: 'https://newsroom.example/bot' },
  sources: [
    { name: 'hani', kind: 'news', start: ['https://news.example/rss'], licence: 'by agreement' }, // the first
  ],
})
`
const added = { name: 'talk', kind: 'files', path: 'talk.jsonl', licence: "someone's", snapshot: true }

let workspace: TestWorkspace
before(() => {
  workspace = createWorkspace()
})
after(() => workspace.remove())

const configOf = () => readFileSync(join(workspace.folder, 'malmoi.config.ts'), 'utf8')

test('a source is added behind the others, and every other line stays', () => {
  const text = withSource(CONFIG, added)
  const line = "    { name: 'talk', kind: 'files', path: 'talk.jsonl', licence: 'someone\\'s', snapshot: true },\n"
  assert.equal(text, CONFIG.replace('// the first\n', `// the first\n${line}`))
})

test('a list is found wherever the config has it', () => {
  const cases = [
    ['export default { sources: [] }', "{ name: 'a' },"],
    ['export default {\n  sources: [\n  ],\n}', "    { name: 'a' },"],
    ["const config = { sources: [{ name: 'b' }] } as const\nexport default config", "{ name: 'b' },\n"],
    ["const sources: object[] = [{ name: 'b' }]\nexport default defineConfig({ sources })", "{ name: 'b' },\n"],
    ["export default { 'sources': [{ name: 'b' },] }", "{ name: 'b' },\n"],
  ] as const
  for (const [text, expected] of cases) {
    const after = withSource(text, { name: 'a' })
    assert.ok(after.includes(expected), after)
    assert.equal(after.match(/name: 'a'/g)?.length, 1, after)
  }
})

test('a list that is computed is left to its author, with the lines to write', () => {
  assert.throws(
    () => withSource('export default { sources: readSources() }', { name: 'a' }),
    (error) => error instanceof UsageError && error.message.includes("{ name: 'a' }"),
  )
})

test('source add writes what the options say; source list shows it', async () => {
  writeFileSync(join(workspace.folder, 'malmoi.config.ts'), CONFIG)
  const dump = ['source', 'add', 'kowiki', 'kowiki.xml.bz2', '--licence', 'CC-BY-SA-4.0', '--schedule', '0 4 * * 0']
  const [shown] = await workspace.json<{ written: boolean; source: object }>(...dump, '--dry-run')
  const source = {
    name: 'kowiki',
    kind: 'wiki',
    dump: 'kowiki.xml.bz2',
    licence: 'CC-BY-SA-4.0',
    schedule: '0 4 * * 0',
  }
  assert.deepEqual([shown?.written, shown?.source], [false, source])
  assert.equal(configOf(), CONFIG, 'a dry run writes nothing')
  await workspace.json(...dump)
  const listed = await workspace.json<{ name: string; kind: string }>('source', 'list')
  assert.deepEqual(
    listed.map(({ name, kind }) => [name, kind]),
    [
      ['hani', 'news'],
      ['kowiki', 'wiki'],
    ],
  )
})

test('what is wrong is named, and the config stays as it was', async () => {
  const before = configOf()
  const cases = [
    [['hani', 'https://other.example/', '--licence', 'MIT'], /hani/],
    [['bad', 'https://other.example/', '--licence', 'MIT', '--schedule', 'every night'], /schedule/],
    [['bad', 'https://other.example/', '--licence', 'MIT', '--kind', 'blog'], /--kind blog/],
    [['bad', 'https://other.example/'], /--licence is missing/],
    [['bad', 'one.jsonl', 'two.jsonl', '--licence', 'MIT'], /one path/],
  ] as const
  for (const [args, message] of cases) {
    const outcome = await workspace.run('source', 'add', ...args)
    assert.equal(outcome.code, 2, outcome.stderr)
    assert.match(outcome.stderr, message)
  }
  assert.equal(configOf(), before)
  assert.deepEqual(
    readdirSync(workspace.folder).filter((name) => name.includes('config')),
    ['malmoi.config.ts'],
  )
})
