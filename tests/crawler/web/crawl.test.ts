import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { readWarcFile } from '../../../crawler/warc/read.ts'
import { payloadOf, readMember } from '../../../crawler/warc/record.ts'
import { FailedError, UsageError } from '../../../pipeline/contract.ts'
import type { WebSource } from '../../../pipeline/crawl-contract.ts'
import {
  type Crawling,
  type NightOptions,
  openCrawling,
  type Settled,
  TOMORROW,
  TONIGHT,
} from '../../support/crawling.ts'
import { type Answer, answer, links, page, type Site, startSite } from '../../support/local-site.ts'
import { webSource } from '../../support/sources.ts'

let nights: Crawling
before(async () => {
  nights = await openCrawling()
})
after(() => nights.close())
beforeEach(() => nights.reset())

const crawl = (source: WebSource, options?: NightOptions) => nights.crawl(source, options)

async function withSite(answers: Readonly<Record<string, Answer>>, use: (site: Site) => Promise<void>): Promise<void> {
  const site = await startSite(answers)
  try {
    await use(site)
  } finally {
    await site.close()
  }
}

function sourceOf(site: Site, given: Partial<WebSource> = {}): WebSource {
  return webSource({ start: [`${site.origin}/`], ...given })
}

async function captured(ending: string, night = TONIGHT): Promise<Settled & { readonly member: Uint8Array }> {
  const found = await nights.find(ending, night)
  assert.ok(found.kind === 'captured' && found.member !== null, `${ending}: ${JSON.stringify(found)}`)
  return { ...found, member: found.member }
}

async function refused(ending: string, night = TONIGHT): Promise<Settled> {
  const found = await nights.find(ending, night)
  assert.equal(found.kind, 'refused', `${ending}: ${found.kind}`)
  return found
}

/** What every host is asked for before its pages. */
const siteFiles = ['/robots.txt', '/.well-known/tdmrep.json']

/** Fifty megabytes in pieces, so that a crawler that reads on would be seen. */
function huge(sent: { bytes: number }): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    const piece = Buffer.alloc(1 << 18, '가')
    const more = (): void => {
      if (response.destroyed || sent.bytes >= 50e6) return void response.end()
      sent.bytes += piece.byteLength
      if (response.write(piece)) setImmediate(more)
      else response.once('drain', more)
    }
    more()
  }
}

/** Answers 304 to the validator it gave. */
function validated(body: string, etag: string): Answer {
  return (request, response) => {
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
    response.writeHead(200, { 'content-type': 'text/html', etag }).end(body)
  }
}

