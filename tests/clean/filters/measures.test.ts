/** What each rule measures, on texts small enough to count by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanText } from '../../../clean/clean.ts'
import { defaultCleaning } from '../../../clean/rules.ts'
import { countSentences, endsInEllipsis, endsSentence, hasSentenceEnd } from '../../../clean/sentences.ts'

function measures(text: string) {
  return cleanText(text, { ...defaultCleaning, rules: {}, boilerplate: false }).measures
}

/** Asserts the named measures of a text. */
function assertMeasures(text: string, expected: Readonly<Record<string, number>>): void {
  const found = measures(text)
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, found[name]])), expected, text)
}

test('length is in code points, words are eojeol with a letter or digit', () => {
  assertMeasures('가👩a', { chars: 3, words: 1 })
  assertMeasures('가나 - 다라 1 ※', { words: 3, mean_word_chars: 1.6667, alpha_word_frac: 0.4 })
})

test('ratios of scripts are taken among letters; ㆍ is a middle dot, ㅋ a letter', () => {
  assertMeasures('가나 123 !?', { hangul_ratio: 1 })
  assertMeasures('가나 ab', { hangul_ratio: 0.5, latin_ratio: 0.5 })
  assertMeasures('가 漢字𠀀 ㅋ', { hangul_ratio: 0.4, jamo_ratio: 0.2, hanja_ratio: 0.6 })
  assertMeasures('가かカー', { kana_ratio: 0.75 })
  assertMeasures('천재ㆍ사변', { jamo_ratio: 0, hangul_ratio: 1 })
  assertMeasures('123', { hangul_ratio: 0, language_score: 0 })
})

test('a line or paragraph counts as duplicate from its second time on', () => {
  assertMeasures('가나\n다라\n\n가나\n 가나', { dup_line_frac: 0.5, dup_line_char_frac: 0.5, dup_para_frac: 0 })
  assertMeasures('가나다\n\n라\n\n가나다', { dup_para_frac: 0.3333, dup_para_char_frac: 0.4286 })
})

test('repeated runs of words are shares of the letters of all words', () => {
  assertMeasures('가 나 다 가 나', { top_2_gram_frac: 0.8, top_3_gram_frac: 0, dup_5_gram_frac: 0 })
  assertMeasures('가 나 다 라 마 가 나 다 라 마', { top_2_gram_frac: 0.4, dup_5_gram_frac: 0.5, dup_6_gram_frac: 0 })
  assertMeasures('하나 둘', { top_2_gram_frac: 0 })
  assertMeasures('가 가 가 가', { top_2_gram_frac: 1 })
})

test('lines: sentences, bullets, ellipses, short ones, line ends for each word', () => {
  const menu = '홈\n소개\n공지\n자료\n문의\n* 링크'
  assertMeasures(menu, { line_punct_frac: 0, short_line_frac: 1, new_line_ratio: 0.7143, bullet_line_frac: 0.1667 })
  assertMeasures('▶ 하나\n- 둘\n* 셋\n**름은 넷\n-다섯', { bullet_line_frac: 0.6 })
  assertMeasures('갔다…\n그랬다...\n"왔다…"\n먹었다.\n잤다', { ellipsis_line_frac: 0.6, line_punct_frac: 1 })
  assertMeasures('제목 하나', { line_punct_frac: 0.8, ellipsis_line_frac: 0 })
})

test('symbols are counted for each word, of twenty at least', () => {
  assertMeasures('잼있어요...', { symbol_word_ratio: 0.05 })
  assertMeasures(`${'#가 '.repeat(10)}${'나 '.repeat(30)}`, { symbol_word_ratio: 0.25 })
  assertMeasures('가..... 나.. 다…', { symbol_word_ratio: 0.1 })
})

test('particles and endings are looked for at the end of words', () => {
  assertMeasures('나는 학교에 갔다.', { stop_words: 3 })
  assertMeasures('도서관 목록 이', { stop_words: 0 })
})

test('the rules of C4', () => {
  assertMeasures('{', { curly_bracket: 1, lorem_ipsum: 0 })
  assertMeasures('Lorem Ipsum 이다.\n자바스크립트를 켜세요.', {
    lorem_ipsum: 1,
    javascript_line_frac: 0.5,
    sentences: 2,
  })
})

test('marks of machine translation and of old spelling', () => {
  assertMeasures('값을 설정 합니다. 지정 된 사용자의 그것은', { machine_translation_score: 0.4286 })
  assertMeasures('그렇게 해야 합니다. 하게 된 일을 하려고 하는 사람', { machine_translation_score: 0 })
  assertMeasures('있읍니다 하얏다 民族에 조흔', { old_orthography_score: 1 })
  assertMeasures('있습니다 하였다 민족에 좋은', { old_orthography_score: 0 })
})

test('a sentence ends inside quotes and brackets, and at a final ending without a full stop', () => {
  for (const line of [
    '끝났다.',
    '“갔니?”',
    '갔다 (그랬다.)',
    '그렇게 했습니다',
    '좋네요',
    '완료함',
    '웃겨ㅋㅋ',
    '「왔다。」',
  ]) {
    assert.ok(endsSentence(line), line)
  }
  for (const line of ['목차', '1. 개요', '다음', '우리 동네', '참고 항목', '사과, 배', '2024.01.15'])
    assert.ok(!endsSentence(line), line)
  assert.ok(hasSentenceEnd('갔다.다음 제목'))
  assert.ok(!hasSentenceEnd('1. 개요 v2.0 안내'))
  assert.ok(endsInEllipsis('그런데...') && endsInEllipsis('“그런데…”') && !endsInEllipsis('그런데..'))
  assert.deepEqual(['갔다. 왔다? "먹었다!"', '3.14이다', '목차', ''].map(countSentences), [3, 1, 0, 0])
})
