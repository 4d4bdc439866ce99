import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { type CrawlDependencies, crawlSource } from '../../crawler/crawl.ts'
import { payloadOf, readMember } from '../../crawler/warc.ts'
import { FailedError, type Frontier, type Source, UsageError } from '../../pipeline/contract.ts'
import { type Answer, answer, links, page, type Site, startSite } from './local-site.ts'
import { createMemory, type Memory } from './memory-frontier.ts'
import { webSource } from './web-source.ts'

const tonight = '2026-03-01'
const tomorrow = '2026-03-02'
const userAgent = { name: 'malmoi', contact: null }

function crawl(source: Source, memory: Memory, given: Partial<CrawlDependencies> = {}) {
  const night = given.night ?? tonight
  return crawlSource(source, { frontier: memory.open(night), userAgent, night, retryMs: 20, ...given })
}

async function withSite(answers: Readonly<Record<string, Answer>>, use: (site: Site) => Promise<void>): Promise<void> {
  const site = await startSite(answers)
  try {
    await use(site)
  } finally {
    await site.close()
  }
}

function sourceOf(site: Site, given: Partial<Source> = {}): Source {
  return webSource({ start: [`${site.origin}/`], ...given })
}

function captured(memory: Memory, night: string, ending: string) {
  const outcome = memory.outcome(night, ending)
  assert.ok(outcome.kind === 'captured', `${ending}: ${JSON.stringify(outcome)}`)
  return outcome
}

function refused(memory: Memory, night: string, ending: string) {
  const outcome = memory.outcome(night, ending)
  assert.ok(outcome.kind === 'refused', `${ending} is ${outcome.kind}`)
  return outcome
}

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
    const memory = createMemory()
    const progress: number[] = []
    const source = sourceOf(site)
    const counts = await crawl(source, memory, { onProgress: (done) => progress.push(done) })

    assert.deepEqual(
      { ...counts, bytes: 0 },
      {
        fetched: 10,
        new: 10,
        changed: 0,
        unchanged: 0,
        notModified: 0,
        redirected: 1,
        missing: 2,
        gone: 0,
        refused: 3,
        failed: 0,
        bytes: 0,
      },
    )
    assert.ok(sent.bytes < 30e6, `${sent.bytes} bytes of the huge page were sent`)
    assert.equal(refused(memory, tonight, '/huge').reason, 'body larger than 10 MB')
    assert.equal(refused(memory, tonight, '/picture').reason, 'content type image/png is not text')
    assert.deepEqual(memory.outcome(tonight, '/private/1'), {
      kind: 'refused',
      reason: 'robots.txt: Disallow: /private/',
      robotsRule: 'Disallow: /private/',
      status: null,
    })
    assert.equal(captured(memory, tonight, '/kept').robotsRule, 'Allow: /kept')
    assert.equal(captured(memory, tonight, '/goes').robotsRule, 'no matching rule')
    assert.equal(captured(memory, tonight, '/missing').payload, null)
    const moved = captured(memory, tonight, '/moved')
    assert.deepEqual(
      [moved.status, moved.payload, moved.links.map(({ key }) => key)],
      [301, null, [`${site.origin}/target`]],
    )
    assert.equal(
      String((await payloadOf(captured(memory, tonight, '/packed').warc)).payload),
      '<a href="/from-packed">x</a>',
    )
    for (const path of ['/private/1', '/unfollowed', '/kept?utm_source=a'])
      assert.ok(!site.paths().includes(path), path)
    assert.equal(new Set(site.paths()).size, site.paths().length, 'nothing is asked for twice')
    assert.equal(progress.at(-1), 16)
    assert.match(site.asked[0]?.headers['user-agent'] ?? '', /^malmoi\/[\d.]+$/)

    // The next night: what is the same is referred to, not kept again.
    version = '둘째'
    answers['/goes'] = answer(410, 'text/html', '없다')
    const again = await crawl(source, memory, { night: tomorrow })
    assert.deepEqual(
      [again.new, again.changed, again.unchanged, again.notModified, again.gone, again.refused],
      [0, 1, 7, 1, 1, 3],
    )
    const first = captured(memory, tonight, '/etag')
    const unmodified = captured(memory, tomorrow, '/etag')
    assert.deepEqual([unmodified.status, unmodified.payload, unmodified.etag], [304, first.payload, '"v1"'])
    assert.match(readMember(unmodified.warc).headers.get('warc-profile') ?? '', /server-not-modified/)
    const kept = readMember(captured(memory, tomorrow, '/kept').warc)
    assert.deepEqual(
      [kept.type, kept.headers.get('warc-refers-to')],
      ['revisit', captured(memory, tonight, '/kept').recordId],
    )
    assert.notEqual(captured(memory, tomorrow, '/changes').payload, captured(memory, tonight, '/changes').payload)
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
      const memory = createMemory()
      const counts = await crawl(sourceOf(site, { start: [`${site.origin}/rss`], include: ['/news/'] }), memory)
      assert.equal(counts.fetched, 5)
      assert.deepEqual(
        new Set(site.paths()),
        new Set(['/robots.txt', '/index.xml', '/part.xml.gz', '/rss', '/news/1', '/news/2']),
      )
    },
  )
})