test('a little site is crawled to its end, and every URL says what became of it', async () => {
  const sent = { bytes: 0 }
  let version = '첫'
  const paths = [
    '/moved',
    '/etag',
    '/packed',
    '/missing',
    '/private/1',
    '/huge',
    '/badcharset',
    '/picture',
    '/changes',
    '/kept',
    '/goes',
  ]
  const answers: Record<string, Answer> = {
    '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /private/\nAllow: /kept'),
    '/': page(
      `${links(...paths)} <a href="https://outside.example/x">밖</a> <a rel=nofollow href="/unfollowed">x</a> <a href="/kept?utm_source=a#b">x</a>`,
    ),
    '/moved': (_request, response) => void response.writeHead(301, { location: '/target?fbclid=1' }).end(),
    '/target': page('옮긴 글'),
    '/etag': validated('<p>검증자</p>', '"v1"'),
    '/packed': answer(200, 'text/html', gzipSync(`<a href="/from-packed">x</a>`), { 'content-encoding': 'gzip' }),
    '/from-packed': page('압축된 쪽에서 온 글'),
    '/huge': huge(sent),
    '/badcharset': answer(
      200,
      'text/html; charset=nonsense',
      Buffer.concat([Buffer.from('<a href="/from-bad">'), Buffer.from([0xff, 0xfe, 0xb0])]),
    ),
    '/from-bad': page('깨진 글'),
    '/picture': answer(200, 'image/png', Buffer.alloc(100)),
    '/changes': (request, response) => page(`${version} 판`)(request, response),
    '/kept': page('그대로'),
    '/goes': page('사라질 글'),
  }
  await withSite(answers, async (site) => {
    const progress: number[] = []
    const source = sourceOf(site)
    const tally = await crawl(source, { onProgress: (done) => progress.push(done) })

    // Ten pages and the redirect; sitemap.xml and /missing are not there.
    assert.deepEqual(
      { ...tally, bytes: 0 },
      {
        fetched: 13,
        notModified: 0,
        new: 10,
        changed: 0,
        unchanged: 0,
        gone: 0,
        robots: 1,
        refused: 2,
        failed: 0,
        received: 10,
        bytes: 0,
      },
    )
    assert.ok(sent.bytes < 30e6, `${sent.bytes} bytes of the huge page were sent`)
    assert.equal((await refused('/huge')).reason, 'body larger than 10 MB')
    assert.equal((await refused('/picture')).reason, 'content type image/png is not text')
    const forbidden = await refused('/private/1')
    assert.deepEqual(
      [forbidden.reason, forbidden.robotsRule, forbidden.status],
      ['robots.txt: Disallow: /private/', 'Disallow: /private/', null],
    )
    assert.equal((await captured('/kept')).robotsRule, 'Allow: /kept')
    assert.equal((await captured('/goes')).robotsRule, 'no matching rule')
    assert.equal((await captured('/missing')).payload, null)
    const moved = await captured('/moved')
    assert.deepEqual([moved.status, moved.payload], [301, null])
    assert.equal(String((await payloadOf((await captured('/packed')).member)).payload), '<a href="/from-packed">x</a>')
    for (const path of ['/private/1', '/unfollowed', '/kept?utm_source=a'])
      assert.ok(!site.paths().includes(path), path)
    assert.equal(new Set(site.paths()).size, site.paths().length, 'nothing is asked for twice')
    assert.equal(progress.at(-1), 16)
    assert.match(site.asked[0]?.headers['user-agent'] ?? '', /^malmoi\/[\d.]+$/)
    assert.ok(site.asked.every(({ headers }) => headers.cookie === undefined))

    // The next night: what is the same is referred to, not kept again.
    version = '둘째'
    answers['/goes'] = answer(410, 'text/html', '없다')
    const again = await crawl(source, { night: TOMORROW })
    assert.deepEqual(
      [again.new, again.changed, again.unchanged, again.notModified, again.gone, again.refused, again.robots],
      [0, 1, 7, 1, 1, 2, 1],
    )
    const first = await captured('/etag')
    const unmodified = await captured('/etag', TOMORROW)
    assert.deepEqual([unmodified.status, unmodified.payload, unmodified.etag], [304, first.payload, '"v1"'])
    assert.match(readMember(unmodified.member).headers.get('warc-profile') ?? '', /server-not-modified/)
    const kept = readMember((await captured('/kept', TOMORROW)).member)
    assert.deepEqual([kept.type, kept.headers.get('warc-refers-to')], ['revisit', (await captured('/kept')).recordId])
    assert.notEqual((await captured('/changes', TOMORROW)).payload, (await captured('/changes')).payload)
  })
})

test('sitemaps of robots.txt are followed: an index, its compressed parts, and a feed given as start', async () => {
  await withSite(
    {
      '/robots.txt': (request, response) =>
        answer(200, 'text/plain', `Sitemap: http://${request.headers.host}/index.xml`)(request, response),
      '/index.xml': answer(
        200,
        'application/xml',
        '<sitemapindex><sitemap><loc>/part.xml.gz</loc></sitemap></sitemapindex>',
      ),
      '/part.xml.gz': answer(
        200,
        'application/x-gzip',
        gzipSync('<urlset><url><loc>/news/1</loc></url><url><loc>/other</loc></url></urlset>'),
      ),
      '/rss': answer(
        200,
        'text/xml; charset=euc-kr',
        '<?xml version="1.0" encoding="euc-kr"?><rss><channel><item><link>/news/2</link></item></channel></rss>',
      ),
      '/news/1': page('하나'),
      '/news/2': page('둘'),
    },
    async (site) => {
      const tally = await crawl(sourceOf(site, { start: [`${site.origin}/rss`], include: ['/news/'] }))
      assert.equal(tally.received, 5)
      assert.deepEqual(
        new Set(site.paths()),
        new Set([...siteFiles, '/index.xml', '/part.xml.gz', '/rss', '/news/1', '/news/2']),
      )
    },
  )
})

