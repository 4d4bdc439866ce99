import assert from 'node:assert/strict'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { extractPayload } from '../../../crawler/extract/payload.ts'
import { payloadOf } from '../../../crawler/warc/record.ts'
import { pageUrl } from '../../../crawler/wiki/pages.ts'
import { UsageError } from '../../../pipeline/contract.ts'
import type { WebSource } from '../../../pipeline/crawl-contract.ts'
import { type Crawling, openCrawling, TOMORROW, TONIGHT } from '../../support/crawling.ts'
import { type Answer, answer, startSite } from '../../support/local-site.ts'
import { withoutData } from '../../support/shared-data.ts'
import { webSource } from '../../support/sources.ts'

const THIRD = '2026-03-03'
const base = 'https://ko.wiki.example/wiki/%EB%8C%80%EB%AC%B8'
let nights: Crawling
let folder: string
before(async () => {
  nights = await openCrawling()
  folder = await mkdtemp(join(tmpdir(), 'malmoi-wiki-'))
})
after(async () => {
  await nights.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => nights.reset())

interface Page {
  readonly title: string
  readonly text: string
  readonly ns?: number
  readonly timestamp?: string
  readonly redirect?: string
}

function dumpOf(pages: readonly Page[]): string {
  const page = ({ title, text, ns = 0, timestamp = '2026-02-01T00:00:00Z', redirect }: Page, id: number) => `
    <page><title>${title}</title><ns>${ns}</ns><id>${id + 1}</id>${redirect === undefined ? '' : `<redirect title="${redirect}"/>`}
      <revision><id>${id + 1}</id><timestamp>${timestamp}</timestamp><model>wikitext</model><format>text/x-wiki</format>
      <text xml:space="preserve">${text}</text></revision></page>`
  return `<mediawiki version="0.11" xml:lang="ko"><siteinfo><base>${base}</base></siteinfo>${pages.map(page).join('')}</mediawiki>`
}

const wiki = (given: Partial<WebSource>): WebSource => webSource({ name: 'kowiki', kind: 'wiki', start: [], ...given })

async function dump(pages: readonly Page[]): Promise<string> {
  const path = join(folder, 'pages.xml')
  await writeFile(path, dumpOf(pages))
  return path
}

/** What extraction reads of a page. */
async function textAt(title: string, night = TONIGHT) {
  const { member } = await nights.find(encodeURI(title), night)
  const { payload, contentType } = await payloadOf(member ?? new Uint8Array())
  return extractPayload(payload, contentType, '')
}

const article = (text = "'''말모이'''는 [[사전]]이다. 원고는 {{nowrap|240 장}}이 남았다."): Page => ({
  title: '말모이',
  text,
})

test('articles of a dump become documents under their own addresses, the rest is refused with its reason', async () => {
  const pages = [
    article(),
    { title: '말 모이', text: '#넘겨주기 [[말모이]]', redirect: '말모이' },
    { title: '토론:말모이', text: '이야기', ns: 1 },
  ]
  const tally = await nights.crawl(wiki({ dump: await dump(pages) }))
  assert.deepEqual([tally.new, tally.refused], [1, 2])
  assert.equal((await nights.find(encodeURI('/wiki/말_모이'))).reason, 'a redirect to 말모이')
  assert.equal((await nights.find(encodeURI('토론:말모이'))).reason, "namespace 1 is not among the source's")
  const { text, title, lang, published } = await textAt('/wiki/말모이')
  assert.deepEqual(
    [text, title, lang, published],
    ['말모이는 사전이다. 원고는 240 장이 남았다.', '말모이', 'ko', '2026-02-01T00:00:00Z'],
  )
})

test('a newer dump changes what changed, an older one nothing, and a complete one tells what is gone', async () => {
  const gone = { title: '사라질 글', text: '글' }
  await nights.crawl(wiki({ dump: await dump([article(), gone]) }))
  const newer = { ...article('고친 글'), timestamp: '2026-02-20T00:00:00Z' }
  const second = await nights.crawl(wiki({ dump: await dump([newer]), snapshot: true }), { night: TOMORROW })
  assert.deepEqual([second.changed, second.gone], [1, 1])
  const third = await nights.crawl(wiki({ dump: await dump([article('옛 글')]) }), { night: THIRD })
  assert.deepEqual([third.changed, third.refused], [0, 1])
  assert.match(
    (await nights.find(encodeURI('/wiki/말모이'), THIRD)).reason ?? '',
    /^older than the revision that is known, of 2026-02-20/,
  )
})

test('a dump that is as it was is passed over', async () => {
  const source = wiki({ dump: await dump([article()]) })
  await nights.crawl(source)
  assert.deepEqual([(await nights.crawl(source, { night: TOMORROW })).unchanged], [1])
  await utimes(join(folder, 'pages.xml'), new Date(), new Date())
  const third = await nights.crawl(source, { night: THIRD })
  assert.deepEqual([third.fetched, third.unchanged], [1, 1])
})

test('addresses of pages are those the wiki itself links to', () => {
  assert.equal(pageUrl(base, '말모이'), 'https://ko.wiki.example/wiki/%EB%A7%90%EB%AA%A8%EC%9D%B4')
  assert.equal(pageUrl(base, 'AC/DC (밴드)'), 'https://ko.wiki.example/wiki/AC/DC_(%EB%B0%B4%EB%93%9C)')
  assert.equal(
    pageUrl(base, '2001: 스페이스'),
    'https://ko.wiki.example/wiki/2001:_%EC%8A%A4%ED%8E%98%EC%9D%B4%EC%8A%A4',
  )
  assert.equal(pageUrl(base, 'C&A?'), 'https://ko.wiki.example/wiki/C%26A%3F')
  assert.equal(pageUrl(null, '말모이'), null)
})

/** A wiki's API: what changed, and the texts of its pages; `lag` refuses the first request. */
function api(
  changes: readonly { readonly title: string; readonly timestamp: string }[],
  texts: Readonly<Record<string, string>>,
  options: { readonly robots?: string } = {},
) {
  const asked: URLSearchParams[] = []
  let lag = true
  const respond: Answer = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://wiki')
    if (url.pathname === '/robots.txt' && options.robots !== undefined)
      return answer(200, 'text/plain', options.robots)(request, response)
    if (url.pathname !== '/w/api.php') return void response.writeHead(404).end()
    const query = url.searchParams
    asked.push(query)
    const json = (body: object) => answer(200, 'application/json', JSON.stringify(body))(request, response)
    if (query.get('meta') === 'siteinfo') return json({ query: { general: { base, lang: 'ko' } } })
    if (query.get('list') === 'recentchanges') {
      if (lag) {
        lag = false
        return answer(200, 'application/json', '{"error":{"code":"maxlag"}}', { 'retry-after': '0' })(request, response)
      }
      const from = Number(query.get('rccontinue') ?? 0)
      const since = query.get('rcstart') ?? ''
      const due = changes.filter(({ timestamp }) => timestamp >= since)
      const more = from + 2 < due.length ? { continue: { rccontinue: String(from + 2) } } : {}
      return json({ ...more, query: { recentchanges: due.slice(from, from + 2) } })
    }
    const pages = (query.get('titles') ?? '').split('|').map((title) => {
      const text = texts[title]
      if (text === undefined) return { title, missing: true }
      const revision = { timestamp: changes.find((change) => change.title === title)?.timestamp }
      return {
        ...{ title, ns: 0, pageid: 7 },
        revisions: [{ ...revision, slots: { main: { content: text, contentmodel: 'wikitext' } } }],
      }
    })
    json({ query: { pages } })
  }
  return { asked, start: () => startSite({ '*': respond }) }
}