test('an HTML page in the place of /sitemap.xml or robots.txt is no document', async () => {
  await withSite({ '/robots.txt': page('없음'), '/sitemap.xml': page('없음'), '/': page('글') }, async (site) => {
    const memory = createMemory()
    await crawl(sourceOf(site), memory)
    assert.match(refused(memory, tonight, '/sitemap.xml').reason, /asked for as a sitemap, and is none/)
    assert.equal(captured(memory, tonight, '/robots.txt').payload, null)
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
      await crawl(sourceOf(site, { delayMs: 60 }), createMemory())
      assert.equal(site.asked.length, 6)
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
    await crawl(sourceOf(site, { delayMs: 10, start: [`${site.origin}/`, `${named}/`] }), createMemory())
    const seconds = performance.now() - started
    assert.equal(site.asked.length, 12)
    for (const host of [site.host, new URL(named).host])
      for (const gap of gaps(site.asked.filter(({ headers }) => headers.host === host)))
        assert.ok(gap >= 80, `${gap} ms`)
    assert.ok(seconds < 2 * 5 * 80 + 300, `${seconds} ms: both hosts at once`)
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
      await crawl(sourceOf(site), createMemory())
      assert.equal(most, 1)
    },
  )
})

test('a crawl that was stopped in the middle goes on where it was, and fetches nothing twice', async () => {
  const paths = Array.from({ length: 40 }, (_, index) => `/${index}`)
  await withSite(
    { '/': page(links(...paths)), ...Object.fromEntries(paths.map((path) => [path, page(`글 ${path}`)])) },
    async (site) => {
      const memory = createMemory()
      const stopping = new AbortController()
      const source = sourceOf(site, { delayMs: 5 })
      await crawl(source, memory, { signal: stopping.signal, onProgress: (done) => done === 15 && stopping.abort() })
      const settled = memory.settled(tonight).map(({ entry }) => entry.url.slice(site.origin.length))
      assert.ok(settled.length >= 15 && settled.length < 40, `${settled.length} settled`)
      const before = site.asked.length
      const counts = await crawl(source, memory)
      const later = site.paths().slice(before)
      assert.deepEqual(
        later.filter((path) => settled.includes(path)),
        [],
        'settled pages and robots.txt are not asked for again',
      )
      assert.equal(memory.settled(tonight).length, 43)
      assert.equal(await memory.open(tonight).pending(), 0)
      assert.ok(counts.fetched < 40)
      // And once more: nothing is left to do.
      const third = site.asked.length
      assert.deepEqual((await crawl(source, memory)).fetched, 0)
      assert.equal(site.asked.length, third)
    },
  )
})

test('what may pass is tried again, and given up with its reason', async () => {
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
      const memory = createMemory()
      const counts = await crawl(sourceOf(site, { exclude: ['/long'] }), memory)
      assert.deepEqual([counts.fetched, counts.failed], [4, 1])
      assert.deepEqual(memory.outcome(tonight, '/never'), { kind: 'failed', reason: 'answered 502' })
      assert.deepEqual(Object.fromEntries(tries), { '/busy': 2, '/broken': 3, '/closes': 2, '/never': 4 })
      await assert.rejects(crawl(webSource({ start: [`${site.origin}/long`] }), createMemory()), /\/long: answered 429/)
      assert.equal(tries.get('/long'), 1, 'who asks for a day is asked again another day')
    },
  )
})