test('an HTML page in the place of /sitemap.xml or robots.txt is no document', async () => {
  await withSite({ '/robots.txt': page('없음'), '/sitemap.xml': page('없음'), '/': page('글') }, async (site) => {
    const source = sourceOf(site)
    await crawl(source)
    assert.match((await refused('/sitemap.xml')).reason ?? '', /asked for as a sitemap, and is none/)
    assert.deepEqual(
      (await nights.freeze(source)).map(({ key }) => key),
      [`${site.origin}/`],
    )
  })
})

/** Milliseconds between neighbouring requests as the server saw them. */
function gaps(asked: readonly { readonly at: number }[]): readonly number[] {
  return asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0))
}

test('between two requests to a host lies the delay, as the server measures it, robots.txt and sitemaps included', async () => {
  await withSite(
    { '/': page(links('/1', '/2', '/3')), '/1': page('1'), '/2': page('2'), '/3': page('3') },
    async (site) => {
      await crawl(sourceOf(site, { delayMs: 60 }))
      assert.equal(site.asked.length, 7)
      for (const gap of gaps(site.asked)) assert.ok(gap >= 60, `${gap} ms`)
    },
  )
})

test('a longer Crawl-delay counts, and hosts do not wait for each other', async () => {
  const answers = {
    '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /\n\nUser-agent: malmoi\nCrawl-delay: 0.08'),
    '/': page(links('/1', '/2', '/3')),
    '/1': page('1'),
    '/2': page('2'),
    '/3': page('3'),
  }
  await withSite(answers, async (site) => {
    const named = site.origin.replace('127.0.0.1', 'localhost')
    const started = performance.now()
    await crawl(sourceOf(site, { delayMs: 10, start: [`${site.origin}/`, `${named}/`] }))
    const seconds = performance.now() - started
    assert.equal(site.asked.length, 14)
    for (const host of [site.host, new URL(named).host])
      for (const gap of gaps(site.asked.filter(({ headers }) => headers.host === host)))
        assert.ok(gap >= 80, `${gap} ms`)
    assert.ok(seconds < 2 * 6 * 80, `${seconds} ms: both hosts at once`)
  })
})

test('one request at a time reaches a host, however many wait', async () => {
  let open = 0
  let most = 0
  const slow: Answer = (request, response) => {
    open += 1
    most = Math.max(most, open)
    setTimeout(() => {
      open -= 1
      page('느린 글')(request, response)
    }, 5)
  }
  const paths = Array.from({ length: 20 }, (_, index) => `/${index}`)
  await withSite(
    { '/': page(links(...paths)), ...Object.fromEntries(paths.map((path) => [path, slow])) },
    async (site) => {
      await crawl(sourceOf(site))
      assert.equal(most, 1)
    },
  )
})

test('a crawl that was stopped in the middle goes on where it was, and fetches nothing twice', async () => {
  const paths = Array.from({ length: 40 }, (_, index) => `/${index}`)
  await withSite(
    { '/': page(links(...paths)), ...Object.fromEntries(paths.map((path) => [path, page(`글 ${path}`)])) },
    async (site) => {
      const stopping = new AbortController()
      const source = sourceOf(site, { delayMs: 5 })
      await crawl(source, { signal: stopping.signal, onProgress: (done) => done === 15 && stopping.abort() })
      const settled = (await nights.settled()).map((key) => key.slice(site.origin.length))
      assert.ok(settled.length >= 13 && settled.length < 40, `${settled.length} settled`)
      const before = site.asked.length
      const tally = await crawl(source)
      const later = site.paths().slice(before)
      assert.deepEqual(
        later.filter((path) => settled.includes(path) || siteFiles.includes(path)),
        [],
        'settled pages and robots.txt are not asked for again',
      )
      // Forty pages, the start page and the sitemap that is not there.
      assert.equal((await nights.settled()).length, 42)
      assert.ok(tally.fetched < 40)
      // And once more: nothing is left to do.
      const third = site.asked.length
      assert.equal((await crawl(source)).fetched, 0)
      assert.equal(site.asked.length, third)
    },
  )
})

