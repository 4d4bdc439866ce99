/** The verdict on a text: kept, or rejected with rule, value and threshold. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { cleanText, defaultCleaning } from '../../clean/clean.ts'
import { duplicateLineShare } from '../../clean/filters/duplicate-lines.ts'
import { hangulShare } from '../../clean/filters/hangul-share.ts'
import { characters } from '../../clean/filters/length.ts'
import { mojibakeShare } from '../../clean/filters/mojibake.ts'

const PROSE =
  '마을 도서관이 어제 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.\n\n관장은 책보다 사람이 먼저 모이는 곳이 되기를 바란다고 말했다. 주민들은 첫날부터 줄을 섰다. 안녕하세요, 반갑습니다.'
const MEASURES = ['characters', 'duplicateLineShare', 'hangulShare', 'mojibakeShare']
const corpus = new URL('../../../shared/data/corpus/', import.meta.url)
const absent = existsSync(corpus) ? false : `the texts of ${corpus.pathname} are not here`

test('a Korean text is kept, in its normal form, with every measure', () => {
  const verdict = cleanText(`\ufeff${PROSE}  `, defaultCleaning)
  assert.ok(verdict.kept)
  assert.equal(verdict.text, PROSE)
  assert.deepEqual(Object.keys(verdict.measures).sort(), MEASURES)
})

test('a rejected text names the first rule it fails, the value and the threshold, and has every measure', () => {
  const rejected = (text: string) => {
    const verdict = cleanText(text, defaultCleaning)
    assert.ok(!verdict.kept)
    assert.deepEqual(Object.keys(verdict.measures).sort(), MEASURES)
    return [verdict.rule, verdict.value, verdict.threshold]
  }
  assert.deepEqual(rejected('짧다.'), ['minCharacters', 3, 100])
  assert.deepEqual(rejected('가'.repeat(1_000_001)), ['maxCharacters', 1_000_001, 1_000_000])
  assert.deepEqual(rejected('The library opened again yesterday. '.repeat(4)), ['minHangulShare', 0, 0.3])
  const repeated = rejected(`${PROSE}\n${PROSE}`)
  assert.equal(repeated[0], 'maxDuplicateLineShare')
  assert.equal(rejected(Buffer.from(PROSE).toString('latin1'))[0], 'maxMojibakeShare')
})

test('a value at its threshold passes', () => {
  const text = '가나다라마바사아자차'
  assert.ok(cleanText(text, { ...defaultCleaning, minCharacters: 10, maxCharacters: 10, minHangulShare: 1 }).kept)
  assert.ok(!cleanText(text, { ...defaultCleaning, minCharacters: 11 }).kept)
})

test('characters are code points', () => {
  assert.equal(characters('가👩a'), 3)
})

test('the share of Hangul is taken among letters alone', () => {
  assert.equal(hangulShare('가나 123 !?'), 1)
  assert.equal(hangulShare('가나 ab'), 0.5)
  assert.equal(hangulShare('가 漢字𠀀 ㅋ'), 2 / 5)
  assert.equal(hangulShare('123'), 0)
})

test('a line counts as duplicate from its second time on', () => {
  assert.equal(duplicateLineShare('가나\n다라\n\n가나\n 가나'), 0.5)
  assert.equal(duplicateLineShare(''), 0)
})

test('every wrong reading of a Korean text is far above the threshold, the right one at zero', () => {
  assert.equal(mojibakeShare(PROSE), 0)
  const utf8 = Buffer.from(PROSE)
  const wrong = {
    'UTF-8 as Latin-1': utf8.toString('latin1'),
    'UTF-8 as CP1252': iconv.decode(utf8, 'cp1252'),
    'UTF-8 as CP949': iconv.decode(utf8, 'cp949'),
    'EUC-KR as Latin-1': iconv.encode(PROSE, 'cp949').toString('latin1'),
    'EUC-KR as CP1252': iconv.decode(iconv.encode(PROSE, 'cp949'), 'cp1252'),
    'EUC-KR as UTF-8': iconv.encode(PROSE, 'cp949').toString('utf8'),
  }
  for (const [how, text] of Object.entries(wrong)) {
    assert.ok(mojibakeShare(text) > 0.2, `${how}: ${mojibakeShare(text)}`)
  }
})

test('rare syllables, Hanja, French and questions are no mojibake', () => {
  for (const text of ['똠얌꿍을 먹었쟎아?', '大韓民國(대한민국)의 漢字', 'Ça a été un très bel été à Orléans', '뷁!']) {
    assert.equal(mojibakeShare(text), 0, text)
  }
})

for (const [name, least] of [
  ['wikinews', 0.95],
  ['petitions', 0.9],
  ['book_review_nanet', 0.9],
  ['book_review_nlk', 0.9],
] as const) {
  test(`the default keeps at least ${least * 100} % of ${name}`, { skip: absent }, () => {
    const lines = zstdDecompressSync(readFileSync(new URL(`${name}.jsonl.zst`, corpus)))
      .toString()
      .trim()
      .split('\n')
    const texts = lines.map((line): { text: string } => JSON.parse(line)).slice(0, 800)
    const kept = texts.filter(({ text }) => cleanText(text, defaultCleaning).kept).length
    assert.ok(kept >= texts.length * least, `${kept} of ${texts.length}`)
  })
}