test('limits on pages and depth are kept, and what they cut off says so', async () => {
  const paths = Array.from({ length: 10 }, (_, index) => `/${index}`)
  await withSite(
    { '/': page(links(...paths)), '/0': page(links('/deep')), '/deep': page(links('/deeper')) },
    async (site) => {
      const few = createMemory()
      const counts = await crawl(sourceOf(site, { maxPages: 4 }), few)
      // Start, sitemap, ten pages, and the link on the one page of them that was fetched.
      assert.equal(counts.refused, 13 - 4)
      assert.equal(site.asked.length, 1 + 4)
      assert.equal(refused(few, tonight, '/9').reason, "the night's maxPages of 4 is reached")

      const shallow = createMemory()
      await crawl(sourceOf(site, { maxDepth: 2 }), shallow)
      assert.equal(captured(shallow, tonight, '/deep').status, 200)
      assert.equal(refused(shallow, tonight, '/deeper').reason, 'deeper than maxDepth 2')
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
      const memory = createMemory()
      const named = site.origin.replace('127.0.0.1', 'localhost')
      await crawl(sourceOf(site, { start: [`${site.origin}/`, `${named}/`] }), memory)
      assert.equal(captured(memory, tonight, `${site.host}/`).robotsRule, 'no robots.txt')
      assert.match(
        refused(memory, tonight, `${new URL(named).host}/`).reason,
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
      const memory = createMemory()
      await crawl(sourceOf(site), memory)
      assert.equal(refused(memory, tonight, '/x').robotsRule, 'Disallow: /x')
    },
  )
})

test('a reserved page is refused with the words of the site, and its body is not kept', async () => {
  await withSite(
    {
      '/': page(links('/header', '/meta')),
      '/header': answer(200, 'text/html', '<p>글</p>', { 'tdm-reservation': '1' }),
      '/meta': page('<meta name="robots" content="noai"><p>글</p>'),
    },
    async (site) => {
      const memory = createMemory()
      await crawl(sourceOf(site), memory)
      assert.equal(
        refused(memory, tonight, '/header').reason,
        'reserved from text and data mining (TDM-Reservation: 1)',
      )
      assert.equal(refused(memory, tonight, '/meta').reason, 'reserved from text and data mining (meta robots: noai)')
    },
  )
})

test('a source that fails wholly names itself, the host and the reason, and can be crawled again the same night', async () => {
  const down = createMemory()
  const message = async (crawling: Promise<unknown>): Promise<string> => {
    const error = await crawling.then(
      () => assert.fail('it did not fail'),
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof FailedError, String(error))
    return error.message
  }
  assert.equal(
    await message(crawl(webSource({ start: ['http://127.0.0.1:1/'] }), down)),
    'source local: 127.0.0.1:1 refused the connection',
  )
  assert.deepEqual(down.settled(tonight), [])

  await withSite(
    { '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /'), '/': page('글') },
    async (site) => {
      assert.match(
        await message(crawl(sourceOf(site), createMemory())),
        /^source local: not one page could be had\. http:.*\/: robots\.txt: Disallow: \/$/,
      )
      assert.match(
        await message(crawl(sourceOf(site, { allowPrivate: false }), createMemory())),
        /private, loopback or link-local address; set allowPrivate/,
      )
    },
  )
  await withSite(
    { '/': (_request, response) => void response.writeHead(301, { location: 'https://www.example.org/' }).end() },
    async (site) => {
      assert.match(
        await message(crawl(sourceOf(site), createMemory())),
        /redirects to https:\/\/www\.example\.org\/, which is outside the source/,
      )
    },
  )
})

test('outside loopback the crawler says who answers for it', async () => {
  await assert.rejects(crawl(webSource({ start: ['https://example.org/'] }), createMemory()), UsageError)
})

test('an error of the store ends the crawl with that error', async () => {
  await withSite({ '/': page(links('/1')), '/1': page('글') }, async (site) => {
    const whole = createMemory().open(tonight)
    const broken: Frontier = {
      ...whole,
      settle: async (entry, outcome) => {
        if (entry.key.endsWith('/1')) throw new Error('the database is gone')
        await whole.settle(entry, outcome)
      },
    }
    await assert.rejects(crawl(sourceOf(site), createMemory(), { frontier: broken }), /the database is gone/)
  })
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
      const counts = await crawl(sourceOf(site), createMemory())
      assert.equal(counts.fetched, 2)
    },
  )
})

test('a crawl writes no files and leaves nothing that holds the process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'malmoi-crawl-'))
  try {
    await withSite({ '/': page(links('/1')), '/1': page('글') }, async (site) => {
      const script = `
        import { crawlSource } from ${JSON.stringify(new URL('../../crawler/crawl.ts', import.meta.url).href)}
        import { createMemory } from ${JSON.stringify(new URL('./memory-frontier.ts', import.meta.url).href)}
        const counts = await crawlSource(${JSON.stringify(sourceOf(site))}, {
          frontier: createMemory().open('n'), userAgent: ${JSON.stringify(userAgent)}, night: 'n' })
        const ended = performance.now()
        process.on('exit', () => console.log(JSON.stringify({ fetched: counts.fetched, lingered: performance.now() - ended })))`
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        cwd: folder,
      })
      const { fetched, lingered } = JSON.parse(stdout)
      assert.equal(fetched, 2)
      assert.ok(lingered < 500, `held for ${lingered} ms`)
      assert.equal(stderr, '')
      assert.deepEqual(await readdir(folder), [])
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