test('what may pass is tried again, given up with its reason, and every exchange is kept', async () => {
  const tries = new Map<string, number>()
  const times =
    (failures: number, failure: Answer): Answer =>
    (request, response) => {
      const path = request.url ?? ''
      const count = (tries.get(path) ?? 0) + 1
      tries.set(path, count)
      if (count <= failures) failure(request, response)
      else page('드디어')(request, response)
    }
  await withSite(
    {
      '/': page(links('/busy', '/broken', '/closes', '/never', '/long')),
      '/busy': times(1, answer(503, 'text/plain', '', { 'retry-after': '0' })),
      '/broken': times(2, answer(500, 'text/plain', '')),
      '/closes': times(1, (_request, response) => void response.destroy()),
      '/never': times(99, answer(502, 'text/plain', '')),
      '/long': times(99, answer(429, 'text/plain', '', { 'retry-after': '86400' })),
    },
    async (site) => {
      const tally = await crawl(sourceOf(site, { exclude: ['/long'] }))
      assert.deepEqual([tally.received, tally.failed], [4, 1])
      const never = await nights.find('/never')
      assert.deepEqual([never.kind, never.reason], ['failed', 'answered 502'])
      assert.deepEqual(Object.fromEntries(tries), { '/busy': 2, '/broken': 3, '/closes': 2, '/never': 4 })
      const exchanges = await nights.connection.db.selectFrom('exchange').select(['status', 'reason']).execute()
      assert.deepEqual(exchanges.map(({ status }) => status).toSorted(), [500, 500, 502, 502, 502, 502, 503])

      await nights.reset()
      const long = webSource({ start: [`${site.origin}/long`] })
      await assert.rejects(crawl(long), /\/long: answered 429/)
      assert.equal(tries.get('/long'), 1, 'who asks for a day is asked again another day')
      const host = await nights.connection.db
        .selectFrom('host')
        .select('not_before')
        .where('name', '=', site.host)
        .executeTakeFirstOrThrow()
      assert.ok((host.not_before?.getTime() ?? 0) > Date.now() + 86_000_000, 'and whoever comes next knows it')
    },
  )
})

test('limits on pages and depth are kept: what a limit keeps back stays due, and the night says why', async () => {
  const paths = Array.from({ length: 10 }, (_, index) => `/${index}`)
  await withSite(
    { '/': page(links(...paths)), '/0': page(links('/deep')), '/deep': page(links('/deeper')) },
    async (site) => {
      await crawl(sourceOf(site, { maxPages: 4 }))
      assert.equal(site.asked.length, siteFiles.length + 4)
      assert.equal((await nights.settled()).length, 4)
      const pages = await Promise.all(paths.map(async (path) => ({ path, kind: (await nights.find(path)).kind })))
      const left = pages.filter(({ kind }) => kind === 'pending').map(({ path }) => path)
      assert.equal(left.length, 8, 'the start page, the sitemap and two of the ten were asked for')
      const { unreached } = await nights.connection.db.selectFrom('batch').select('unreached').executeTakeFirstOrThrow()
      assert.deepEqual(unreached, { '': "the night's maxPages of 4 was reached" })
      await crawl(sourceOf(site, { maxPages: 100 }), { night: TOMORROW })
      for (const path of left)
        assert.ok((await nights.find(path, TOMORROW)).status !== null, 'the next night they have their turn')

      await nights.reset()
      await crawl(sourceOf(site, { maxDepth: 2 }))
      assert.equal((await captured('/deep')).status, 200)
      assert.equal((await refused('/deeper')).reason, 'deeper than maxDepth 2')

      await nights.reset()
      await crawl(sourceOf(site, { maxPagesPerHost: 3 }))
      assert.equal((await nights.settled()).length, 3)
    },
  )
})

