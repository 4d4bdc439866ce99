/** One spelling for every text. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { composeHalfwidthJamo } from '../../clean/halfwidth.ts'
import { normalize } from '../../clean/normalize.ts'

test('decomposed Hangul is composed, and ㅋ stays ㅋ', () => {
  assert.equal(normalize('한글'.normalize('NFD')), '한글')
  assert.equal(normalize('ㅋㅋㅋ ①㈜'), 'ㅋㅋㅋ ①㈜')
})

test('archaic Hangul stays as it is written', () => {
  assert.equal(normalize('나랏〮말〯ᄊᆞ미'), '나랏〮말〯ᄊᆞ미')
})

test('half-width jamo become syllables; a lone one becomes a letter', () => {
  assert.equal(normalize('ﾡￂ'), '가')
  assert.equal(normalize('ﾾￂﾤﾡￚﾩ'), '한글')
  assert.equal(normalize('ￂﾷￂ'), 'ㅏ아')
  assert.equal(composeHalfwidthJamo('ﾻﾻ'), 'ㅋㅋ')
})

test("what has no look is removed: controls, zero-width, bidi, BOM, soft hyphen and the tokenizer's own space", () => {
  assert.equal(normalize('\ufeff가\u200b나\u0000다\u202e라\u2066마\u00ad바▁사\u2060아\u007f자'), '가나다라마바사아자')
})

test('a joiner stays between emoji and nowhere else', () => {
  assert.equal(normalize('가\u200d나 👩‍👧 👩🏽‍💻'), '가나 👩‍👧 👩🏽‍💻')
})

test('of combining marks thirty stay on a letter, of several letters on each', () => {
  const marks = '\u0301\u0316'.repeat(100)
  assert.equal(normalize(`가${marks}나${marks}`).replace(/\p{M}/gu, '*'), `가${'*'.repeat(30)}나${'*'.repeat(30)}`)
  assert.equal(normalize('나랏〮말'), '나랏〮말')
})

test('a lone surrogate becomes U+FFFD', () => {
  assert.equal(normalize('가\ud800나'), '가\ufffd나')
})

test('white space is plain: one space, no trailing ones, at most one blank line', () => {
  assert.equal(normalize('\r\n\r\n가\u00a0\u3000나  다 \t\r\n\r\n\n \n라\r마\u2028바\n\n'), '가 나 다\n\n라\n마\n바')
})

test('indentation of code stays, that of paragraphs goes', () => {
  assert.equal(
    normalize('만약:\n\tif x:\n        return  1\n\u3000다음 문단'),
    '만약:\n    if x:\n        return 1\n다음 문단',
  )
})

test('normalising twice changes nothing, and the result is well-formed NFC without forbidden characters', () => {
  const odd = fc.constantFrom(
    'ﾡ',
    'ￂ',
    '\u200d',
    '👩',
    '\u00a0',
    '\u3000',
    ' ',
    '\t',
    '\n',
    '\r',
    '\u2028',
    '▁',
    '\ufeff',
    'ᄀ',
    'ᅡ',
    '\ud800',
    '가',
    '\u0301',
    '\ufe0f',
    '🏽',
  )
  const text = fc.array(fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 30 })
  fc.assert(
    fc.property(text, (pieces) => {
      const once = normalize(pieces.join(''))
      assert.equal(normalize(once), once)
      assert.equal(once.normalize('NFC'), once)
      assert.ok(once.isWellFormed())
      assert.doesNotMatch(once, /[\u2581\ufeff\u200b\r\u00a0\u3000]|[ \t]\n|\n\n\n/)
    }),
    { numRuns: 1000 },
  )
})

test('a megabyte of spaces, joiners or jamo takes no longer than a megabyte of text', () => {
  const started = process.cpuUsage()
  for (const unit of [' ', '\u00a0', '\n', '\u200d', 'ﾡ', ' \n', '\ufe0f\u200d'])
    normalize(`가${unit.repeat(500_000)}나`)
  assert.ok(process.cpuUsage(started).user < 5e6)
})
