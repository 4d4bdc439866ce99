/** The article of a page, and nothing else of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { dropBlocks, textOf } from '../../crawler/extract/blocks.ts'
import { extractPage } from '../../crawler/extract/index.ts'
import { extractFile } from '../../crawler/extract/tool.ts'
import { UsageError } from '../../pipeline/contract.ts'

const url = 'https://example.org/1'
const PROSE = [
  '마을 도서관이 어제 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.',
  '관장은 책보다 사람이 먼저 모이는 곳이 되기를 바란다고 말했다. 주민들은 첫날부터 줄을 섰다.',
  '다음 달부터는 저녁에도 문을 연다. 낮에 오지 못하는 사람들을 위한 결정이라고 한다.',
]
const ARTICLE = PROSE.map((text) => `<p>${text}</p>`).join('')
const article = (inner: string): string =>
  `<html lang="ko"><body><main><article>${ARTICLE}${inner}</article></main></body></html>`
const blocksOf = (inner: string) => extractPage(article(inner), url).blocks.slice(PROSE.length)

test('menus, footers, sidebars, share bars, comments, related links and cookie notices are left out', () => {
  const { text } = extractPage(
    `<body><div class="cookie-consent"><p>이 사이트는 쿠키를 씁니다. 계속 보시면 동의하신 것으로 봅니다.</p></div>
    <header><a href="/">동네신문</a><nav><ul><li><a href="/a">정치</a><li><a href="/b">사회</a></ul></nav></header>
    <div id="wrap"><div class="news_view">${ARTICLE}<div class="sns-share"><a href="#">공유</a> 기사를 공유해 보세요.</div>
    <div class="related-news"><h3>관련 기사</h3><ul><li><a href="/2">도서관 예산이 늘었다.</a></ul></div></div>
    <div class="sidebar"><h3>많이 본 뉴스</h3><ol><li><a href="/3">첫 번째 소식입니다.</a></ol></div>
    <section id="comments"><p>정말 반가운 소식이네요. 아이와 함께 가 봐야겠습니다.</p></section></div>
    <footer><p>동네신문 (우) 12345 서울시 어느 길 1. 무단 전재를 금합니다.</p></footer></body>`,
    url,
  )
  assert.equal(text, PROSE.join('\n\n'))
})

test('a news page without paragraphs, broken by <br>, gives its paragraphs', () => {
  const body = PROSE.join('<br><br>\n')
  const { blocks } = extractPage(`<div class=top><a href=/>홈</a></div><div id="articleBody">${body}</div>`, url)
  assert.deepEqual(
    blocks,
    PROSE.map((text) => ({ kind: 'paragraph', text })),
  )
})

test('headings, lists, tables, quotes and code are blocks of their kind; an image caption is left out', () => {
  assert.deepEqual(
    blocksOf(`<h2>여는 시간</h2><ul><li>평일 <b>9시</b></li><li>주말 10시<ol><li>명절 제외</li></ol></li></ul>
      <blockquote>책은 사람을 부른다.</blockquote>
      <table><caption>층별 안내</caption><tr><th>층<th>방<tr><td>1<td>열람실</table>
      <figure><img src="a.jpg"><figcaption>새 도서관의 모습이다. 사진 홍길동</figcaption></figure>
      <pre><code>if (open) {\n  enter()\n}</code></pre>`),
    [
      { kind: 'heading', text: '여는 시간' },
      { kind: 'list', text: '평일 9시\n주말 10시\n명절 제외' },
      { kind: 'quote', text: '책은 사람을 부른다.' },
      { kind: 'caption', text: '층별 안내' },
      { kind: 'table', text: '층 | 방\n1 | 열람실' },
      { kind: 'code', text: 'if (open) {\n  enter()\n}' },
    ],
  )
})

test('a list of links is the text’s under a heading of its own, and goes where the heading announces other pages', () => {
  const list = '<ul><li><a href="/1">도서관 이용 안내</a></li><li><a href="/2">책을 빌리는 법</a></li></ul>'
  const kept = [
    { kind: 'heading', text: '읽을거리' },
    { kind: 'list', text: '도서관 이용 안내\n책을 빌리는 법' },
  ]
  assert.deepEqual(blocksOf(`<h2>읽을거리</h2>${list}`), kept)
  assert.deepEqual(blocksOf(`<section><h2>읽을거리</h2>${list}</section>`), kept)
  assert.deepEqual(blocksOf(`<h2>관련 기사</h2>${list}`), [])
  assert.deepEqual(blocksOf(`<section><h2>많이 본 뉴스</h2>${list}</section>`), [])
})

test('white space collapses as in a browser, <br> is a line end, entities are read, inline code stays in its sentence', () => {
  assert.deepEqual(blocksOf('<p>  문은\n\t<code>open()</code>으로  연다 &amp; 닫는다.<br>\n 그뿐이다&hellip; </p>'), [
    { kind: 'paragraph', text: '문은 open()으로 연다 & 닫는다.\n그뿐이다…' },
  ])
})

test('text is the blocks joined by a blank line, and dropping kinds drops them from both', () => {
  const extracted = extractPage(article('<pre>x = 1</pre><p>위와 같이 적는다.</p>'), url)
  assert.equal(extracted.text, textOf(extracted.blocks))
  assert.match(extracted.text, /x = 1/)
  const dropped = dropBlocks(extracted, ['code'])
  assert.equal(dropped.text, [...PROSE, '위와 같이 적는다.'].join('\n\n'))
  assert.equal(
    dropped.blocks.some((block) => block.kind === 'code'),
    false,
  )
})

test('prose in <pre>, as old boards show letters, is a paragraph', () => {
  assert.deepEqual(blocksOf('<pre>고칠 곳이 있으면\n알려 주십시오.</pre>'), [
    { kind: 'paragraph', text: '고칠 곳이 있으면\n알려 주십시오.' },
  ])
})

test('a short page is kept whole', () => {
  assert.equal(extractPage('<html><body><p>곧 다시 열겠습니다.</p></body></html>', url).text, '곧 다시 열겠습니다.')
  assert.equal(extractPage('', url).text, '')
})

test('hidden text is not text', () => {
  const inner =
    '<p hidden>숨긴 문장이다. 보이지 않는다.</p><p style="display:none">이것도 보이지 않는다.</p><script>"스크립트"</script>'
  assert.deepEqual(blocksOf(inner), [])
})

test('the article of a page drawn by JavaScript is found in its data', () => {
  const data = JSON.stringify({ menu: ['정치', '사회'], content: ARTICLE, teaser: '짧은 글' }).replaceAll(
    '<',
    '\\u003c',
  )
  const { text } = extractPage(`<body><div id="app"></div><script>window.__STATE__=${data}</script></body>`, url)
  assert.equal(text, PROSE.join('\n\n'))
})

test('title, author and date come from JSON-LD, meta or what is shown; the title without the name of the site', () => {
  const stated = extractPage(
    `<head><title>도서관이 열렸다 | 동네신문</title><script type="application/ld+json">{"@graph":[{"@type":"NewsArticle",
    "headline":"도서관이 열렸다","datePublished":"2024-03-01T09:30:00+09:00","author":[{"name":"홍길동 기자"}]}]}</script></head>${article('')}`,
    url,
  )
  assert.deepEqual(
    { title: stated.title, author: stated.author, published: stated.published, lang: stated.lang },
    { title: '도서관이 열렸다', author: '홍길동', published: '2024-03-01T09:30:00+09:00', lang: 'ko' },
  )
  const shown = extractPage(
    `<title>도서관이 열렸다 - 동네신문</title><article><h1>도서관이 열렸다</h1><span class="date">입력 2024.03.01 오후 2:05</span>
    <span class="byline">성춘향 기자</span>${ARTICLE}</article>`,
    url,
  )
  assert.deepEqual(
    { title: shown.title, author: shown.author, published: shown.published, text: shown.text },
    { title: '도서관이 열렸다', author: '성춘향', published: '2024-03-01T14:05:00', text: PROSE.join('\n\n') },
  )
})

test('a Korean text is Korean whatever the template declares, and an English one is not', () => {
  assert.equal(extractPage(article('').replace('lang="ko"', 'lang="en-US"'), url).lang, 'ko')
  const english = '<p>The library opened its doors again yesterday, after three years of work on the building.</p>'
  assert.equal(extractPage(`<html lang="ko"><body>${english}</body></html>`, url).lang, null)
  assert.equal(extractPage(`<html lang="en-GB"><body>${english}</body></html>`, url).lang, 'en')
})

test('a gzipped file becomes a record named by its file, kinds dropped; a broken one is a usage error', () => {
  const html = Buffer.from(article('<pre>x = 1</pre>'))
  const record = extractFile('pages/one.html.gz', gzipSync(html), { url, drop: ['code'] })
  assert.deepEqual(
    { id: record.id, file: record.file, url: record.url, text: record.text },
    { id: 'one', file: 'pages/one.html.gz', url, text: PROSE.join('\n\n') },
  )
  assert.equal(extractFile('one.htm', html, { drop: [] }).url, null)
  assert.throws(() => extractFile('one.html.gz', gzipSync(html).subarray(0, 40), { drop: [] }), UsageError)
})