test('a host whose robots.txt cannot be had is left alone, the others are crawled', async () => {
  await withSite(
    {
      '/robots.txt': (request, response) =>
        request.headers.host?.startsWith('localhost')
          ? answer(503, 'text/plain', '')(request, response)
          : answer(404, 'text/plain', '')(request, response),
      '/': page('글'),
    },
    async (site) => {
      const named = site.origin.replace('127.0.0.1', 'localhost')
      await crawl(sourceOf(site, { start: [`${site.origin}/`, `${named}/`] }))
      assert.equal((await captured(`${site.host}/`)).robotsRule, 'no robots.txt')
      assert.match(
        (await refused(`${new URL(named).host}/`)).reason ?? '',
        /robots\.txt could not be had: .* answered 503/,
      )
    },
  )
})

test('robots.txt behind redirects is followed', async () => {
  await withSite(
    {
      '/robots.txt': (_request, response) => void response.writeHead(302, { location: '/r2' }).end(),
      '/r2': (_request, response) => void response.writeHead(302, { location: '/r3' }).end(),
      '/r3': answer(200, 'text/plain', 'User-agent: *\nDisallow: /x'),
      '/': page(links('/x')),
    },
    async (site) => {
      await crawl(sourceOf(site))
      assert.equal((await refused('/x')).robotsRule, 'Disallow: /x')
    },
  )
})

test('robots.txt is asked for once a night, with the validator of the night before, by whichever source comes first', async () => {
  await withSite(
    {
      '/robots.txt': validated('User-agent: *\nDisallow: /x', '"r"'),
      '/': page(links('/x')),
    },
    async (site) => {
      const asked = () => site.asked.filter(({ path }) => path === '/robots.txt')
      await crawl(sourceOf(site))
      await crawl(sourceOf(site, { name: 'other' }))
      assert.equal(asked().length, 1)
      await crawl(sourceOf(site), { night: TOMORROW })
      assert.equal(asked().length, 2)
      assert.equal(asked()[1]?.headers['if-none-match'], '"r"')
      assert.equal((await captured('/robots.txt', TOMORROW)).status, 304)
      const refusals = await nights.connection.db
        .selectFrom('frontier')
        .select('robots_rule')
        .where('state', '=', 'refused')
        .execute()
      assert.deepEqual(
        refusals.map(({ robots_rule }) => robots_rule),
        ['Disallow: /x', 'Disallow: /x'],
      )
    },
  )
})

test('a host that asks for more than 300 s between requests is left, with the reason', async () => {
  await withSite(
    { '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nCrawl-delay: 301'), '/': page('글') },
    async (site) => {
      await assert.rejects(crawl(sourceOf(site)), /Crawl-delay: 301, more than 300 s: the host is left/)
      assert.deepEqual(site.paths(), ['/robots.txt'])
    },
  )
})

test('a reserved page is refused with the words of the site, and its exchange is kept without the body', async () => {
  await withSite(
    {
      '/.well-known/tdmrep.json': answer(200, 'application/json', '[{"location":"/file/*","tdm-reservation":1}]'),
      '/': page(links('/header', '/meta', '/file/1', '/hub')),
      '/header': answer(200, 'text/html', '<p>비밀</p>', { 'tdm-reservation': '1' }),
      '/meta': page('<meta name="robots" content="noai"><p>비밀</p>'),
      '/hub': page(`<meta name="robots" content="noindex"><p>비밀</p>${links('/behind')}`),
      '/behind': page('글'),
    },
    async (site) => {
      await crawl(sourceOf(site))
      assert.equal((await refused('/header')).reason, 'reserved from text and data mining (TDM-Reservation: 1)')
      assert.equal((await refused('/meta')).reason, 'reserved from text and data mining (meta robots: noai)')
      assert.equal((await refused('/file/1')).reason, 'reserved from text and data mining (tdmrep.json: /file/*)')
      assert.equal((await refused('/hub')).reason, 'not to be indexed (meta robots: noindex)')
      assert.equal((await captured('/behind')).status, 200, 'its links are followed')
      assert.ok(!site.paths().includes('/file/1'))
      const records = await allRecords()
      assert.equal(records.filter(({ block }) => String(block).includes('비밀')).length, 0)
      const heads = records.filter(({ type, headers }) => type === 'response' && headers.has('warc-truncated'))
      assert.deepEqual(heads.map(({ headers }) => new URL(headers.get('warc-target-uri') ?? '').pathname).toSorted(), [
        '/header',
        '/hub',
        '/meta',
      ])

      await nights.reset()
      const kept = await crawl(sourceOf(site, { obey: { noindex: false, noai: false, tdm: false } }))
      assert.equal(kept.new, 5)
      assert.equal((await captured('/meta')).directives, 'meta robots: noai', 'what is not obeyed is recorded')
    },
  )
})

