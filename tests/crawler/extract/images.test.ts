/** The images of an article, and nothing of the page around it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropBlocks } from '../../../crawler/extract/blocks.ts'
import { extractPage } from '../../../crawler/extract/index.ts'

const url = 'https://news.example.kr/a/1'
const SENTENCE = '마을 도서관이 어제 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.'
const P = `<p>${SENTENCE}</p>`
const read = (inner: string, around = ''): ReturnType<typeof extractPage> =>
  extractPage(`<body><header><img src="/head.jpg"></header><article>${inner}</article>${around}</body>`, url)

test('an image has its absolute URL, its alt and caption, and the block it stands before', () => {
  const { images, blocks } = read(
    `${P}<figure><img src="../i/1.jpg" alt="열람실"><figcaption>새 열람실의 모습이다. 홍길동 기자</figcaption></figure>${P}${P}
    <a href="/big"><img src="//cdn.example.kr/2.jpg"></a>`,
  )
  assert.equal(blocks.length, 3)
  assert.deepEqual(images, [
    { url: 'https://news.example.kr/i/1.jpg', alt: '열람실', caption: '새 열람실의 모습이다. 홍길동 기자', before: 1 },
    { url: 'https://cdn.example.kr/2.jpg', alt: null, caption: null, before: 3 },
  ])
})

test('images of menus, related pages and share bars are not the article’s', () => {
  const { images } = read(
    `${P}${P}<div class="share"><img src="/share.jpg"></div><div class="related"><a href="/2"><img src="/2.jpg">다른 기사</a></div>`,
    '<aside><img src="/ad.jpg"></aside><footer><img src="/foot.jpg"></footer>',
  )
  assert.deepEqual(images, [])
})

test('an image loaded later is where its data says; buttons, placeholders and what is no file are none', () => {
  const { images } = read(
    `${P}<img src="data:image/gif;base64,R0" data-src="/late.jpg"><img srcset="/s.jpg 320w, /l.jpg 1280w"><img src="/b.gif" width="16">
    <img src="/img/btn_print.gif"><img src="blob:x"><img><img src="/late.jpg">${P}`,
  )
  assert.deepEqual(
    images.map((image) => image.url),
    ['https://news.example.kr/late.jpg', 'https://news.example.kr/l.jpg'],
  )
})

test('<base> is what addresses are read against', () => {
  const { images } = extractPage(
    `<base href="https://cdn.example.kr/x/"><article>${P}<img src="1.jpg">${P}</article>`,
    url,
  )
  assert.equal(images[0]?.url, 'https://cdn.example.kr/x/1.jpg')
})

test('where blocks are dropped, an image stands before what then follows it', () => {
  const extracted = read(`${P}<pre>x = 1</pre><img src="/1.jpg"><pre>y = 2</pre>${P}<img src="/2.jpg">`)
  assert.deepEqual(
    extracted.images.map((image) => image.before),
    [2, 4],
  )
  const dropped = dropBlocks(extracted, ['code'])
  assert.deepEqual(
    dropped.images.map((image) => image.before),
    [1, 2],
  )
})
