/** Pages that sell are told from pages that write about the same: evidence over the whole page, never one word. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanText } from '../../../clean/clean.ts'
import { defaultCleaning } from '../../../clean/rules.ts'
import { spamScores as scoresOf } from '../../../clean/spam/score.ts'
import { createTermFinder, lettersOnly } from '../../../clean/terms.ts'
import { jsonLines, withoutData } from '../../support/shared-data.ts'
import { honestPages, spamPages } from './spam-pages.ts'
import { HONEST_PAGES, SELLING_PAGES } from './written-pages.ts'

const spamScores = (text: string) => scoresOf(text, lettersOnly(text))
const SCORES = ['gambling_score', 'adult_score', 'spam_score']
const isSpam = (text: string) => {
  const verdict = cleanText(text, defaultCleaning)
  return !verdict.kept && SCORES.includes(verdict.rule)
}

test('of pages that sell gambling, sex, loans, medicines in 16 styles at least 95 % are rejected for it', () => {
  const pages = spamPages(20_240_115, 640)
  const kept = pages.filter(({ text }) => !isSpam(text))
  assert.ok(kept.length <= pages.length * 0.05, kept.map(({ style, text }) => `${style}: ${text}`).join('\n\n'))
})

test('news, encyclopedias, petitions, guides and honest shops that speak of the same are not', () => {
  const pages = honestPages(20_240_115, 450)
  const lost = pages.filter(({ text }) => isSpam(text))
  assert.deepEqual(lost, [])
})

test('pages written one by one are told apart too', () => {
  assert.deepEqual(
    SELLING_PAGES.filter((text) => !isSpam(text)),
    [],
  )
  assert.deepEqual(HONEST_PAGES.filter(isSpam), [])
})

test('no real petition or news article about gambling, loans or prostitution is taken for spam', {
  skip: withoutData,
}, () => {
  const about = /도박|토토|카지노|대출|사채|성매매|야동|비아그라|음란/
  const texts = ['petitions', 'wikinews', 'news_sentences_park']
    .flatMap((name) => jsonLines<{ readonly text: string }>(`corpus/${name}.jsonl.zst`))
    .map(({ text }) => text)
    .filter((text) => about.test(text))
  assert.ok(texts.length > 100)
  assert.deepEqual(texts.filter(isSpam), [])
})

test('a single word scores nothing, however often it comes', () => {
  for (const word of ['카지노', '토토', '대출', '성인']) {
    assert.deepEqual(spamScores(`${word} `.repeat(200)), { gambling: 0, adult: 0, spam: 0 })
  }
})

test('letters set apart are read together, words are not', () => {
  assert.equal(
    String.fromCharCode(...lettersOnly('카★지★노 카 지 노 토.토 사과 나무 A-B 나 ')),
    '카지노 카지노 토토 사과 나무 ab 나',
  )
})

test('of two terms at a place the longer counts, and one that must begin a word does', () => {
  const finder = createTermFinder<'a' | 'b'>([
    { name: 'a', weight: 2, terms: '토토, ^대출, 추천 코드' },
    { name: 'b', weight: 1, terms: '토토로' },
  ])
  const weigh = (text: string) => Object.fromEntries(finder.weigh(lettersOnly(text)))
  assert.deepEqual(weigh('이웃집 토토로를 보았다'), { b: 1 })
  assert.deepEqual(weigh('스포츠토토 토토'), { a: 4 })
  assert.deepEqual(weigh('현대출판사'), {})
  assert.deepEqual(weigh('대출판사 추천코드 추천 코드'), { a: 6 })
})

test('scores are shares, and any text has them', () => {
  const word = fc.constantFrom(
    '카지노',
    '추천',
    '010-1234-5678',
    '경찰',
    ' ',
    '.',
    '카톡 abcd',
    '가',
    'x'.repeat(40),
    '\ud800',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ unit: 'binary' })), { maxLength: 60 }), (parts) => {
      for (const score of Object.values(spamScores(parts.join('').toWellFormed()))) assert.ok(score >= 0 && score < 1)
    }),
  )
})