/** All records of all WARC files. */
async function allRecords() {
  const files = await nights.connection.db.selectFrom('warc_file').select('path').orderBy('path').execute()
  const lists = await Promise.all(
    files.map(({ path }) => Array.fromAsync(readWarcFile(join(nights.folder, path), 1e9))),
  )
  return lists.flat()
}

test('a page that stays as it is is visited less often, one that changes every night', async () => {
  let edition = 0
  await withSite(
    {
      '/': page(links('/still', '/moving')),
      '/still': page('그대로'),
      '/moving': (request, response) => page(`${edition}판`)(request, response),
    },
    async (site) => {
      const visits: string[][] = []
      for (let night = 1; night <= 9; night++) {
        edition = night
        const before = site.asked.length
        await crawl(sourceOf(site), { night: `2026-03-0${night}` })
        visits.push(
          site
            .paths()
            .slice(before)
            .filter((path) => path === '/still' || path === '/moving'),
        )
      }
      assert.deepEqual(
        visits.map((paths) => paths.includes('/moving')),
        visits.map(() => true),
      )
      assert.deepEqual(
        visits.map((paths) => paths.includes('/still')),
        [true, true, true, false, true, false, false, true, false],
      )
    },
  )
})

test('a sitemap that states a new time of change makes its page due', async () => {
  let lastmod = '2026-03-01'
  await withSite(
    {
      '/sitemap.xml': (request, response) =>
        answer(
          200,
          'application/xml',
          `<urlset><url><loc>/a</loc><lastmod>${lastmod}</lastmod></url></urlset>`,
        )(request, response),
      '/': page('글'),
      '/a': page('글 하나'),
    },
    async (site) => {
      const source = sourceOf(site, { revisit: { minNights: 10, maxNights: 30 } })
      const asked = () => site.paths().filter((path) => path === '/a').length
      await crawl(source)
      await crawl(source, { night: TOMORROW })
      assert.equal(asked(), 1)
      lastmod = '2026-03-03'
      await crawl(source, { night: '2026-03-03' })
      assert.equal(asked(), 2)
    },
  )
})

test('a page that names its main page stands aside for it, and a front page is not believed to be everyone’s', async () => {
  await withSite(
    {
      '/': page(links('/print/1', '/alone', '/lost/1')),
      '/print/1': page('<link rel="canonical" href="/news/1">인쇄용 글'),
      '/news/1': page('<link rel="canonical" href="/news/1">글'),
      '/alone': page('<link rel="canonical" href="/">글 둘'),
      '/lost/1': page('<link rel="canonical" href="/nowhere">글 셋'),
    },
    async (site) => {
      const source = sourceOf(site)
      await crawl(source)
      const texts = (await nights.freeze(source)).map(({ key }) => key.slice(site.origin.length))
      assert.deepEqual(texts, ['/', '/alone', '/lost/1', '/news/1'], 'a main page that is not there displaces nothing')
    },
  )
})

test('redirects end: in a loop, to themselves, without end, outside; http to https and twins are the page itself', async () => {
  const to =
    (location: string): Answer =>
    (_request, response) =>
      void response.writeHead(302, { location }).end()
  const answers: Record<string, Answer> = {
    '/': page(links('/a', '/self', '/steps/0', '/out', '/story/amp')),
    '/a': to('/b'),
    '/b': to('/c'),
    '/c': to('/a'),
    '/self': to('/self'),
    '/out': to('https://elsewhere.example/'),
    '/story/amp': to('/story'),
    '/story': page('글'),
  }
  for (let step = 0; step < 30; step++) answers[`/steps/${step}`] = to(`/steps/${step + 1}`)
  await withSite(answers, async (site) => {
    await crawl(sourceOf(site))
    assert.match((await refused('/c')).reason ?? '', /^redirect loop: .*\/c → .*\/a → .*\/b → .*\/c$/)
    assert.match((await refused('/self')).reason ?? '', /^redirect loop: /)
    assert.equal((await refused('/steps/10')).reason, 'more than 10 redirects')
    assert.ok(!site.paths().includes('/steps/11'))
    const out = await captured('/out')
    assert.deepEqual([out.status, out.reason?.includes('outside the source')], [302, true])
    const story = await captured('/story')
    assert.deepEqual([story.status, story.payload !== null], [200, true])
  })
})

