/** Wrong readings of Korean bytes are far above the threshold; what only looks odd is at zero. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import iconv from 'iconv-lite'
import { mojibakeShare } from '../../../clean/filters/mojibake.ts'

const PROSE =
  '마을 도서관이 어제 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.\n\n관장은 책보다 사람이 먼저 모이는 곳이 되기를 바란다고 말했다. 주민들은 첫날부터 줄을 섰다. 안녕하세요, 반갑습니다.'

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

test('a character counts once: unused syllables side by side, U+FFFD and halves of pairs', () => {
  assert.equal(mojibakeShare('뷁뷁뷁가'), 3 / 4)
  assert.equal(mojibakeShare('가\ufffd나다'), 1 / 4)
  assert.equal(mojibakeShare('뷁\ufffd나다'), 2 / 4)
  assert.equal(mojibakeShare('?뷁나다'), 2 / 4)
  assert.equal(mojibakeShare('뷁?나다'), 0)
  assert.equal(mojibakeShare('\ud800가'), 1 / 2)
})
