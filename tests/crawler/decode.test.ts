/** Bytes to text: labels, labels that lie, and the encodings of old Korean pages. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { decodeBody } from '../../crawler/decode.ts'

const KOREAN = '<p>오늘은 날씨가 좋아서 사람들이 공원에 많이 나왔다. 아이들은 뛰어놀고 어른들은 그늘에서 쉬었다.</p>'
const data = new URL('../../../shared/data/html/kr_encodings_rss/', import.meta.url)
const absent = existsSync(data) ? false : `the pages of ${data.pathname} are not here`

test('a page in EUC-KR is read whether HTTP, its meta or nothing says so', () => {
  const meta = `<html><meta http-equiv="Content-Type" content="text/html; charset=euc-kr">${KOREAN}`
  for (const [html, contentType] of [
    [KOREAN, 'text/html; charset=EUC-KR'],
    [meta, 'text/html'],
    [KOREAN, null],
  ] as const) {
    assert.deepEqual(decodeBody(iconv.encode(html, 'cp949'), contentType), {
      text: html,
      encoding: 'cp949',
      replaced: 0,
    })
  }
})

test('a syllable that only CP949 has is read in a page labelled EUC-KR', () => {
  const text = `${KOREAN} 똠방각하와 펲시콜라`
  assert.equal(decodeBody(iconv.encode(text, 'cp949'), 'text/html; charset=euc-kr').text, text)
})

test('UTF-8 labelled EUC-KR, and EUC-KR labelled UTF-8 or ISO-8859-1, are read as what they are', () => {
  assert.equal(decodeBody(Buffer.from(KOREAN), 'text/html; charset=euc-kr').text, KOREAN)
  for (const label of ['utf-8', 'ISO-8859-1', 'no-such-charset']) {
    assert.equal(decodeBody(iconv.encode(KOREAN, 'cp949'), `text/html; charset=${label}`).text, KOREAN)
  }
})

test('a byte order mark outranks every label and is no text', () => {
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(KOREAN)])
  assert.equal(decodeBody(marked, 'text/html; charset=euc-kr').text, KOREAN)
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(KOREAN, 'utf16le')])
  assert.deepEqual(decodeBody(wide, null), { text: KOREAN, encoding: 'utf-16le', replaced: 0 })
})

test('UTF-16 without a mark is recognised by its zeros', () => {
  const page = `<html><head><title>t</title></head>${KOREAN}`
  assert.equal(decodeBody(Buffer.from(page, 'utf16le'), null).text, page)
  assert.equal(decodeBody(Buffer.from(page, 'utf16le').swap16(), null).text, page)
})

test('a UTF-8 page with one broken byte stays UTF-8 and the damage is counted', () => {
  const bytes = Buffer.concat([Buffer.from(KOREAN), Buffer.from([0xec, 0x3c]), Buffer.from(KOREAN)])
  const { encoding, replaced } = decodeBody(bytes, 'text/html; charset=utf-8')
  assert.deepEqual({ encoding, replaced }, { encoding: 'utf-8', replaced: 1 })
})

test('a page of another language keeps its label, or is read as the web does without one', () => {
  assert.equal(
    decodeBody(iconv.encode('<p>Ça a été un été très agréable à Orléans.', 'latin1'), null).encoding,
    'windows-1252',
  )
  const japanese = '<p>今日は天気がよかったので公園に行きました。'
  assert.equal(decodeBody(iconv.encode(japanese, 'shift_jis'), 'text/html; charset=Shift_JIS').text, japanese)
})

test('ISO-2022-KR and Johab are read', () => {
  const iso = Buffer.concat([
    Buffer.from('\x1b$)C\n\x0e'),
    iconv.encode('한글', 'euc-kr').map((byte) => byte & 0x7f),
    Buffer.from('\x0f ok'),
  ])
  assert.deepEqual(decodeBody(iso, null), { text: '\n한글 ok', encoding: 'iso-2022-kr', replaced: 0 })
  const johab = Uint8Array.of(0xd0, 0x65, 0x8b, 0x69)
  assert.equal(decodeBody(johab, 'text/plain; charset=johab').text, '한글')
})

test('no bytes and no label make it throw, and replaced counts U+FFFD', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.option(fc.string()), (bytes, contentType) => {
      const { text, replaced } = decodeBody(bytes, contentType)
      assert.equal(replaced, text.split('\ufffd').length - 1)
    }),
  )
})

test('real pages in EUC-KR, CP949, Johab and ISO-2022-KR decode without a lost character, with no label', {
  skip: absent,
}, () => {
  const expected: Record<string, string> = {
    'EUC-KR': 'cp949',
    CP949: 'cp949',
    Johab: 'johab',
    'iso-2022-kr': 'iso-2022-kr',
  }
  for (const [folder, encoding] of Object.entries(expected)) {
    const files = new URL(`${folder}/`, data)
    for (const name of readdirSync(files)) {
      const found = decodeBody(readFileSync(new URL(name, files)), null)
      assert.deepEqual({ name, encoding: found.encoding, replaced: found.replaced }, { name, encoding, replaced: 0 })
    }
  }
})

test('one story in UTF-8 and in EUC-KR is one text', { skip: absent }, () => {
  const read = (name: string): string => decodeBody(readFileSync(new URL(`novel_camellia/${name}`, data)), null).text
  assert.equal(read('euc-kr.txt').replace(/\s+/g, ' '), read('utf8.txt').replace(/\s+/g, ' '))
})
