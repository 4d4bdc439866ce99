/** Claims about the demo site: what it holds, that its links answer, that it is served as real sites are. */
import assert from 'node:assert/strict'
import { get, type IncomingHttpHeaders } from 'node:http'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { load } from 'cheerio'
import { Parser } from 'htmlparser2'
import iconv from 'iconv-lite'
import { articleFolder, parseArticle, readArticles } from '../../demo/articles.ts'
import { demoConfig } from '../../demo/demo-config.ts'
import { planted } from '../../demo/planted.ts'
import { type ServedSite, serveSite } from '../../demo/server.ts'
import { buildSite } from '../../demo/site.ts'
import { articlePath } from '../../demo/templates.ts'
import { FailedError } from '../../pipeline/contract.ts'

const origin = 'http://127.0.0.1:18080'
const articles = readArticles(articleFolder)
const site = buildSite(origin, articles)
const textOf = (path: string): string => {
  const page = site.get(path)
  assert(page, `the site has no ${path}`)
  return page.body.toString('utf8')
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

let served: ServedSite
const asked: string[] = []
before(async () => {
  served = await serveSite({ port: 0, log: (method, path) => asked.push(`${method} ${path}`) })
})
after(() => served.close())

/** fetch would decompress and follow by itself; these tests look at what is on the wire. */
function request(path: string, headers: { readonly [name: string]: string } = {}, method = 'GET'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  get(new URL(path, served.url), { headers, method }, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
    )
  }).on('error', reject)
  return promise
}

test('there are 52 articles of 1 to 3 KB in two sections, each with its own address', () => {
  assert.equal(articles.length, 52)
  for (const article of articles) {
    const text = article.blocks.map((block) => ('text' in block ? block.text : JSON.stringify(block))).join('\n\n')
    const bytes = Buffer.byteLength(text)
    assert(bytes >= 1024 && bytes <= 3072, `${article.id} has ${bytes} bytes`)
    assert.equal(text, text.normalize('NFC'))
    assert.match(article.published, /^2026-\d\d-\d\d$/)
  }
  assert.equal(articles.filter((article) => article.section === '소식').length, 25)
  assert.equal(articles.filter((article) => article.section === '사전').length, 27)
  assert.equal(new Set(articles.map(articlePath)).size, 52)
})

test('an article without a field or with an unknown section is refused by name', () => {
  assert.throws(() => parseArticle('no front matter', 'x.md'), FailedError)
  assert.throws(() => parseArticle('---\nid: x\nsection: 소식\n---\n\nbody', 'x.md'), /x\.md has no title/)
  assert.throws(() => parseArticle('---\nid: x\nsection: 잡담\n---\n\nbody', 'x.md'), /x\.md has section 잡담/)
})

test('every article stands in its page, whole and in order, in the template of its section', () => {
  for (const article of articles) {
    const $ = load(textOf(articlePath(article)))
    const body = $(article.section === '소식' ? '.article-body' : '.entry-content')
    const paragraphs = body.find('p').toArray()
    assert.deepEqual(
      paragraphs.map((element) => $(element).text()),
      article.blocks.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : [])),
    )
    assert.equal($('main h1').text(), article.title)
    assert.equal($('meta[property="og:title"]').attr('content'), article.title)
    const data: unknown = JSON.parse($('script[type="application/ld+json"]').text())
    assert(typeof data === 'object' && data !== null && 'headline' in data && data.headline === article.title)
  }
})

test('three copies repeat an article word for word, and a near copy adds one paragraph', () => {
  const paragraphs = (path: string, where: string) => {
    const $ = load(textOf(path))
    return $(where)
      .find('p, h2, li, td')
      .toArray()
      .map((element) => $(element).text())
  }
  const home = (id: string): string => {
    const article = articles.find((candidate) => candidate.id === id)
    assert(article)
    return articlePath(article)
  }
  assert.equal(Object.keys(planted.copies).length, 3)
  for (const [path, id] of Object.entries(planted.copies)) {
    assert.deepEqual(paragraphs(path, '.article-body'), paragraphs(home(id), '.article-body, .entry-content'))
  }
  const near = paragraphs(planted.nearCopy.path, '.article-body')
  assert.deepEqual(near.slice(0, -1), paragraphs(home(planted.nearCopy.of), '.article-body'))
})

test('the planted pages have the faults they are planted for', () => {
  const main = (path: string) => load(textOf(path))('main').text()
  assert(main(planted.empty).trim().length < 40)
  assert.doesNotMatch(main(planted.english), /\p{Script=Hangul}/u)
  assert.doesNotMatch(main(planted.mojibake), /\p{Script=Hangul}/u)
  const repaired = iconv.encode(main(planted.mojibake), 'windows-1252').toString('utf8')
  assert.match(repaired, /여울천을 따라 2\.4킬로미터/)
  const lines = load(textOf(planted.repeated))('main p')
    .toArray()
    .map((element) => load(element).text())
  assert.deepEqual([lines.length, new Set(lines).size], [50, 1])
  assert.doesNotMatch(main(planted.noise), /다\./)
})

test('the EUC-KR page is whole, and only its meta element says so', () => {
  const page = site.get(planted.eucKr)
  assert(page)
  assert.equal(page.contentType, 'text/html')
  const text = iconv.decode(page.body, 'euc-kr')
  assert.match(text, /charset=euc-kr/)
  assert.match(text, /솔여울에 기차가 서던 때가 있었다\./)
  assert.doesNotMatch(text, /[?�]/, 'a character did not fit the encoding')
})

