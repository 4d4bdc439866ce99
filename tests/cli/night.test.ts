/** What a night left behind, as people ask for it: by host and reason, by address, as text, and what honoured deletions do. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { type Answer, answer, links, page, type Site, startSite } from '../support/local-site.ts'
import { prose } from '../support/prose.ts'

const NIGHTS = ['2026-11-01', '2026-11-02'] as const
const gone = new Set<string>()

const article = (number: number): Answer => {
  return page(`<article><h1>소식 ${number}</h1><p>${prose(number, 12).join(' ')}</p></article>`)
}
const endless = links(...Array.from({ length: 9 }, (_, index) => `/search?q=${index}`))
const answers: Readonly<Record<string, Answer>> = {
  '/': page(links('/1', '/2', '/3', '/secret', '/missing', '/login', '/broken') + endless),
  '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /secret\n'),
  '/1': article(1),
  '/2': article(2),
  '/3': article(3),
  '/broken': answer(200, 'text/html; charset=utf-8', Buffer.from(`<p>${'가나다'.repeat(50)}\xff\xfe</p>`, 'latin1')),
  '/search': page('찾기'),
  '*': (request, response) =>
    (request.url?.startsWith('/search') ? page('찾기') : answer(404, 'text/html', '없음'))(request, response),
}

let workspace: TestWorkspace
let site: Site
before(async () => {
  site = await startSite({
    ...answers,
    '/3': (request, response) => (gone.has('/3') ? answer(410, 'text/html', '내림') : article(3))(request, response),
  })
  workspace = createWorkspace()
  workspace.configure({
    sources: [
      {
        name: 'town',
        kind: 'news',
        start: [`${site.origin}/`],
        licence: 'CC0-1.0',
        delayMs: 0,
        allowPrivate: true,
        exclude: ['/login'],
        maxVariants: 5,
        deletions: 'honour',
      },
    ],
    datasets: { town: { tokenizer: { vocabSize: 'auto' } } },
  })
  await workspace.json('crawl', '--night', NIGHTS[0])
})
after(async () => {
  await workspace.remove()
  await site.close()
})

test('a night is told by host and by reason', async () => {
  interface Report {
    readonly hosts: readonly { readonly host: string; readonly new: number; readonly robots: number }[]
    readonly reasons: readonly { readonly state: string; readonly reason: string; readonly urls: number }[]
  }
  const [report] = await workspace.json<Report>('status', `town@${NIGHTS[0]}`)
  const [host] = report?.hosts ?? []
  assert.deepEqual([host?.host, host?.robots], [site.host, 1])
  const reasons = (report?.reasons ?? []).map(({ state, reason, urls }) => `${state} ${urls} ${reason}`)
  assert.ok(
    reasons.some((line) => /^refused 1 .*robots\.txt/.test(line)),
    reasons.join('\n'),
  )
  assert.ok(
    reasons.some((line) => /^omitted 4 trap: more than 5 addresses of one form/.test(line)),
    reasons.join('\n'),
  )
  const unknown = await workspace.run('status', 'town@2020-01-01')
  assert.equal(unknown.code, 1)
  assert.match(unknown.stderr, /town@2020-01-01|2020-01-01/)
})

test('why tells of every address what became of it, or what keeps it out', async () => {
  const why = async (path: string) => await workspace.run('why', `${site.origin}${path}`)
  assert.match((await why('/1')).stdout, /new {2}HTTP 200/)
  assert.match((await why('/secret')).stdout, /refused, .*robots\.txt.*\[.*Disallow: \/secret.*\]/i)
  assert.match((await why('/missing')).stdout, /HTTP 404/)
  for (const [path, reason] of [
    ['/login', /source town: excluded by .*\/login/],
    ['/search?q=99', /source town, 2026-11-01: trap: more than 5 addresses of one form/],
    ['/nowhere', /source town would take it in, but no page that was fetched links to it/],
  ] as const) {
    const outcome = await why(path)
    assert.equal(outcome.code, 1)
    assert.match(outcome.stderr, reason, path)
  }
})

test('a page taken down is honoured: the next version is without it, and says so', async () => {
  await workspace.json('run', '--night', NIGHTS[0])
  gone.add('/3')
  await workspace.json('run', '--night', NIGHTS[1])
  const diff = await workspace.json<{ url: string; change: string; cause: string }>(
    'corpus',
    'diff',
    'town@1',
    'town@2',
  )
  assert.deepEqual(
    diff.map(({ url, change, cause }) => [url, change, cause]),
    [[`${site.origin}/3`, 'removed', 'gone']],
  )
  const kept = await workspace.json<{ url: string }>('corpus', 'query', '--dataset', 'town', '--version', '2')
  assert.deepEqual(kept.map(({ url }) => url).toSorted(), [`${site.origin}/1`, `${site.origin}/2`])
  const { stdout } = await workspace.run('why', `${site.origin}/3`)
  assert.match(stdout, /gone {2}HTTP 410.*in town@1\n.*rejected: withdrawn/s)
})

test('bytes in no encoding are kept as bytes, and rejected as text', async () => {
  const { stdout } = await workspace.run('why', `${site.origin}/broken`)
  assert.match(stdout, /new {2}HTTP 200.*rejected: mojibake_frac/s)
})

test('the pages of a night are extracted again without the network', async () => {
  await site.close()
  const lines = await workspace.json<{ url: string; text: string }>('extract', '--captures', `town@${NIGHTS[0]}`)
  const first = lines.find(({ url }) => url.endsWith('/1'))
  assert.ok(first?.text?.includes(prose(1, 12).at(-1)!))
})
