/** What surrounds the text of a news article is cut from its head and tail; everything else stays. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutBoilerplate } from '../../../clean/boilerplate/news.ts'
import { normalize } from '../../../clean/normalize.ts'
import { jsonLines, withoutData } from '../../support/shared-data.ts'

const BODY = [
  '서울시가 내년부터 마을버스 노선을 다시 짠다고 15일 밝혔다.',
  '시는 주민 의견을 듣는 자리를 구마다 한 번씩 연다. 담당 과장은 "빈 곳을 먼저 잇겠다"고 말했다.',
  '새 노선은 3월에 정해진다. 지금 다니는 버스는 그때까지 그대로 다닌다.',
]

/** Lines that belong to no article, as they stand at the foot of pages. */
const TAIL_LINES = [
  '홍길동 기자',
  '홍길동 기자 gildong@example.com',
  '홍길동·김철수 기자',
  '[서울=한국통신] 홍길동 기자 gildong@example.com',
  '글·사진 홍길동 기자',
  '/홍길동 기자 gildong@example.com',
  '홍길동 특파원',
  '온라인뉴스팀',
  'gildong@example.com',
  '(끝)',
  '<끝>',
  '<저작권자(c) 한국통신, 무단 전재-재배포 금지>',
  '<저작권자 ⓒ 한국통신, 무단 전재-재배포, AI 학습 및 활용 금지>',
  'ⓒ 한국일보, 무단전재 및 재배포 금지',
  '[ⓒ 한국경제 & hankuk.com, 무단전재 및 재배포 금지]',
  'Copyright ⓒ 한국신문. All rights reserved. 무단 전재 및 재배포 금지.',
  'Copyright © The Hankuk Times. All rights reserved.',
  '저작권자 © 한국뉴스 무단전재 및 재배포 금지',
  '무단 전재 및 재배포 금지',
  '※ 저작권자 ⓒ 한국일보. 무단 전재-재배포 금지',
  '제보는 카카오톡 hankuk1234',
  '▶ 제보하기',
  "▷ 카카오톡 : '한국제보' 검색, 채널 추가",
  '▷ 전화 : 02-123-4567',
  '[메일] jebo@example.com',
  '한국뉴스는 여러분의 제보를 기다립니다.',
  '▶ 네이버에서 한국일보 구독하기',
  '☞ 카카오톡 채널 추가하고 새 소식 받아보세요',
  '▶ 한국신문 유튜브 구독하기',
  '네이버 채널 구독하기',
  '좋아요 12 싫어요 3 댓글 5',
  '기사 공유',
  '카카오톡 공유하기',
  '글자크기 조절',
  '(사진=한국통신)',
  '사진=한국통신 제공',
  '사진 제공 = 서울시',
  '[한국통신 자료사진]',
  '▲ 마을버스가 정류장에 서 있다. (사진=서울시)',
  '버스를 기다리는 사람들. [한국통신 자료사진]',
  '입력 2024.01.15 10:30',
  '2024/01/15 10:30 송고',
]

const HEAD_LINES = [
  '입력 2024.01.15 10:30 수정 2024.01.15 11:20',
  '기사입력: 2024-01-15 오전 10:30',
  '홍길동 기자 gildong@example.com',
  '홍길동 기자',
  '사진=한국통신',
]

const DATELINES = [
  '(서울=한국통신) 홍길동 기자 = ',
  '[서울=한국통신]홍길동 기자 = ',
  '【서울=한국통신】',
  '(서울·부산=한국통신) 홍길동 김철수 기자 = ',
  '[스포츠한국 홍길동 기자] ',
  '[한국경제=홍길동 기자] ',
  '홍길동 기자 = ',
]

test('each line of boilerplate is cut from the tail, alone and among others, and counted', () => {
  const body = BODY.join('\n')
  for (const line of TAIL_LINES) {
    const { text, headChars, tailChars } = cutBoilerplate(`${body}\n${line}`)
    assert.equal(text, body, line)
    assert.equal(headChars, 0)
    assert.equal(tailChars, line.length + 1)
  }
  assert.equal(cutBoilerplate(`${body}\n\n${TAIL_LINES.join('\n')}`).text, body)
})

test('each line of boilerplate is cut from the head, and counted there', () => {
  const body = BODY.join('\n')
  for (const line of HEAD_LINES) {
    assert.deepEqual(
      cutBoilerplate(`${line}\n\n${body}`),
      { text: body, headChars: line.length + 2, tailChars: 0 },
      line,
    )
  }
})