test('the API tells what changed since the dump: texts, new pages, deletions; and the night after, since then', async () => {
  const changes = [
    { title: '말모이', timestamp: '2026-02-27T01:00:00Z' },
    { title: '새 글', timestamp: '2026-02-27T02:00:00Z' },
    { title: '지운 글', timestamp: '2026-02-27T03:00:00Z' },
  ]
  const { asked, start } = api(changes, { 말모이: '고친 글', '새 글': '새 글이다' })
  const site = await start()
  try {
    const path = await dump([article(), { title: '지운 글', text: '글' }])
    await nights.crawl(wiki({ dump: path }))
    const source = wiki({ dump: path, api: { url: `${site.origin}/w/api.php`, terms: null } })
    const tally = await nights.crawl(source, { night: TOMORROW })
    assert.deepEqual([tally.changed, tally.new, tally.gone], [1, 1, 1])
    assert.equal((await textAt('/wiki/말모이', TOMORROW)).text, '고친 글')
    assert.equal((await nights.find(encodeURI('/wiki/지운_글'), TOMORROW)).status, 410)
    const first = asked.find((query) => query.get('list') === 'recentchanges')
    assert.equal(first?.get('rcstart'), '2026-02-01T00:00:00Z', 'since the newest revision of the dump')
    assert.equal(first?.get('maxlag'), '5')
    asked.length = 0
    const third = await nights.crawl(source, { night: THIRD })
    assert.equal(asked.find((query) => query.get('list') === 'recentchanges')?.get('rcstart'), '2026-02-27T03:00:00Z')
    assert.deepEqual([third.changed, third.new], [0, 0])
    const exchanges = await nights.connection.db.selectFrom('exchange').select('reason').execute()
    assert.ok(exchanges.some(({ reason }) => reason === 'API: recent changes'))
  } finally {
    await site.close()
  }
})

test('an API that robots.txt closes is asked only where its terms invite programs', async () => {
  const changes = [{ title: '말모이', timestamp: '2026-03-01T12:00:00Z' }]
  const { start } = api(changes, { 말모이: '글' }, { robots: 'User-agent: *\nDisallow: /w/' })
  const site = await start()
  try {
    const url = `${site.origin}/w/api.php`
    await assert.rejects(nights.crawl(wiki({ api: { url, terms: null } })), /robots\.txt: Disallow: \/w\//)
    const terms = 'https://wiki.example/API:Etiquette'
    assert.equal((await nights.crawl(wiki({ api: { url, terms } }), { night: TOMORROW })).new, 1)
    assert.equal(
      (await nights.find(encodeURI('/wiki/말모이'), TOMORROW)).robotsRule,
      `the API, by the terms at ${terms}`,
    )
  } finally {
    await site.close()
  }
})

test('a wiki is crawled as pages, or by dump and API, not both', async () => {
  await assert.rejects(nights.crawl(wiki({ start: ['http://127.0.0.1:1/'], dump: '/x.xml' })), UsageError)
})

test('the dumps at hand are read: compressed, in UTF-16, without a head', { skip: withoutData }, async () => {
  const path = fileURLToPath(new URL('../../../../shared/data/wiki/', import.meta.url))
  for (const name of ['kowiki-sample-abridged.xml', 'bgwiki-shortened.xml.bz2', 'enwiki-table-markup.xml.bz2']) {
    await nights.reset()
    const tally = await nights.crawl(wiki({ dump: join(path, name) }))
    assert.ok(tally.new > 0, `${name}: ${tally.new} articles`)
  }
})
