/**
 * Pages made to harm: extraction takes time in proportion to their length, and never throws. Each page here takes minutes
 * wherever a step is quadratic, and the time limit of the test ends it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { textOf } from '../../../crawler/extract/blocks.ts'
import { extractPage } from '../../../crawler/extract/index.ts'

const url = 'https://example.org/1'
const ARTICLE =
  '<p>마을 도서관이 어제 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.</p>'.repeat(5)
const MILLION = 1_000_000
const n = 100_000
const jsonLd = (json: string): string => `<script type="application/ld+json">${json}</script>`

const HOSTILE: Readonly<Record<string, string>> = {
  'a million nested tags': '<div>'.repeat(MILLION) + ARTICLE,
  'nested tags of all kinds': '<b><a><div>'.repeat(n) + ARTICLE,
  'end tags of what is not open': '<div>'.repeat(n) + '</span>'.repeat(n) + ARTICLE,
  'nested tables': '<table><tr><td><img src=x>'.repeat(n) + ARTICLE,
  'nested forms': '<form>'.repeat(n) + ARTICLE,
  'nested boxes of images': '<figure class="photo"><img src="/a.jpg">'.repeat(n) + ARTICLE,
  'nested captions in a line': ARTICLE + '<span class="img_desc">'.repeat(n),
  'dates around many empty elements': '<div class=date>'.repeat(500) + '<i></i>'.repeat(n) + ARTICLE,
  'bylines around bylines': '<div class=byline>'.repeat(500) + '<b>가나다 기자</b>'.repeat(n) + ARTICLE,
  'a hundred thousand images':
    Array.from({ length: n }, (_, i) => `<img src="/${i}.jpg" alt="그림">`).join('') + ARTICLE,
  'ten megabytes of attributes': `<div ${Array.from({ length: n }, (_, i) => `a${i}=b`).join(' ')} class="${'x '.repeat(5 * MILLION)}">${ARTICLE}`,
  'a million white spaces that do not collapse': `<p>x${'\u00a0'.repeat(MILLION)}마을 도서관${'\u200b'.repeat(MILLION)}x</p>`,
  'white space and zero bytes': `<p>${' '.repeat(n)}x${'\0'.repeat(n)}</p>${ARTICLE}`,
  'line breaks without end': `<div>${'가<br>'.repeat(n)}${ARTICLE}</div>`,
  'angle brackets': '<'.repeat(n) + ARTICLE,
  'quotes and escapes in a script': `<script>${'"\\'.repeat(n)}</script>${ARTICLE}`,
  'objects in a script without end': `<script>${'{"a":"<p>","subTitle":'.repeat(n)}</script>${ARTICLE}`,
  'JSON-LD nested without end': jsonLd('{"@graph":['.repeat(n)) + ARTICLE,
  'JSON-LD of a hundred thousand articles':
    jsonLd(`[${'{"@type":"Article","author":"가나다 기자"},'.repeat(n)}0]`) + ARTICLE,
  'JSON-LD of a million empty things': jsonLd(`[${'{},'.repeat(MILLION)}0]`) + ARTICLE,
  'a title of separators': `<meta property="og:title" content="${'a | '.repeat(n)}"><title>${' - '.repeat(n)}</title>${ARTICLE}`,
  'a hundred thousand statements of one name': '<meta name="author" content="x">'.repeat(n) + ARTICLE,
  'cards without end':
    '<div class="c"><p><a href=x>가나다</a></p><p>마바사.</p></div>'.repeat(n / 4) +
    `<main>${ARTICLE.repeat(n / 4)}</main>`,
}

for (const [name, html] of Object.entries(HOSTILE)) {
  test(name, { timeout: 60_000 }, () => assert.match(extractPage(html, url).text, /마을 도서관/))
}

test('a line of 100 MB is read whole', { timeout: 120_000 }, () => {
  const line = '가나다라마바사아자차 '.repeat(3_200_000)
  const { text, lang } = extractPage(`<p>${line}</p>`, url)
  assert.equal(text.length, line.length - 1)
  assert.equal(lang, 'ko')
})

test('no string makes extraction throw', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<p>',
      '</p>',
      '<div class="comment">',
      '</div>',
      '<br>',
      '<a href=x>',
      '</a>',
      '<table>',
      '<figure>',
      '<img src="/a.jpg" class=photo>',
      '<time>2024-02-30',
      '<link rel=license href="http://[">',
      '<script type="application/ld+json">{"@type":"Article","author":[null,{"name":[1,"가나"]}],"datePublished":{}}</script>',
      '<tr>',
      '<td>',
      '<li>',
      '<script>',
      '</script>',
      '<svg>',
      '<!--',
      '-->',
      '<pre>',
      '<h1>',
      '&#0;',
      '&#xd800;',
      '\0',
      '가나다. ',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const extracted = extractPage(pieces.join(''), url)
      assert.equal(extracted.text, textOf(extracted.blocks))
      for (const { before } of extracted.images) assert.ok(before >= 0 && before <= extracted.blocks.length)
    }),
  )
})
