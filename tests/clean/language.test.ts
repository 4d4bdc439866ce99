/** Korean is told from the rest, in pages as in lines of chat. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanText } from '../../clean/clean.ts'
import { defaultCleaning } from '../../clean/rules.ts'
import { jsonLines, withoutData } from '../support/shared-data.ts'
import { foreignTexts, isKorean, koreanTexts } from './language-set.ts'

const scoreOf = (text: string) =>
  cleanText(text, { ...defaultCleaning, rules: {}, boilerplate: false }).measures.language_score ?? -1

test('scripts are weighed in syllables', () => {
  assert.equal(scoreOf('가나 123 !?'), 1)
  assert.equal(scoreOf('가나 abc'), 0.6667)
  assert.equal(scoreOf('abc def'), 0)
  assert.equal(scoreOf('123'), 0)
})

test('short lines of chat and reviews, with English terms or in mixed Hanja, are Korean', () => {
  for (const text of [
    'ㅋㅋㅋㅋㅋ',
    'ㅠㅠ 보고싶다',
    'OST 짱!',
    'SD카드 안돼',
    'React의 useState를 쓰면 state를 바꿀 수 있다.',
    '百年의 興亡은 오즉 敎育에 在하다',
    '我帝國은 東亞共榮圈의 방해자요',
    'ㅇㅇ ㄱㄱ',
  ]) {
    assert.ok(isKorean(text), text)
  }
})

test('other languages, romanised Korean, code, and a Korean word among foreign ones are not', () => {
  for (const text of [
    '東京は日本の首都である。',
    '韓国語(한국어)は韓国で話されている言語である。',
    '中华人民共和国位于亚洲东部。',
    '韩国的首都是首尔(서울)，人口约一千万。',
    'annyeonghaseyo, mannaseo bangapseumnida',
    'Seoul (Korean: 서울) is the capital and largest city of South Korea.',
    "const text = '가'; for (let i = 0; i < text.length; i++) console.log(text[i])",
    'Россия — страна в Восточной Европе.',
    '12:30 ~ 13:40 (100%)',
  ]) {
    assert.ok(!isKorean(text), text)
  }
})

test('of lines and pages of real text at least 99.5 % are told right', { skip: withoutData }, () => {
  const korean = koreanTexts()
  const foreign = foreignTexts()
  assert.ok(korean.length > 5000 && foreign.length > 1500)
  const right = korean.filter(isKorean).length + foreign.filter((text) => !isKorean(text)).length
  assert.ok(right >= (korean.length + foreign.length) * 0.995, `${right} of ${korean.length + foreign.length}`)
})

test('one script is one ratio', { skip: withoutData }, () => {
  const [page] = jsonLines<{ readonly text: string }>('corpus/wikinews.jsonl.zst')
  const { measures } = cleanText(page!.text, { ...defaultCleaning, rules: {}, boilerplate: false })
  const sum = ['hangul_ratio', 'latin_ratio', 'hanja_ratio', 'kana_ratio'].reduce(
    (all, name) => all + measures[name]!,
    0,
  )
  assert.ok(Math.abs(sum - 1) < 0.001)
})
