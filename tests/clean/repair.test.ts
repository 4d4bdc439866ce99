/** Text whose encoding or escapes were undone wrongly is repaired where that is certain, and never made another text. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { repairText } from '../../clean/repair/repair.ts'
import { jsonLines, withoutData } from '../support/shared-data.ts'

const SENTENCES = [
  '마을 도서관이 어제 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.',
  '“책보다 사람이 먼저 모이는 곳이 되기를 바란다”고 관장은 말했다.',
  '안녕하세요, 반갑습니다! 오늘 저녁에 뭐 먹을까요? 김치찌개 어때요?',
  '제1조(목적) 이 법은 국민의 권리를 지키는 것을 목적으로 한다.',
  '2024년 3월 1일 서울에서 열린 회의에는 120명이 왔습니다.',
]
const READ_AS = ['latin1', 'cp1252', 'cp1250', 'iso-8859-2', 'cp1251', 'cp1257', 'macintosh', 'cp437', 'cp949', 'utf-8']
const WRITTEN_AS = ['utf-8', 'cp949']

const misread = (text: string, written: string, read: string): string => iconv.decode(iconv.encode(text, written), read)

test('UTF-8 read as Latin-1, CP1252, Mac Roman or CP437 comes back, in Korean whole sentences', () => {
  for (const sentence of SENTENCES) {
    for (const read of ['latin1', 'macintosh', 'cp437']) {
      assert.equal(repairText(misread(sentence, 'utf-8', read)), sentence, read)
    }
    assert.equal(repairText(new TextDecoder('windows-1252').decode(Buffer.from(sentence))), sentence)
  }
})

test('EUC-KR read as an eight-bit charset comes back, whole lines of it', () => {
  for (const sentence of SENTENCES.slice(2)) {
    for (const read of ['latin1', 'macintosh', 'cp437', 'cp1251']) {
      assert.equal(repairText(misread(sentence, 'cp949', read)), sentence, read)
    }
  }
})

test('text misread several times over comes back', () => {
  let text = SENTENCES[0]!
  for (let round = 0; round < 4; round++) text = misread(text, 'utf-8', 'latin1')
  assert.equal(repairText(text), SENTENCES[0])
  const eucKr = misread(SENTENCES[2]!, 'cp949', 'latin1')
  assert.equal(repairText(misread(eucKr, 'utf-8', 'latin1')), SENTENCES[2])
})

test('damage in the midst of good Korean is repaired alone', () => {
  assert.equal(repairText('그는 â€œì•ˆë…•â€� 하고 말했다Â·'), '그는 “안녕� 하고 말했다·')
  assert.equal(repairText('가격은 20Â£, 온도는 30Â°C 입니다'), '가격은 20£, 온도는 30°C 입니다')
})

test('a no-break space that became a space inside a character is found again', () => {
  const damaged = Buffer.from('제목과 제안').toString('latin1').replaceAll('\u00a0', ' ')
  assert.equal(repairText(damaged), '제목과 제안')
})

test('text that people really write stays: accents before quotes, Cyrillic, line art, mathematics', () => {
  const real = [
    'Brontë…”라고 적힌 책',
    'CONCLUSÃO: NESTLÉ® e MARQUÉ…',
    'ВІКІ — це сайт. Привіт, світе!',
    '├──┤ ┌┐ ½¾ ±×÷ √π ≈ 3',
    '반지름은 10 Å— 정도, ê와 é는 다르다',
    'ÄÖÜäöüß Ærø ÞÐ',
    '中國人 大韓民國 獨立',
  ]
  for (const text of real) assert.equal(repairText(text), text)
})

test('character references left in a text are read, also when they were escaped twice', () => {
  assert.equal(repairText('A &amp;amp; B &amp;lt;끝&amp;gt;'), 'A & B <끝>')
  assert.equal(repairText('&#44032;&#xB098;&nbsp;&middot;&hellip; &#147;말&#148;'), '가나\u00a0·… “말”')
})

test('references stay where a text shows markup, and so does what is no reference', () => {
  const texts = ['<b>굵게</b>는 &lt;b&gt;로 적는다', 'AT&T; R&D &없음; &#xD800; &#0; &foo;']
  for (const text of texts) assert.equal(repairText(text), text)
})

test('C1 controls are read as CP1252', () => {
  assert.equal(repairText('그는 \x93그래\x94 했다\x85'), '그는 “그래” 했다…')
})

const sentence = fc.constantFrom(...SENTENCES)
const reading = fc.record({ written: fc.constantFrom(...WRITTEN_AS), read: fc.constantFrom(...READ_AS) })

/** Each line is the one meant, or the damaged one, or the one meant but for characters that the reading lost. */
function assertHonest(text: string, damaged: string): void {
  const [meant, found, repaired] = [text, damaged, repairText(damaged)].map((lines) => lines.split('\n'))
  assert.equal(repaired!.length, meant!.length)
  for (const [i, line] of repaired!.entries()) {
    if (line === meant![i] || line === found![i]) continue
    assert.ok(found![i]!.includes('\ufffd'), `${meant![i]} became ${line}`)
  }
}