test('calendars and endless queries are bounded, with the reason', async () => {
  const month: Answer = (request, response) => {
    const [, year = 0, number = 0] = /(\d+)\/(\d+)/.exec(request.url ?? '')?.map(Number) ?? []
    const next = number === 12 ? `/cal/${year + 1}/1` : `/cal/${year}/${number + 1}`
    page(`${year}년 ${number}월 ${links(next)}`)(request, response)
  }
  const search: Answer = (request, response) => {
    const random = Array.from({ length: 20 }, () => `/search?q=${Math.random().toString(36).slice(2)}&sort=a`)
    page(links(...random))(request, response)
  }
  const trapped: Answer = (request, response) =>
    /^\/cal\//.test(request.url ?? '') ? month(request, response) : search(request, response)
  await withSite({ '/': page(links('/cal/2026/1', '/search?q=a&sort=a')), '*': trapped }, async (site) => {
    const tally = await crawl(sourceOf(site, { maxDepth: 12, maxVariants: 60 }))
    assert.ok(site.asked.length < 120, `${site.asked.length} requests`)
    assert.ok(tally.refused < 5, `${tally.refused} refused`)
    assert.equal((await refused('/cal/2027/1')).reason, 'deeper than maxDepth 12')
    const omitted = await nights.connection.db
      .selectFrom('batch_reason')
      .selectAll()
      .where('state', '=', 'omitted')
      .execute()
    assert.equal(omitted.length, 1)
    assert.match(omitted[0]?.reason ?? '', /more than 60 addresses of one form tonight, .*\/search\?q&sort$/)
  })
})

test('a feed is followed to the pages it names, and no further', async () => {
  await withSite(
    {
      '/rss': answer(200, 'application/rss+xml', '<rss><channel><item><link>/p/1</link></item></channel></rss>'),
      '/p/1': page(links('/p/2')),
      '/p/2': page('글'),
    },
    async (site) => {
      await crawl(sourceOf(site, { kind: 'feed', start: [`${site.origin}/rss`] }))
      assert.deepEqual(new Set(site.paths()), new Set([...siteFiles, '/rss', '/p/1']))
    },
  )
})

test('a source that fails wholly names itself, the host and the reason, and can be crawled again the same night', async () => {
  const message = async (crawling: Promise<unknown>): Promise<string> => {
    const error = await crawling.then(
      () => assert.fail('it did not fail'),
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof FailedError, String(error))
    return error.message
  }
  assert.equal(
    await message(crawl(webSource({ start: ['http://127.0.0.1:1/'] }))),
    'source local: 127.0.0.1:1 refused the connection',
  )
  assert.deepEqual(await nights.settled(), [])

  await withSite(
    { '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /'), '/': page('글') },
    async (site) => {
      assert.match(
        await message(crawl(sourceOf(site))),
        /^source local: not one page could be had\. http:.*\/: robots\.txt: Disallow: \/$/,
      )
      await nights.reset()
      assert.match(
        await message(crawl(sourceOf(site, { privateHosts: [] }))),
        /private, loopback or link-local address; name it in allowPrivate/,
      )
    },
  )
  await withSite(
    { '/': (_request, response) => void response.writeHead(301, { location: 'https://www.example.org/' }).end() },
    async (site) => {
      await nights.reset()
      assert.match(
        await message(crawl(sourceOf(site))),
        /redirects to https:\/\/www\.example\.org\/, which is outside the source/,
      )
    },
  )
})