test('place, agency and reporter are cut from the first lines', () => {
  const body = BODY.join('\n')
  for (const dateline of DATELINES) assert.equal(cutBoilerplate(`${dateline}${body}`).text, body, dateline)
  assert.equal(cutBoilerplate(`버스 노선 바뀐다\n${DATELINES[0]}${body}`).text, `버스 노선 바뀐다\n${body}`)
})

test('a signature behind the last sentence is cut, the sentence stays', () => {
  const body = BODY.join('\n')
  for (const end of [
    ' (끝)',
    ' 홍길동 기자 gildong@example.com',
    '/홍길동 기자',
    ' gildong@example.com',
    ' 홍길동 기자 gildong@example.com (끝)',
  ]) {
    assert.equal(cutBoilerplate(`${body}${end}`).text, body, end)
  }
})

test('a list of other articles goes with its heading; titles without one stay', () => {
  const body = BODY.join('\n')
  const titles = ['버스 기사 모자라 노선 줄어', '"밤에도 다녔으면" 주민 목소리', '마을버스 요금 오르나']
  for (const heading of ['관련기사', '[관련 기사]', '▶ 관련기사', '많이 본 뉴스', '<이 시각 주요 뉴스>']) {
    assert.equal(cutBoilerplate(`${body}\n\n${heading}\n${titles.join('\n')}\n(끝)`).text, body, heading)
  }
  assert.equal(cutBoilerplate(`${body}\n${titles.join('\n')}`).text, `${body}\n${titles.join('\n')}`)
})

test('text behind a line of boilerplate is not lost', () => {
  const text = [...BODY, '무단 전재 및 재배포 금지', ...BODY.map((line) => `덧붙여 ${line}`)].join('\n')
  assert.equal(cutBoilerplate(text).text, text.replace('무단 전재 및 재배포 금지\n', ''))
})

test('beyond the windows nothing is cut', () => {
  const many = Array.from({ length: 20 }, (_, i) => `${i + 1}번째 문장은 이렇게 끝난다.`)
  const text = [...many, '홍길동 기자', '(사진=한국통신)', ...many].join('\n')
  assert.deepEqual(cutBoilerplate(text), { text, headChars: 0, tailChars: 0 })
})

test('sentences about these things are no boilerplate', () => {
  const sentences = [
    '저작권자는 저작물의 무단 전재를 금지할 수 있다.',
    '홍길동 기자가 현장을 다녀왔다.',
    '그는 신문 기자였다.',
    '사진을 찍는 일은 기다리는 일이다.',
    '네이버 웹툰을 구독하는 사람이 늘었다.',
    '제보를 받은 경찰이 출동했다.',
    '이 책은 여기서 끝.',
    '좋아요',
    '- 앱 다운로드',
    '* 설정하기',
    '문의: 02-123-4567',
    '우리는 그 영화를 좋아요라고 말했다. 댓글도 남겼다.',
    '관련 기사를 읽었다.',
  ]
  for (const sentence of sentences) {
    for (const text of [`${BODY.join('\n')}\n${sentence}`, `${sentence}\n${BODY.join('\n')}`, sentence]) {
      assert.equal(cutBoilerplate(text).text, text)
    }
  }
})

test('where nothing but boilerplate is, nothing is cut', () => {
  assert.equal(cutBoilerplate('홍길동 기자\n(끝)').text, '홍길동 기자\n(끝)')
})

for (const [name, most] of [
  ['petitions', 0],
  ['book_review_nanet', 0],
  ['book_review_nlk', 0],
  ['law_articles', 0],
  ['chatbot_dialog', 0],
  ['ud_kaist', 0],
  ['unesco_report', 0],
  ['novel_camellia', 0],
  ['wikinews', 0.002],
  ['ms_windows_ko', 0.005],
] as const) {
  test(`of ${name}, which is no news agency's, at most ${most * 100} % of the texts are touched`, {
    skip: withoutData,
  }, () => {
    const texts = jsonLines<{ readonly text: string }>(`corpus/${name}.jsonl.zst`).map(({ text }) => normalize(text))
    const cut = texts.filter((text) => cutBoilerplate(text).text !== text)
    assert.ok(cut.length <= texts.length * most, `${cut.length} of ${texts.length}`)
  })
}

test('of the bodies of news pages, marked by hand, nothing is cut', { skip: withoutData }, () => {
  const pages = jsonLines<{ readonly body: string }>('html/kr_news_fundus/ground_truth.jsonl')
  assert.ok(pages.length > 1)
  for (const { body } of pages) assert.equal(cutBoilerplate(normalize(body)).text, normalize(body))
})