test('Korean under every pair of encodings is repaired or left as it is', () => {
  fc.assert(
    fc.property(fc.array(sentence, { minLength: 1, maxLength: 3 }), reading, (lines, { written, read }) => {
      const text = lines.join('\n')
      assertHonest(text, misread(text, written, read))
    }),
  )
})

test('so are real sentences', { skip: withoutData }, () => {
  const texts = ['ud_gsd', 'chatbot_dialog'].flatMap((name) =>
    jsonLines<{ readonly text: string }>(`corpus/${name}.jsonl.zst`).slice(0, 300),
  )
  for (const written of WRITTEN_AS) {
    for (const read of READ_AS) {
      for (const { text } of texts) {
        if (misread(text, written, written) === text) assertHonest(text, misread(text, written, read))
      }
    }
  }
})

test('good text comes through unchanged', { skip: withoutData }, () => {
  for (const name of ['wikinews', 'petitions', 'unesco_report', 'magazines_1920s_40s', 'react_docs_ko', 'ud_pud']) {
    for (const { text } of jsonLines<{ readonly text: string }>(`corpus/${name}.jsonl.zst`)) {
      assert.equal(repairText(text), text)
    }
  }
})

/** The cases of ftfy: how many of each file come out as expected (quotes stay curled, ligatures whole). Never fewer. */
const RATCHET = [
  ['in-the-wild', 62, 70],
  ['language-names', 19, 20],
  ['synthetic', 27, 30],
  ['negative', 30, 31],
  ['known-failures', 5, 10],
] as const

interface Case {
  readonly label: string
  readonly original: string
  readonly fixed: string
  readonly 'fixed-encoding'?: string
}

function casesOf(file: string): readonly Case[] {
  return JSON.parse(
    readFileSync(new URL(`../../../shared/data/peers/ftfy_test_cases/${file}.json`, import.meta.url), 'utf8'),
  )
}

test("ftfy's cases come out as ftfy has them, as many as ever", { skip: withoutData }, () => {
  for (const [file, least, all] of RATCHET) {
    const cases = casesOf(file)
    const passed = cases.filter((one) => [one.fixed, one['fixed-encoding']].includes(repairText(one.original)))
    assert.equal(cases.length, all)
    assert.ok(passed.length >= least, `${file}: ${passed.length} of ${all}`)
  }
})

test('repairing twice changes nothing more, whatever the text', () => {
  const piece = fc.oneof(
    fc.tuple(sentence, reading).map(([text, { written, read }]) => misread(text.slice(0, 12), written, read)),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('&amp;', '&lt;', '&#44032;', 'Ã', '\x93', '\ufffd', ' ', '\n', 'é', '가', '漢', 'lt;'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const once = repairText(pieces.join(''))
      assert.equal(repairText(once), once)
    }),
    { numRuns: 1000 },
  )
})

test('long lines of the same trap are read once', () => {
  for (const trap of ['Ã', 'Ã©', 'ê°', 'â€', '¾È', '&amp;', '&#', '\ufffd', '漢', '占쏙옙', '\x80']) {
    assert.equal(typeof repairText(trap.repeat(200_000)), 'string')
  }
})