test('every internal link answers but the planted one, and every page is linked from another', async () => {
  const seen = new Set<string>(['/'])
  const missing: string[] = []
  for (const path of seen) {
    const { status, headers, body } = await request(path)
    if (status === 404) missing.push(path)
    else assert(status === 200 || status === 301, `${path} answers ${status}`)
    const links = headers.location === undefined ? [] : [headers.location]
    if (headers['content-type']?.startsWith('text/html')) {
      const $ = load(body)
      for (const element of $('[href], [src]').toArray()) {
        links.push($(element).attr('href') ?? $(element).attr('src') ?? '')
      }
    }
    for (const link of links) {
      const url = new URL(link, new URL(path, served.url))
      if (url.origin === new URL(served.url).origin) seen.add(url.pathname + url.search)
    }
  }
  assert.deepEqual(missing, [planted.missing])
  const unreached = [...site.keys()].filter((path) => !seen.has(path))
  assert.deepEqual(unreached.sort(), ['/robots.txt', '/sitemap.xml'])
  assert(asked.includes('GET /'))
})

test('robots.txt forbids what is planted as forbidden, and names the sitemap', () => {
  const robots = textOf('/robots.txt')
  const rules = [...robots.matchAll(/^Disallow: (.*)$/gm)].map((match) => match[1] ?? '')
  for (const path of planted.disallowed) assert(rules.some((rule) => path.startsWith(rule)))
  for (const article of articles) assert(!rules.some((rule) => articlePath(article).startsWith(rule)))
  assert.match(robots, /^Sitemap: http:\/\/127\.0\.0\.1:18080\/sitemap\.xml$/m)
})

test('sitemap and feed are well-formed XML, and name pages the site has', () => {
  assert.deepEqual(
    addresses('/sitemap.xml', 'loc').toSorted(),
    ['/', '/news', '/dict', ...articles.map(articlePath)].toSorted(),
  )
  const items = addresses('/rss.xml', 'guid')
  assert.equal(items.length, 20)
  assert(items.every((path) => site.has(path)))
})

/** Paths inside elements `name`; fails where elements do not nest and close as written (htmlparser2 only repairs). */
function addresses(path: string, name: string): readonly string[] {
  const found: string[] = []
  const open: string[] = []
  const parser = new Parser(
    {
      onopentag: (tag) => void open.push(tag),
      onclosetag: (tag, implied) => {
        assert.equal(implied, false, `${path}: ${tag} is not closed as written`)
        assert.equal(open.pop(), tag)
      },
      ontext: (text) => {
        if (open.at(-1) === name) found.push(text.replace(origin, ''))
      },
    },
    { xmlMode: true },
  )
  const text = textOf(path)
  assert.match(text, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/)
  assert.doesNotMatch(text, /&(?!(?:amp|lt|gt|quot|apos);)/)
  parser.end(text)
  assert.deepEqual(open, [])
  return found
}

test('the same origin gives the same bytes, and another origin only changes the origin', () => {
  const again = buildSite(origin)
  assert.deepEqual([...again], [...site])
  const other = buildSite('http://127.0.0.1:9')
  for (const [path, page] of site) {
    const text = page.body.toString('latin1')
    assert.equal(other.get(path)?.body.toString('latin1'), text.replaceAll(origin, 'http://127.0.0.1:9'))
  }
})

test('a page asked for again with its validators answers 304 without a body', async () => {
  const first = await request('/news')
  const { etag = '', 'last-modified': lastModified = '' } = first.headers
  for (const headers of [
    { 'if-none-match': etag },
    { 'if-none-match': `"other", ${etag}` },
    { 'if-modified-since': lastModified },
  ]) {
    const second = await request('/news', headers)
    assert.equal(second.status, 304)
    assert.equal(second.headers.etag, etag)
    assert.equal(second.body.length, 0)
  }
  const stale = { 'if-none-match': '"other"', 'if-modified-since': lastModified }
  assert.equal((await request('/news', stale)).status, 200)
  assert.equal((await request('/news', { 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' })).status, 200)
})

test('a page is compressed for whoever accepts gzip, and for nobody else', async () => {
  const plain = await request('/dict')
  assert.equal(plain.headers['content-encoding'], undefined)
  const zipped = await request('/dict', { 'accept-encoding': 'br, gzip;q=0.8' })
  assert.equal(zipped.headers['content-encoding'], 'gzip')
  assert.deepEqual(gunzipSync(zipped.body), plain.body)
  assert.equal((await request('/dict', { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'], undefined)
})

test('the redirect leads to its article, HEAD has no body, other methods are refused', async () => {
  const moved = await request(planted.redirect.path)
  assert.equal(moved.status, 301)
  assert.equal((await request(new URL(moved.headers.location ?? '').pathname)).status, 200)
  const head = await request('/', {}, 'HEAD')
  assert.deepEqual([head.status, head.body.length], [200, 0])
  assert(Number(head.headers['content-length']) > 1000)
  assert.equal((await request('/comments', {}, 'POST')).status, 405)
})

test('a wished port that is taken is an error for a person, and closing ends open connections', async () => {
  const first = await serveSite({ port: 0, pages: new Map() })
  const port = Number(new URL(first.url).port)
  await assert.rejects(
    serveSite({ port }),
    (error) => error instanceof FailedError && error.message.includes(`${port}`),
  )
  assert.equal((await fetch(first.url)).status, 404)
  await first.close()
  await assert.rejects(fetch(first.url))
})

test('the demo config names the served home page as its start', () => {
  const config = demoConfig(`${origin}/`)
  assert.deepEqual(config.sources[0].start, [`${origin}/`])
  assert.deepEqual(config.datasets.demo.sources, [config.sources[0].name])
})
