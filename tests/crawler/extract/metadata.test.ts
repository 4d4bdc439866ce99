/** What a page says of itself, and when it is not believed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { extractPage } from '../../../crawler/extract/index.ts'
import { isoDate } from '../../../crawler/extract/metadata/iso-date.ts'
import { licenceId } from '../../../crawler/extract/metadata/licence-id.ts'

const url = 'https://news.example.kr/society/1'
const TEXT =
  '<p>마을 도서관이 어제 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.</p><p>관장은 책보다 사람이 먼저 모이는 곳이 되기를 바란다고 말했다.</p>'
const page = (head: string, top = '', bottom = ''): string =>
  `<html lang="ko"><head>${head}</head><body>${top}<article>${TEXT}</article>${bottom}</body></html>`
const ld = (thing: object): string => `<script type="application/ld+json">${JSON.stringify(thing)}</script>`
const read = (html: string, seen: string | null = null) => extractPage(html, url, seen)

test('the title is what the statements share: neither the site nor the section is part of it', () => {
  const og = (title: string): string => `<meta property="og:title" content="${title}">`
  assert.equal(
    read(page(`${og('도서관이 열렸다-사회ㅣ동네신문')}<meta name="headline" content="도서관이 열렸다">`)).title,
    '도서관이 열렸다',
  )
  assert.equal(
    read(page('<title>도서관이 열렸다 &lt; 사회 | 동네신문</title>', '<h1>도서관이 열렸다</h1>')).title,
    '도서관이 열렸다',
  )
  assert.equal(read(page(`${og('서울: 도서관 - 다시 열다')}`)).title, '서울: 도서관')
  assert.equal(read(page('', '<h1>도서관이 열렸다</h1>')).title, '도서관이 열렸다')
})

test('an author is a person: not the site, an account, an address or a placeholder', () => {
  const author = (name: string): string => `<meta name="author" content="${name}">`
  const site = '<meta property="og:site_name" content="동네신문">'
  for (const nobody of ['동네신문', 'admin', '관리자', 'https://facebook.com/x', '@dongne', 'x'.repeat(80)]) {
    assert.equal(read(page(site + author(nobody))).author, null, nobody)
  }
  assert.equal(read(page(author('동네신문') + site + author('홍길동 기자'))).author, '홍길동')
  assert.equal(read(page('', '', '<p>사회부 기자</p>')).author, null)
  assert.equal(read(page('', '', '<p class="writer">성춘향 칼럼니스트 chun@example.com</p>')).author, '성춘향')
  assert.equal(read(page(author('순천, 광양 홍길동·성춘향 기자 hong@example.com'))).author, '홍길동, 성춘향')
})

test('an author whom the page does not show gives way to one whom it shows', () => {
  const stated = ld({ '@type': 'NewsArticle', author: { '@type': 'Organization', name: '동네신문 편집국' } })
  const byline = '<div class="byline">성춘향 기자</div>'
  assert.equal(read(page(stated, byline)).author, '성춘향')
  assert.equal(read(page(stated)).author, '동네신문 편집국')
  assert.equal(read(page(ld({ '@type': 'NewsArticle', author: [{ name: '성춘향' }] }), byline)).author, '성춘향')
})

test('dates are read as pages write them, and nothing else is a date', () => {
  for (const [written, iso] of [
    ['2024년 3월 1일', '2024-03-01'],
    ['2024.03.01. 09:05', '2024-03-01T09:05:00'],
    ['기사입력 : 2024-03-01 09:05:07', '2024-03-01T09:05:07'],
    ['2024-03-01T00:05:07.123Z', '2024-03-01T00:05:07Z'],
    ['2024-03-01T00:05:07.000+0900', '2024-03-01T00:05:07+09:00'],
    ['2024.3.1 (금) 오후 2:05', '2024-03-01T14:05:00'],
    ['20240301', '2024-03-01'],
    ['March 1st, 2024', '2024-03-01'],
    ['Fri, 01 Mar 2024 09:05:07 GMT', '2024-03-01T09:05:07Z'],
    ['2024-02-29', '2024-02-29'],
  ] as const) {
    assert.equal(isoDate(written), iso, written)
  }
  for (const text of ['어제', '2024-13-01', '2023-02-29', '2024-04-31', '010-1234-5678', ''])
    assert.equal(isoDate(text), null, text)
})

test('whatever a date is written with, what comes out is a date of the calendar', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9년월일 .:T/+Z-]{0,30}$/), (text) => {
      const iso = isoDate(text)
      if (iso === null) return
      assert.match(iso, /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?$/)
      const day = iso.slice(0, 10)
      assert.equal(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10), day)
    }),
  )
})

test('of stated dates that differ, the one the page shows is believed', () => {
  const stated =
    ld({ '@type': 'WebPage', datePublished: '2020-05-05T00:00:00Z' }) +
    '<meta property="article:published_time" content="2024-03-01T09:30:00+09:00">'
  assert.equal(read(page(stated)).published, '2020-05-05T00:00:00Z')
  assert.equal(read(page('', '<p>기사입력 :[ 2018-08-25 15:24 ]</p>')).published, '2018-08-25T15:24:00')
  const shown = '<dl><dt>입력</dt><dd>2024.03.01 09:30</dd><dt>수정</dt><dd>2024.03.02 10:00</dd></dl>'
  const { published, modified } = read(page(stated, shown))
  assert.deepEqual([published, modified], ['2024-03-01T09:30:00+09:00', '2024-03-02T10:00:00'])
})

test('a date after the visit, a change before the publication and a first of January nobody shows are not believed', () => {
  const meta = (published: string, modified: string): string =>
    `<meta property="article:published_time" content="${published}"><meta property="article:modified_time" content="${modified}">`
  const dates = (html: string, seen: string | null): unknown[] => {
    const { published, modified } = read(html, seen)
    return [published, modified]
  }
  const future = page(meta('2031-01-05', '2031-02-01'))
  assert.deepEqual(dates(future, '2026-11-24'), [null, null])
  assert.deepEqual(dates(future, '2031-01-04'), ['2031-01-05', null], 'a zone may be a day ahead')
  assert.deepEqual(dates(future, null), ['2031-01-05', '2031-02-01'])
  assert.deepEqual(dates(page(meta('2024-03-01', '2024-02-01')), null), ['2024-03-01', null])
  const placeholder = meta('2023-01-01T00:00:00Z', '2023-01-01T00:00:00Z')
  assert.deepEqual(dates(page(placeholder), null), [null, null])
  assert.equal(read(page('', '<meta itemprop="datePublished" content="2024-03-01">')).published, '2024-03-01')
  assert.equal(dates(page(placeholder, '<span class="date">2023년 1월 1일</span>'), null)[0], '2023-01-01T00:00:00Z')
})

test('the section is the named one, or the last step of the breadcrumb that is not the page', () => {
  const title = '<meta property="og:title" content="도서관이 열렸다">'
  const steps = ['홈', '뉴스', '사회', '도서관이 열렸다'].map((name, i) => ({
    '@type': 'ListItem',
    position: i + 1,
    item: { name },
  }))
  assert.equal(read(page(title + ld({ '@type': 'BreadcrumbList', itemListElement: steps }))).section, '사회')
  assert.equal(
    read(page(`${title}<meta property="article:section" content="뉴스"><meta name="section" content="문화">`)).section,
    '문화',
  )
  assert.equal(read(page(title)).section, null)
})

test('a canonical URL is believed on its own site only, and not the front page for another', () => {
  const canonical = (link: string, og = ''): string | null =>
    read(page(`<link rel="canonical" href="${link}"><meta property="og:url" content="${og}">`)).canonical
  assert.equal(canonical('/society/1?from=rss#top'), 'https://news.example.kr/society/1?from=rss')
  assert.equal(canonical('https://www.news.example.kr/1'), 'https://www.news.example.kr/1')
  assert.equal(canonical('https://elsewhere.example.com/1'), null)
  assert.equal(
    canonical('https://elsewhere.example.com/1', 'https://m.news.example.kr/1'),
    'https://m.news.example.kr/1',
  )
  assert.equal(canonical('https://news.example.kr/'), null)
  assert.equal(canonical('javascript:void(0)'), null)
})

test('licences get one id, however they are named', () => {
  for (const [mark, id] of [
    ['https://creativecommons.org/licenses/by-sa/4.0/', 'CC-BY-SA-4.0'],
    ['http://creativecommons.org/licenses/by-nc-nd/2.0/kr/deed.ko', 'CC-BY-NC-ND-2.0-KR'],
    ['https://creativecommons.org/licenses/by/4.0/deed.ko', 'CC-BY-4.0'],
    ['https://creativecommons.org/publicdomain/zero/1.0/', 'CC0-1.0'],
    ['https://creativecommons.org/publicdomain/mark/1.0/', 'CC-PDM-1.0'],
    ['CC BY-SA 4.0', 'CC-BY-SA-4.0'],
    ['https://www.kogl.or.kr/info/licenseType2.do', 'KOGL-2'],
    ['공공누리 제1유형: 출처표시', 'KOGL-1'],
    ['All rights reserved', null],
    ['https://example.org/terms', null],
  ] as const) {
    assert.equal(licenceId(mark), id, mark)
  }
})

test('a licence is read from links, meta, JSON-LD and RDFa; marks that disagree, or belong to an image, are not', () => {
  const by = 'https://creativecommons.org/licenses/by/4.0/'
  const nc = 'https://creativecommons.org/licenses/by-nc/4.0/'
  const link = (href: string): string => `<a rel="license" href="${href}">이용 허락</a>`
  const licence = (html: string): string | null => read(html).licence
  for (const html of [
    page(`<link rel="license" href="${by}">`),
    page('', '', `<footer>${link(by)}</footer>`),
    page(ld({ '@type': 'Article', license: by })),
    page(ld({ '@type': 'Article', license: { '@type': 'CreativeWork', url: by } })),
    page(`<meta name="dcterms.license" content="${by}">`),
    page('<meta name="dc.rights" content="CC BY 4.0">'),
    page('', `<span property="cc:license" resource="${by}"></span>`),
    page('', `<figure><img src="a.jpg">${link(nc)}</figure>`, link(by)),
  ]) {
    assert.equal(licence(html), 'CC-BY-4.0', html)
  }
  assert.equal(licence(page(ld({ '@type': 'Article', license: nc }), '', link(by))), null)
  assert.equal(licence(page('', '', `<a href="${by}">남의 글</a>`)), null, 'a link alone says nothing of this page')
  assert.equal(licence(page('', '', '<img src="o.png" alt="공공누리 제3유형">')), 'KOGL-3')
  assert.equal(licence(page('', '', link('https://example.org/terms'))), 'https://example.org/terms')
})
