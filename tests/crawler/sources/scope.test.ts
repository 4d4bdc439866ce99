import assert from 'node:assert/strict'
import { test } from 'node:test'
import { feed } from '../../../crawler/sources/feed.ts'
import { news } from '../../../crawler/sources/news.ts'
import { scopeOf } from '../../../crawler/sources/scope.ts'
import { wikiPages } from '../../../crawler/wiki/pages.ts'
import { UsageError } from '../../../pipeline/contract.ts'
import type { WebSource } from '../../../pipeline/crawl-contract.ts'
import { webSource } from '../../support/sources.ts'

const night = '2026-03-01'
const kinds = { news, feed, wiki: wikiPages }
const scope = (source: WebSource) => scopeOf(source, kinds[source.kind], night)

function outside(source: WebSource, address: string, seed = false): string | null {
  return scope(source).outside(new URL(address), seed)
}

test('a source holds the hosts of its start addresses, under http and https, and no other', () => {
  const source = webSource({ start: ['https://news.example.kr/rss', 'http://127.0.0.1:8080/'] })
  assert.equal(outside(source, 'https://news.example.kr/a'), null)
  assert.equal(outside(source, 'http://news.example.kr/a'), null)
  assert.match(outside(source, 'https://example.kr/a') ?? '', /example\.kr is not among the hosts of the source/)
  assert.notEqual(outside(source, 'http://127.0.0.1:8081/'), null)
})

test('exclude goes before include, and start addresses need no include', () => {
  const source = webSource({
    start: ['https://example.kr/'],
    include: ['/news/', '/*.html$'],
    exclude: ['/news/old', '*print='],
  })
  assert.equal(outside(source, 'https://example.kr/news/1'), null)
  assert.equal(outside(source, 'https://example.kr/a/b.html'), null)
  assert.equal(outside(source, 'https://example.kr/a/b.html?x'), 'matches no include pattern')
  assert.equal(outside(source, 'https://example.kr/news/old/1'), 'excluded by "/news/old"')
  assert.equal(outside(source, 'https://example.kr/news/1?print=1'), 'excluded by "*print="')
  assert.equal(outside(source, 'https://example.kr/', true), null)
  assert.equal(outside(source, 'https://example.kr/news/old', true), 'excluded by "/news/old"')
})

test('a wiki holds articles, not its special, talk, user and file pages, nor edits and old versions', () => {
  const source = webSource({ kind: 'wiki', start: ['https://ko.wikipedia.org/'] })
  const wiki = 'https://ko.wikipedia.org'
  const articles = [
    '/wiki/말모이',
    '/wiki/%EB%A7%90%EB%AA%A8%EC%9D%B4_(영화)',
    '/w/index.php?title=말모이',
    '/wiki/분류:한국어',
    '/wiki/2001:_스페이스_오디세이',
    '/wiki/AC/DC',
    '/wiki/말모이?action=view',
  ]
  const apparatus = [
    '/wiki/특수:최근바뀜',
    '/wiki/%ED%8A%B9%EC%88%98:%EC%9E%84%EC%9D%98%EB%AC%B8%EC%84%9C',
    '/wiki/토론:말모이',
    '/wiki/사용자토론:홍길동/보존',
    '/wiki/사용자:홍길동',
    '/wiki/파일:a.jpg',
    '/wiki/틀:알림',
    '/wiki/위키백과:사랑방',
    '/wiki/Special:Random',
    '/wiki/User_talk:Someone',
    '/wiki/File:a.jpg',
    '/w/index.php?title=특수:로그인&returnto=말모이',
    '/w/index.php?title=말모이&action=edit',
    '/w/index.php?title=말모이&action=history',
    '/w/index.php?title=말모이&oldid=7',
    '/wiki/말모이?veaction=edit',
  ]
  for (const path of articles) assert.equal(outside(source, wiki + path), null, path)
  for (const path of apparatus) assert.match(outside(source, wiki + path) ?? '', /^a wiki's /, path)
  assert.equal(outside({ ...source, kind: 'news' }, `${wiki}/wiki/특수:최근바뀜`), null)
})

test('a trap of an ever longer address is outside', () => {
  const source = webSource({ start: ['https://example.kr/'] })
  assert.match(outside(source, `https://example.kr/${'a/'.repeat(2000)}`) ?? '', /longer than 2048/)
})

test('traps are told by their looks, pages with numbers and years are not', () => {
  const source = webSource({ start: ['https://example.kr/'] })
  const traps = [
    '/a/b/a/b/a/b/a/b/',
    `/${Array.from({ length: 25 }, (_, index) => index).join('/')}`,
    '/list?p=1&p=2&p=3&p=4',
    `/list?${Array.from({ length: 12 }, (_, index) => `f${index}=1`).join('&')}`,
    '/calendar?year=2031&month=5',
    '/calendar?date=20310501',
    '/calendar?ym=1650-01',
  ]
  const pages = [
    '/news/2031/05/article',
    '/board/view.php?id=free&no=203105',
    '/calendar?year=2026&month=5',
    '/tag?tag[]=a&tag[]=b&tag[]=c&tag[]=d',
    '/2026/03/01/12345',
  ]
  for (const path of traps) assert.match(outside(source, `https://example.kr${path}`) ?? '', /^trap: /, path)
  for (const path of pages) assert.equal(outside(source, `https://example.kr${path}`), null, path)
})

test('a feed names pages on any host, and a news site stays on its own and on those it is given', () => {
  const start = ['https://feeds.example.kr/rss']
  assert.equal(outside(webSource({ kind: 'feed', start }), 'https://blog.example.org/1'), null)
  assert.notEqual(outside(webSource({ start }), 'https://blog.example.org/1'), null)
  assert.equal(outside(webSource({ start, hosts: ['blog.example.org'] }), 'https://blog.example.org/1'), null)
})

test('twins have one key: AMP and mobile forms, http on a site of https', () => {
  const { locate } = scope(webSource({ start: ['https://www.example.kr/'] }))
  const keyOf = (address: string) => locate(address)?.key
  const main = 'https://www.example.kr/news/1'
  for (const twin of [
    'https://www.example.kr/news/1/amp',
    'https://www.example.kr/amp/news/1',
    'https://www.example.kr/news/1?amp=1',
    'https://www.example.kr/news/1?outputType=amp',
    'https://m.example.kr/news/1',
    'https://amp.example.kr/news/1',
    'https://example.kr/news/1',
    'http://www.example.kr/news/1',
    'https://www.example.kr/news/1?utm_source=x#here',
  ])
    assert.equal(keyOf(twin), main, twin)
  assert.equal(locate('https://www.example.kr/news/1/amp')?.url, 'https://www.example.kr/news/1/amp', 'asked as it is')
  assert.equal(locate('https://m.example.kr/news/1')?.url, main, 'a host of the source is asked')
  assert.equal(keyOf('https://www.example.kr/example/'), 'https://www.example.kr/example/')
  assert.equal(keyOf('https://other.kr/news/1'), 'https://other.kr/news/1')
})

test('a start address that is none is the user’s mistake', () => {
  assert.throws(() => scope(webSource({ start: ['example.kr'] })), UsageError)
  assert.throws(() => scope(webSource({ start: [] })), UsageError)
})
