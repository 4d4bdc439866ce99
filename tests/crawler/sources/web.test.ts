import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scopeOf } from '../../../crawler/sources/web.ts'
import { type Source, UsageError } from '../../../pipeline/contract.ts'
import { webSource } from '../web-source.ts'

function outside(source: Source, address: string, seed = false): string | null {
  return scopeOf(source).outside(new URL(address), seed)
}

test('a source holds the hosts of its start addresses, under http and https, and no other', () => {
  const source = webSource({ start: ['https://news.example.kr/rss', 'http://127.0.0.1:8080/'] })
  assert.equal(outside(source, 'https://news.example.kr/a'), null)
  assert.equal(outside(source, 'http://news.example.kr/a'), null)
  assert.match(outside(source, 'https://example.kr/a') ?? '', /example\.kr is not among the hosts of start/)
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

test('a start address that is none is the user’s mistake', () => {
  assert.throws(() => scopeOf(webSource({ start: ['example.kr'] })), UsageError)
  assert.throws(() => scopeOf(webSource({ start: [] })), UsageError)
})
