/** The doctor finds what is there and what is not, and changes nothing. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { page, type Site, startSite } from '../support/local-site.ts'

interface Examination {
  readonly ok: boolean
  readonly checks: readonly { readonly what: string; readonly state: string; readonly found: string }[]
}

let site: Site
let workspace: TestWorkspace
before(async () => {
  site = await startSite({ '*': page('글') })
  workspace = createWorkspace()
  const source = (name: string, start: string) => ({
    name,
    kind: 'news',
    start: [start],
    licence: 'X',
    allowPrivate: true,
  })
  workspace.configure({ sources: [source('here', `${site.origin}/`), source('nowhere', 'http://127.0.0.1:1/')] })
})
after(async () => {
  await site.close()
  await workspace.remove()
})

test('what is needed is there; a host that does not answer is named, and asked for its robots.txt alone', async () => {
  const [{ ok, checks } = { ok: false, checks: [] }] = await workspace.json<Examination>('doctor')
  assert.equal(ok, true)
  const stateOf = (what: string) => checks.filter((check) => check.what === what).map(({ state }) => state)
  for (const what of ['node', 'config', 'clock', 'onnxruntime-node']) assert.deepEqual(stateOf(what), ['ok'], what)
  // This machine may hold the databases of other workspaces, whose folders are gone.
  const database = checks.find(({ what }) => what === 'database')
  assert.match(`${database?.state} ${database?.found}`, /^ok PostgreSQL|^warning PostgreSQL.*; left behind: /)
  assert.deepEqual(stateOf('network').toSorted(), ['ok', 'warning'])
  assert.match(checks.find(({ state, what }) => what === 'network' && state === 'warning')?.found ?? '', /^nowhere: /)
  assert.deepEqual(site.paths(), ['/robots.txt'])
})

test('a database that does not answer is missing: exit code 1, with the reason', async () => {
  const other = createWorkspace({ DATABASE_URL: 'postgres://127.0.0.1:1/nothing' })
  const { code, stdout } = await other.run('doctor', '--offline', '--json')
  await other.remove()
  assert.equal(code, 1)
  const { ok, checks }: Examination = JSON.parse(stdout)
  assert.equal(ok, false)
  assert.equal(checks.find(({ what }) => what === 'database')?.state, 'missing')
  assert.equal(checks.find(({ what }) => what === 'config')?.state, 'warning', 'an empty folder has no config')
})
