/** A takedown on a real documentation site: a page's own sentence is found before in every form, and nowhere after. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Places } from '../store/takedown/request.ts'
import { createWorkspace, type TestWorkspace } from './support/command.ts'
import { scanForText } from './support/scan.ts'
import { documentationSite, withoutData } from './support/shared-data.ts'
import { type Site, serve } from './support/web.ts'

describe('a takedown on a real site', { skip: withoutData }, () => {
  let site: Site
  let workspace: TestWorkspace
  const inside = () => join(workspace.folder, '.malmoi')

  before(async () => {
    site = await serve(documentationSite)
    workspace = createWorkspace()
    workspace.configure({
      sources: [
        {
          ...{ name: 'docs', kind: 'news', start: [`${site.origin}/index.html`], licence: 'BSD-3-Clause' },
          ...{ delayMs: 0, allowPrivate: true },
        },
      ],
      datasets: { real: { tokenizer: { algorithm: 'bpe', vocabSize: 4000 } } },
    })
    await workspace.json('run', 'trainingSet', '--night', '2026-11-01')
  })

  after(async () => {
    await Promise.all([site.close(), workspace.remove()])
  })

  test('no file holds the page any more, and the version that had it is still whole', async () => {
    const { url, sentence } = await ownSentence(site, workspace)
    const forms = new Set((await scanForText(inside(), sentence)).map(({ form }) => form))
    for (const form of ['record', 'zstd', 'tokens'] as const) assert.ok(forms.has(form), `${form} of ${sentence}`)
    const dry = await takedown(url, '--dry-run')
    const done = await takedown(url, '--yes')
    assert.deepEqual(done, dry)
    assert.ok(done.documents.some((document) => document.url === url))
    assert.deepEqual(await scanForText(inside(), sentence), [])
    const [built] = await workspace.json<{ readonly executed: readonly object[] }>('build', 'real@1')
    assert.deepEqual(built?.executed, [])
    const asked = site.log.length
    await workspace.json('run', 'trainingSet', '--night', '2026-11-02')
    assert.ok(!site.log.slice(asked).some(({ path }) => `${site.origin}${encodeURI(path)}` === url))
    assert.deepEqual(await scanForText(inside(), sentence), [])
  })

  async function takedown(url: string, how: string): Promise<Places> {
    const [report] = await workspace.json<{ readonly places: Places }>(
      ...['corpus', 'takedown', url, '--reason', '시험', how],
    )
    assert.ok(report)
    return report.places
  }
})

/** A page of the corpus and a sentence that stands, as it is, in its HTML and in no other page's. */
async function ownSentence(
  site: Site,
  workspace: TestWorkspace,
): Promise<{ readonly url: string; readonly sentence: string }> {
  const pages = [...site.pages.values()].map(({ body }) => String(body))
  for (const { url, text } of await workspace.json<{ readonly url: string; readonly text: string }>(
    'corpus',
    'query',
  )) {
    for (const line of text.split('\n')) {
      const sentence = /^[가-힣 ]{24,60}/.exec(line)?.[0].trim()
      if (sentence && sentence.length >= 24 && pages.filter((body) => body.includes(sentence)).length === 1)
        return { url, sentence }
    }
  }
  throw new Error('no page of the site has a sentence of its own')
}
