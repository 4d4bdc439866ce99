import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { linksOf } from '../../../crawler/web/links.ts'
import { gunzipListing, isGzip, listingOf } from '../../../crawler/web/listing.ts'

const base = 'https://example.org/news/1.html'

test('links are absolute, in page order, and only http and https', () => {
  const { links } = linksOf(
    `<a href="2.html">다음</a><a href='/top'>위</a><A HREF=//other.kr/x>밖</A><area href="?p=2">
     <a href="mailto:a@b.kr">x</a><a href="javascript:go()">x</a><a name="here">x</a><a href=" 3.html#c ">y</a>
     <frame src="left.html"><link rel="stylesheet" href="a.css"><link rel="alternate" type="application/rss+xml" href="/rss">`,
    base,
  )
  assert.deepEqual(links, [
    'https://example.org/news/2.html',
    'https://example.org/top',
    'https://other.kr/x',
    'https://example.org/news/1.html?p=2',
    'https://example.org/news/3.html#c',
    'https://example.org/news/left.html',
    'https://example.org/rss',
  ])
})

test('the first base href counts, for links before it too', () => {
  const { links } = linksOf('<a href="x">1</a><base href="/b/"><base href="/c/"><a href="y">2</a>', base)
  assert.deepEqual(links, ['https://example.org/b/x', 'https://example.org/b/y'])
})

test('rel=nofollow is no link', () => {
  assert.deepEqual(linksOf('<a rel="ugc nofollow" href="/a">x</a><a href="/b">y</a>', base).links, [
    'https://example.org/b',
  ])
})

test('the canonical page is told from the links, the first one counts', () => {
  const page = linksOf('<link rel="canonical" href="/a"><link rel=canonical href="/b"><a href="/c">x</a>', base)
  assert.equal(page.canonical, 'https://example.org/a')
  assert.equal(linksOf('<a href="/c">x</a>', base).canonical, null)
})

test('a million nested tags, and a listing of them, are read in linear time', () => {
  const nested = '<b>'.repeat(1_000_000)
  assert.deepEqual(linksOf(`${nested}<a href="/a">x</a>${'</b>'.repeat(1_000_000)}`, base).links, [
    'https://example.org/a',
  ])
  assert.equal(listingOf(`<rss><channel>${nested}`, base)?.entries.length, 0)
})

test('links in comments, scripts and styles are none, and entities in addresses are decoded', () => {
  const html =
    '<!-- <a href="/c"> --><script>"<a href=/s>"</script><style><a href=/t></style><a href="/v?a=1&amp;b=2">x</a>'
  assert.deepEqual(linksOf(html, base).links, ['https://example.org/v?a=1&b=2'])
})

test('a meta refresh is a link', () => {
  assert.deepEqual(linksOf(`<meta http-equiv="Refresh" content="0; URL='/main.html'">`, base).links, [
    'https://example.org/main.html',
  ])
})

test('Korean in a query goes out in the encoding of the page, in a path as UTF-8', () => {
  const html = '<a href="/글?q=가&p=1">x</a>'
  assert.deepEqual(linksOf(html, base, 'cp949').links, ['https://example.org/%EA%B8%80?q=%B0%A1&p=1'])
  assert.deepEqual(linksOf(html, base).links, ['https://example.org/%EA%B8%80?q=%EA%B0%80&p=1'])
})

test('a sitemap lists its pages, not its pictures', () => {
  const text = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="i">
    <url><loc> https://example.org/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod>
      <image:image><image:loc>https://example.org/a.jpg</image:loc></image:image></url>
    <url><loc><![CDATA[https://example.org/b]]></loc></url></urlset>`
  assert.deepEqual(listingOf(text, base), {
    kind: 'sitemap',
    entries: [
      { url: 'https://example.org/a?x=1&y=2', lastmod: '2026-01-01' },
      { url: 'https://example.org/b', lastmod: null },
    ],
  })
})

test('a sitemap index, RSS and Atom are told apart', () => {
  assert.deepEqual(
    listingOf('<sitemapindex><sitemap><loc>https://example.org/s.xml.gz</loc></sitemap></sitemapindex>', base),
    {
      kind: 'sitemap-index',
      entries: [{ url: 'https://example.org/s.xml.gz', lastmod: null }],
    },
  )
  assert.deepEqual(
    listingOf(
      '<rss version="2.0"><channel><link>https://example.org/</link><item><title>첫 글</title><link>/p/1</link><pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate></item></channel></rss>',
      base,
    ),
    { kind: 'rss', entries: [{ url: 'https://example.org/p/1', lastmod: 'Thu, 01 Jan 2026 00:00:00 GMT' }] },
  )
  assert.deepEqual(
    listingOf(
      `<feed xmlns="http://www.w3.org/2005/Atom"><link href="/self"/><entry><link rel="self" href="/e.atom"/><link href="/e/1"/></entry></feed>`,
      base,
    ),
    { kind: 'atom', entries: [{ url: 'https://example.org/e/1', lastmod: null }] },
  )
  assert.equal(listingOf('<html><body>문서</body></html>', base), null)
  assert.equal(listingOf('', base), null)
})

test('a compressed sitemap is read within its limit', () => {
  const file = gzipSync(`<urlset>${' '.repeat(10_000)}</urlset>`)
  assert.ok(isGzip(file))
  assert.equal(gunzipListing(file, 100_000)?.byteLength, 10_017)
  assert.equal(gunzipListing(file, 5_000), null)
  assert.equal(gunzipListing(file.subarray(0, 20), 100_000), null)
})