test('a redirect of robots.txt does not lead to a private address that the config does not name', async () => {
  let reached = 0
  const inner = await startSite(
    {
      '/secret': (request, response) => {
        reached += 1
        page('비밀')(request, response)
      },
    },
    '127.0.0.9',
  )
  try {
    await withSite(
      {
        '/robots.txt': (_request, response) =>
          void response.writeHead(302, { location: `${inner.origin}/secret` }).end(),
      },
      async (site) => {
        await assert.rejects(crawl(sourceOf(site)), /127\.0\.0\.9 is a private, loopback or link-local address/)
        assert.equal(reached, 0)
      },
    )
  } finally {
    await inner.close()
  }
})

test('outside loopback the crawler says who answers for it', async () => {
  await assert.rejects(crawl(webSource({ start: ['https://example.org/'] })), UsageError)
})

test('Korean addresses of an EUC-KR page are asked for as the page means them', async () => {
  const body = Buffer.concat([
    Buffer.from('<meta charset="euc-kr"><a href="/search?q='),
    Buffer.from([0xb0, 0xa1]),
    Buffer.from('">'),
    Buffer.from([0xb0, 0xa1, 0xb3, 0xaa, 0xb4, 0xd9, 0xb6, 0xf3]),
  ])
  await withSite(
    { '/': answer(200, 'text/html; charset=euc-kr', body), '/search?q=%B0%A1': page('가') },
    async (site) => {
      assert.equal((await crawl(sourceOf(site))).received, 2)
    },
  )
})

test('WARC files rotate, and every capture is found in its own', async () => {
  const paths = Array.from({ length: 30 }, (_, index) => `/${index}`)
  const body = Array.from({ length: 400 }, () => Math.random().toString(36)).join(' ')
  await withSite(
    { '/': page(links(...paths)), ...Object.fromEntries(paths.map((path) => [path, page(`${path} ${body}`)])) },
    async (site) => {
      await crawl(sourceOf(site), { warcFileBytes: 20_000 })
      const files = await nights.connection.db
        .selectFrom('warc_file')
        .select(['path', 'bytes'])
        .orderBy('number')
        .execute()
      assert.ok(files.length > 3, `${files.length} files`)
      assert.deepEqual(
        files.slice(0, 2).map(({ path }) => path),
        ['warc/local/2026-03-01.warc.gz', 'warc/local/2026-03-01-00001.warc.gz'],
      )
      for (const { bytes } of files) assert.ok(bytes <= 20_000, `${bytes} bytes`)
      for (const path of paths)
        assert.match(String((await payloadOf((await captured(path)).member)).payload), new RegExp(`>${path} `))
    },
  )
})

test('a crawl leaves nothing that holds the process, and writes no files beside the store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'malmoi-drive-'))
  try {
    const module = (path: string) => JSON.stringify(new URL(`../../../crawler/${path}`, import.meta.url).href)
    const script = `
      import { createDrive } from ${module('web/drive.ts')}
      import { createFrontierManager } from ${module('web/request-manager.ts')}
      const entries = [1, 2, 3].map((n) => ({ key: 'http://h/' + n, url: 'http://h/' + n, host: 'h', depth: 0, hops: 0, revisit: 0, takenDown: false, previous: null }))
      const client = { now: () => performance.now(), open: async () => true, readyAt: () => 0, onFree: () => () => {} }
      const visited = []
      const manager = createFrontierManager({ client, frontier: { take: async () => entries.splice(0) }, isLeft: () => false,
        admit: async (entry) => ({ entry, robotsRule: '' }), wake: () => drive.wake() })
      const drive = createDrive({ manager, giveUp: async () => {}, signal: undefined,
        visit: async ({ entry }) => { manager.answered(entry.key); visited.push(entry.key); return null } })
      manager.found(['h'])
      await drive.run()
      const ended = performance.now()
      process.on('exit', () => console.log(JSON.stringify({ visited: visited.length, lingered: performance.now() - ended })))`
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
    })
    const { visited, lingered } = JSON.parse(stdout)
    assert.equal(visited, 3)
    assert.ok(lingered < 500, `held for ${lingered} ms`)
    assert.equal(stderr, '')
    assert.deepEqual(await readdir(folder), [])
  } finally {
    await rm(folder, { recursive: true })
  }
})
