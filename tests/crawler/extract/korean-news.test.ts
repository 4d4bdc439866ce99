/** Templates as Korean news sites build them: an article comes out of each as the same paragraphs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extractPage } from '../../../crawler/extract/index.ts'

const PARAGRAPHS = [
  '마을 도서관이 1일 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.',
  '관장은 “책보다 사람이 먼저 모이는 곳이 되기를 바란다”고 말했다. 주민들은 첫날부터 줄을 섰다.',
  '다음 달부터는 저녁에도 문을 연다. 낮에 오지 못하는 사람들을 위한 결정이라고 도서관은 설명했다.',
] as const
const [FIRST, SECOND, THIRD] = PARAGRAPHS
const CAPTION = '지난 1일 다시 문을 연 도서관에서 아이들이 책을 읽고 있다'
const textOf = (body: string): string =>
  extractPage(
    `<html lang="ko"><head><title>도서관이 열렸다 - 동네신문</title></head><body>
    <div id="header"><ul class="gnb"><li><a href="/p">정치</a></li><li><a href="/s">사회</a></li></ul></div>
    <div id="container">${body}</div>
    <div id="footer">동네신문 등록번호 서울 아00000. 무단 전재 및 재배포를 금합니다.</div></body></html>`,
    'https://news.example.kr/1',
  ).text

const TEMPLATES: Readonly<Record<string, string>> = {
  'line breaks in one element, a caption in a table under its picture': `<div id="news_body">
    <table class="img" align="center"><tr><td><img src="/1.jpg"></td></tr><tr><td>${CAPTION}</td></tr></table>
    ${FIRST}<br><br>${SECOND}<br>\n<br>${THIRD}</div>`,
  'a caption in a span beside its picture, and one under it with a triangle': `<div itemprop="articleBody">
    <span class="photo_box"><img src="/1.jpg"><em class="img_desc">${CAPTION}</em></span>
    <p>${FIRST}</p><p><img src="/2.jpg"></p><p>▲ ${CAPTION} ⓒ동네신문</p><p>${SECOND}</p><p>${THIRD}</p></div>`,
  'a credit behind a caption, in a plain paragraph under the picture': `<div class="article_view">
    <p><img src="/1.jpg"></p><p>${CAPTION}. [사진=연합통신]</p><p>${FIRST}</p><p>${SECOND}</p><p>${THIRD}</p></div>`,
  'tools before the text: size of letters, sharing, listening, a summary by a machine': `<div class="view_head"><h1>도서관이 열렸다</h1>
    <span class="date">입력 2024.03.01 09:05</span></div><div class="font_size"><a href="#">글자크기 +</a><a href="#">-</a></div>
    <div class="tts_area">기사를 들어 보세요. 음성으로 들려 드립니다.</div>
    <div class="ai-summary"><strong>AI 요약</strong><p>도서관이 다시 열렸고 저녁에도 문을 연다고 합니다.</p></div>
    <div class="sns_share">공유하기</div><div id="articleBody"><p>${FIRST}</p><p>${SECOND}</p><p>${THIRD}</p></div>`,
  'after the text: who wrote it, tags, how readers feel, a call to subscribe, other news': `<div class="article_body">
    <p>${FIRST}</p><p>${SECOND}</p><p>${THIRD}</p><div class="reporter_card"><a href="/j/1">홍길동 기자</a> hong@example.com</div>
    <div class="hash_tag"><a href="/t/1">#도서관</a><a href="/t/2">#책</a></div><div class="reaction_box">좋아요 3 슬퍼요 1</div>
    <div class="subscribe_box"><p>동네신문을 구독하고 새 소식을 먼저 만나 보세요.</p></div>
    <div class="rel_news"><h3>관련기사</h3><ul><li><a href="/2">도서관 예산이 늘었다</a></li><li><a href="/3">책 축제가 열린다</a></li></ul></div>
    <div class="copyright">저작권자 © 동네신문, 무단 전재 및 재배포 금지</div></div>`,
  'labels of tools between line breaks, and other news under a bracketed line': `<div id="article_txt">기사 듣기<br><br>${FIRST}<br><br>
    <a href="/9">도서관, 세 해의 기록</a><br><br>${SECOND}<br><br>${THIRD}<br><br>[관련기사]<br><a href="/2">도서관 예산이 늘었다</a><br><br>이미지 확대보기</div>`,
  'cards of other news in a row, a linked headline over a sentence each': `<div class="view"><p>${FIRST}</p><p>${SECOND}</p><p>${THIRD}</p>
    ${[2, 3, 4].map((i) => `<div class="item"><p><a href="/${i}">이런 소식도 있습니다 ${i}</a></p><p>다른 마을에도 도서관이 문을 연다고 한다. 자세한 내용은 다음과 같다.</p></div>`).join('')}</div>`,
}

for (const [name, body] of Object.entries(TEMPLATES)) {
  test(name, () => assert.equal(textOf(body), PARAGRAPHS.join('\n\n')))
}

test('what is told of the reporter under a long article goes with the reporter', () => {
  const long = Array.from({ length: 8 }, () => PARAGRAPHS).flat()
  const card = `<div class="reporter-profile"><p>홍길동 기자는 스무 해 동안 마을의 소식을 써 왔다. 도서관과 책방, 사라지는 골목을 찾아다닌다.</p>
    <p>독자의 제보를 기다린다. 지난해에는 마을 기록상을 받았다. 주말에는 아이들과 함께 신문을 만든다.</p></div>`
  assert.equal(
    textOf(`<div class="article_body">${long.map((text) => `<p>${text}</p>`).join('')}${card}</div>`),
    long.join('\n\n'),
  )
})

test('a page drawn by JavaScript: the article comes with the subtitle and the date that its data keeps beside it', () => {
  const article = {
    subTitle: '3년 만에 새 단장<br>저녁에도 연다',
    body: `<div class="img-box"><img src="https://img.example.kr/1.jpg"><p>${CAPTION}</p></div>${PARAGRAPHS.map((text) => `<p class="p">${text}</p>`).join('')}`,
    deployDt: '2024.03.01 18:40',
  }
  const data = { others: [{ subTitle: '다른 기사의 부제', regDt: '2020.01.02' }], detail: article }
  const html = `<html lang="ko"><body><div id="root"></div><script>window.__S=${JSON.stringify(data).replaceAll('<', '\\u003c')}</script></body></html>`
  const { text, published, images } = extractPage(html, 'https://news.example.kr/1')
  assert.equal(text, ['3년 만에 새 단장\n저녁에도 연다', ...PARAGRAPHS].join('\n\n'))
  assert.equal(published, '2024-03-01T18:40:00')
  assert.deepEqual(
    images.map(({ url, caption, before }) => [url, caption, before]),
    [['https://img.example.kr/1.jpg', CAPTION, 1]],
  )
})
