import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { extractPayload } from '../../../crawler/extract/payload.ts'
import { readWarcFile } from '../../../crawler/warc/read.ts'
import { payloadOf } from '../../../crawler/warc/record.ts'
import { type Crawling, openCrawling, TOMORROW, TONIGHT } from '../../support/crawling.ts'
import { type Answer, answer, type Site, startSite } from '../../support/local-site.ts'
import { socialSource } from '../../support/sources.ts'

const THIRD = '2026-03-03'
let nights: Crawling
before(async () => {
  nights = await openCrawling()
})
after(() => nights.close())
beforeEach(() => nights.reset())

interface Post {
  readonly id: string
  readonly content: string
  readonly indexable?: boolean
  readonly visibility?: string
  readonly reblog?: boolean
}

/** An instance of Mastodon: a timeline in pages of two, newest first, and look-ups by id. */
async function startInstance(posts: Post[], options: { readonly batchLookUp?: boolean } = {}): Promise<Site> {
  const entity = (host: string, { id, content, indexable = true, visibility = 'public', reblog = false }: Post) => ({
    id,
    url: `http://${host}/@kim/${id}`,
    uri: `http://${host}/users/kim/statuses/${id}`,
    visibility,
    content,
    created_at: '2026-02-01T00:00:00.000Z',
    language: 'ko',
    spoiler_text: '',
    reblog: reblog ? { id: '1' } : null,
    account: { url: `http://${host}/@kim`, indexable, noindex: false },
  })
  const respond: Answer = (request, response) => {
    const host = request.headers.host ?? ''
    const url = new URL(request.url ?? '/', `http://${host}`)
    const json = (body: unknown, headers = {}) =>
      answer(200, 'application/json', JSON.stringify(body), headers)(request, response)
    if (url.pathname === '/api/v1/timelines/public') {
      const minimum = url.searchParams.get('min_id')
      const maximum = url.searchParams.get('max_id')
      const newest = posts.toSorted((a, b) => Number(b.id) - Number(a.id))
      const some =
        minimum === null
          ? newest.filter(({ id }) => maximum === null || Number(id) < Number(maximum)).slice(0, 2)
          : newest.filter(({ id }) => Number(id) > Number(minimum)).slice(-2)
      const page = (name: string, id: string | undefined) =>
        `<${url.origin}${url.pathname}?local=true&limit=40&${name}=${id}>`
      const link = `${page('max_id', some.at(-1)?.id)}; rel="next", ${page('min_id', some[0]?.id)}; rel="prev"`
      return json(
        some.map((post) => entity(host, post)),
        some.length === 0 ? {} : { link },
      )
    }
    if (url.pathname === '/api/v1/statuses' && options.batchLookUp !== false) {
      const ids = url.searchParams.getAll('id[]')
      return json(posts.filter(({ id }) => ids.includes(id)).map((post) => entity(host, post)))
    }
    const id = /^\/api\/v1\/statuses\/(\d+)$/.exec(url.pathname)?.[1]
    const post = posts.find((each) => each.id === id)
    if (post !== undefined) return json(entity(host, post))
    answer(404, 'application/json', '{"error":"Record not found"}')(request, response)
  }
  return await startSite({ '*': respond })
}

async function textAt(ending: string, night = TONIGHT): Promise<string> {
  const { member } = await nights.find(ending, night)
  const { payload, contentType } = await payloadOf(member ?? new Uint8Array())
  return extractPayload(payload, contentType, '').text
}

test('posts of authors who allow indexing are kept, page by page; nothing of the others is', async () => {
  const posts: Post[] = [
    { id: '101', content: '<p>첫 글<br>둘째 줄</p>' },
    { id: '102', content: '<p>비밀</p>', indexable: false },
    { id: '103', content: '<p>셋째 글</p>' },
    { id: '104', content: '<p>비밀</p>', visibility: 'unlisted' },
    { id: '105', content: '<p>남의 글</p>', reblog: true },
  ]
  const site = await startInstance(posts)
  try {
    const source = socialSource({ start: [site.origin] })
    const tally = await nights.crawl(source)
    assert.deepEqual([tally.new, tally.refused], [2, 2])
    assert.equal(await textAt('/statuses/101'), '첫 글\n둘째 줄')
    assert.equal((await nights.find('/statuses/102')).reason, 'its author does not allow indexing')
    assert.equal((await nights.find('/statuses/104')).reason, 'not a public post')
    const blocks: string[] = []
    for await (const record of readWarcFile(`${nights.folder}/warc/local/2026-03-01.warc.gz`, 1e9))
      blocks.push(String(record.block))
    assert.ok(blocks.some((block) => block.includes('셋째 글')))
    assert.ok(!blocks.some((block) => block.includes('비밀') || block.includes('남의 글')), 'not even in an exchange')

    // The next night: what is newer, and whether the others are still there.
    posts.push({ id: '106', content: '<p>새 글</p>' })
    posts.splice(
      posts.findIndex(({ id }) => id === '101'),
      1,
    )
    const index = posts.findIndex(({ id }) => id === '103')
    posts[index] = { id: '103', content: '<p>셋째 글</p>', indexable: false }
    const second = await nights.crawl(source, { night: TOMORROW })
    assert.deepEqual([second.new, second.gone], [1, 2], 'deleted, and taken back')
    assert.deepEqual(
      (await nights.freeze(source, TOMORROW)).map(({ key, payload }) => [key.slice(-3), payload === null]),
      [
        ['101', true],
        ['103', true],
        ['106', false],
      ],
    )
    assert.equal((await nights.crawl(source, { night: THIRD })).new, 0)
  } finally {
    await site.close()
  }
})

test('an instance that cannot look up several posts is asked for each', async () => {
  const posts: Post[] = [
    { id: '1', content: '<p>하나</p>' },
    { id: '2', content: '<p>둘</p>' },
  ]
  const site = await startInstance(posts, { batchLookUp: false })
  try {
    const source = socialSource({ start: [site.origin] })
    await nights.crawl(source)
    posts.shift()
    const second = await nights.crawl(source, { night: TOMORROW })
    assert.deepEqual([second.gone, second.unchanged], [1, 1])
  } finally {
    await site.close()
  }
})

test('a rate limit that is used up is waited for', async () => {
  let first = true
  const asked: number[] = []
  const site = await startSite({
    '*': (request, response) => {
      if (!request.url?.startsWith('/api/')) return void response.writeHead(404).end()
      asked.push(performance.now())
      const reset = new Date(Date.now() + 400).toISOString()
      if (first) {
        first = false
        return answer(429, 'application/json', '{}', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset })(
          request,
          response,
        )
      }
      answer(200, 'application/json', '[]')(request, response)
    },
  })
  try {
    await assert.rejects(nights.crawl(socialSource({ start: [site.origin] })), /no public post/)
    const [limited = 0, next = 0] = asked
    assert.ok(next - limited >= 350, `${next - limited} ms`)
  } finally {
    await site.close()
  }
})
