/** Texts that mean harm: none crashes cleaning or holds it up, each has a verdict with its reason. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutBoilerplate } from '../../clean/boilerplate/news.ts'
import { cleanText } from '../../clean/clean.ts'
import { defaultCleaning } from '../../clean/rules.ts'

const verdictOf = (text: string) => cleanText(text, defaultCleaning)

function reasonOf(text: string): string {
  const verdict = verdictOf(text)
  return verdict.kept ? 'kept' : verdict.rule
}

test('lone surrogates, zero bytes, bidi controls and noncharacters end as a verdict', () => {
  assert.equal(reasonOf('\ud800'.repeat(1000)), 'mojibake_frac')
  assert.equal(reasonOf('\0'.repeat(1000)), 'min_chars')
  assert.equal(reasonOf('\u202e\u2066\u200f'.repeat(1000)), 'min_chars')
  assert.equal(reasonOf('\uffff\ufdd0'.repeat(1000)), 'min_chars')
})

test('a million combining marks on a letter are not sorted for hours', () => {
  assert.equal(reasonOf(`가${'\u0301\u0316'.repeat(500_000)}`), 'min_chars')
})

test('a line of a hundred megabytes is rejected for its length, with every measure', () => {
  const verdict = verdictOf('ㅋ'.repeat(1e8 / 3))
  assert.ok(!verdict.kept && verdict.rule === 'max_chars')
  assert.deepEqual(Object.keys(verdict.measures), Object.keys(verdictOf('').measures))
})

test('of a text beyond the bound on memory the beginning is measured, its length whole', () => {
  const { measures } = verdictOf('가 '.repeat(2_500_000))
  assert.equal(measures.chars, 4_999_999)
  assert.equal(measures.words, 2 ** 21)
})

/** What each pattern of the chain begins with, or runs over, repeated: a pattern that backtracks would not come to an end. */
const PIECES = [
  ' ',
  '\n',
  '.',
  '…',
  '-',
  '(',
  '[',
  '【',
  '<',
  '▶',
  '=',
  '@',
  'a@',
  'a.',
  'a-',
  '1',
  '010-',
  '02)',
  '카톡 ',
  '카톡 id',
  '코드: ',
  'www.',
  'http://',
  '홍길동 기자 ',
  '기자',
  '사진=',
  '(사진=',
  '무단 전재 ',
  '저작권자 ',
  'ⓒ ',
  'copyright ',
  '제보',
  '관련기사',
  '입력 2024.01.15 ',
  '좋아요 1 ',
  '구독',
  '네이버 ',
  '합니다',
  '설정 합니다 ',
  '에 의해 ',
  '읍니다',
  'ㅅ니다',
  '民族에',
  'ê°',
  '¾È',
  '占쏙옙',
  '카지노 ',
  '카★',
  '가',
  'ㅋ',
  '漢',
  '\u0301',
  '\u200d',
  '👩',
  'ﾡ',
  '{',
  '#',
]

test('each piece, repeated over a line, over lines, or between a byline and a prohibition, has every measure', () => {
  const names = Object.keys(verdictOf('').measures)
  for (const piece of PIECES) {
    const text = piece.repeat(Math.ceil(30_000 / piece.length))
    for (const each of [text, `${piece}\n`.repeat(8_000), `홍길동${text}`, `${text}금지`]) {
      assert.deepEqual(Object.keys(verdictOf(each).measures), names)
    }
  }
})

test('any mixture of such pieces has a verdict, and cutting twice cuts no more', () => {
  const piece = fc.oneof(
    fc.constantFrom(...PIECES),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('\n', '다.\n', ' '),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.boolean(), (pieces, boilerplate) => {
      const text = pieces.join('')
      const verdict = cleanText(text, { ...defaultCleaning, rules: {}, boilerplate })
      assert.ok(verdict.kept)
      assert.equal(cutBoilerplate(verdict.text).text === verdict.text || !boilerplate, true)
      const again = cleanText(verdict.text, { ...defaultCleaning, rules: {}, boilerplate })
      assert.ok(again.kept && again.text === verdict.text)
    }),
    { numRuns: 1000 },
  )
})
