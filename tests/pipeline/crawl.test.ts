/** Nights that were cut off: nothing that was captured is ever lost to the corpus. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { serveDemo } from '../kill.ts'
import { createWorkspace } from '../support/command.ts'

test('a night that was killed and never gone on with still gives its pages to the next', async () => {
  const site = await serveDemo()
  const workspace = createWorkspace()
  try {
    const config = {
      name: 'maeul',
      kind: 'news',
      start: [`${site.origin}/`],
      licence: 'CC0-1.0',
      delayMs: 0,
      allowPrivate: true,
    }
    workspace.configure({ sources: [config] })
    const child = workspace.start('crawl', '--night', '2026-11-01')
    while (site.log.length < 25) await sleep(2)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    const asked = site.log.length
    const [outcome] = await workspace.json<{ version: string }>('run', 'snapshot', '--night', '2026-11-02')
    assert.equal(outcome?.version, 'all@1')
    const again = site.log.slice(asked).filter(({ status }) => status === 304)
    assert.ok(again.length > 0, 'pages of the first night were asked for with validators')
    const documents = await workspace.json<{ url: string }>('corpus', 'query')
    const undisturbed = createWorkspace()
    undisturbed.configure({ sources: [config] })
    await undisturbed.json('run', 'snapshot', '--night', '2026-11-02')
    const expected = await undisturbed.json<{ text: string }>('corpus', 'query')
    await undisturbed.remove()
    assert.equal(documents.length, expected.length)
  } finally {
    await workspace.remove()
    await site.close()
  }
})
