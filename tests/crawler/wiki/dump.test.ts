import assert from 'node:assert/strict'
import { createReadStream, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { bunzip } from '../../../crawler/wiki/bzip2.ts'
import { type DumpPage, readDump } from '../../../crawler/wiki/dump.ts'
import { FailedError } from '../../../pipeline/contract.ts'
import { withoutData } from '../../support/shared-data.ts'

const shared = (name: string): string => fileURLToPath(new URL(`../../../../shared/data/wiki/${name}`, import.meta.url))
const limits = { maxTextBytes: 1_000_000 }

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let begin = 0; begin < bytes.byteLength; begin += size) yield bytes.subarray(begin, begin + size)
}

function read(xml: string | Uint8Array, maxTextBytes = 1_000_000, size = 1_000): Promise<readonly DumpPage[]> {
  return Array.fromAsync(readDump(inChunks(Buffer.from(xml), size), { maxTextBytes }))
}

function readPacked(name: string): Promise<readonly DumpPage[]> {
  return Array.fromAsync(readDump(bunzip(createReadStream(shared(name))), limits))
}

const dump = (...pages: readonly string[]): string => `<mediawiki xml:lang="ko">${pages.join('\n')}</mediawiki>`
const page = (inside: string): string => `<page><title>말모이</title><ns>0</ns><id>7</id>${inside}</page>`
const revision = (id: number, timestamp: string, text: string): string =>
  `<revision><id>${id}</id><timestamp>${timestamp}</timestamp>${text}</revision>`
const simple = page(
  revision(1, '2026-01-01T00:00:00Z', '<text>글 &amp; &lt;b&gt; &#xac00;&#44032; &quot;말&quot; &nbsp;</text>'),
)

const failsWith = (pattern: RegExp) => (error: Error) => {
  assert.ok(error instanceof FailedError, String(error))
  assert.match(error.message, pattern)
  return true
}

describe('real dumps', { skip: withoutData }, () => {
  test('a Korean dump: article, redirect and talk page, with what its head says', async () => {
    const pages = await read(readFileSync(shared('kowiki-sample-abridged.xml')))
    assert.deepEqual(
      pages.map(({ title, namespace, pageId, redirect }) => ({ title, namespace, pageId, redirect })),
      [
        { title: '트랜스포머 (기계 학습)', namespace: 0, pageId: 9000001, redirect: null },
        { title: '트랜스포머 모델', namespace: 0, pageId: 9000002, redirect: '트랜스포머 (기계 학습)' },
        { title: '토론:트랜스포머 (기계 학습)', namespace: 1, pageId: 9000003, redirect: null },
      ],
    )
    const [article, other] = pages
    assert.ok(article !== undefined && other !== undefined)
    assert.equal(article.lang, 'ko')
    assert.match(article.base ?? '', /^https:\/\/ko\.wikipedia\.org\/wiki\//)
    assert.deepEqual([article.namespaces.get(0), article.namespaces.get(14)], ['', '분류'])
    assert.equal(article.namespaces, other.namespaces)
    const { text, ...rest } = article.revision
    assert.deepEqual(rest, {
      id: 1,
      timestamp: '2025-06-20T00:00:00Z',
      contributor: 'Example',
      model: 'wikitext',
      format: 'text/x-wiki',
      tooLong: false,
    })
    assert.ok(text !== null)
    assert.ok(text.startsWith('{{기계 학습|인공 신경망}}\n[[파일:Transformer'))
    assert.ok(text.includes('변환된다.<ref name="2017_Attention_Is_All_You_Need">{{서적 인용|'))
  })

  test('a dump in UTF-16 with a byte order mark and Windows line ends', async () => {
    const pages = await readPacked('bgwiki-shortened.xml.bz2')
    assert.equal(pages.length, 3)
    assert.deepEqual([pages[0]?.title, pages[0]?.pageId, pages[0]?.lang], ['Григориански календар', 558, 'bg'])
    for (const { title, revision } of pages) {
      assert.ok(revision.text !== null && !revision.text.includes('\r') && !revision.text.includes('\ufffd'), title)
    }
  })

  test('a dump without siteinfo', async () => {
    const pages = await readPacked('enwiki-table-markup.xml.bz2')
    assert.equal(pages.length, 5)
    assert.deepEqual(
      [pages[0]?.title, pages[0]?.base, pages[0]?.namespaces.size],
      ['Constructive vote of no confidence', null, 0],
    )
  })

  test('the pages are the same however the bytes are cut', async () => {
    const bytes = readFileSync(shared('kowiki-sample-abridged.xml'))
    const whole = await read(bytes, 1_000_000, bytes.byteLength)
    for (const size of [1, 2, 3, 5, 64, 1_000]) assert.deepEqual(await read(bytes, 1_000_000, size), whole)
  })
})

test('UTF-8 and UTF-16 of either order, marked or not, give the same page', async () => {
  const xml = dump(simple)
  const littleEndian = (text: string) => Buffer.from(text, 'utf16le')
  const files = [
    Buffer.from(xml),
    Buffer.from(`\ufeff${xml}`),
    littleEndian(xml),
    littleEndian(`\ufeff${xml}`),
    littleEndian(xml).swap16(),
    littleEndian(`\ufeff${xml}`).swap16(),
  ]
  for (const file of files) {
    for (const size of [1, 3, file.byteLength]) {
      const [found] = await read(file, 1_000_000, size)
      assert.equal(found?.title, '말모이')
      assert.equal(found?.revision.text, '글 & <b> 가가 "말" &nbsp;')
    }
  }
})

test('of several revisions the newest is given, by time and then by id', async () => {
  const text = (content: string) => `<text>${content}</text>`
  const revisions = [
    revision(5, '2026-01-02T00:00:00Z', text('둘째')),
    revision(9, '2026-01-03T00:00:00Z', text('셋째, 나중')),
    revision(8, '2026-01-03T00:00:00Z', text('셋째, 먼저')),
    revision(10, '2026-01-01T00:00:00Z', text('첫째')),
  ]
  const [found] = await read(dump(page(revisions.join(''))))
  assert.deepEqual([found?.revision.id, found?.revision.text], [9, '셋째, 나중'])
})

test('a hidden text or author is null; an IP address is an author; other slots and unknown elements are passed over', async () => {
  const pages = await read(
    dump(
      page(
        revision(
          1,
          '2026-01-01T00:00:00Z',
          '<contributor deleted="deleted" /><text bytes="3" deleted="deleted" /><sha1/>',
        ),
      ),
      page(
        revision(
          2,
          '2026-01-01T00:00:00Z',
          `<contributor><ip>192.0.2.1</ip><id>0</id></contributor><origin>1</origin>
           <comment><title>아님</title></comment><model>wikitext</model><format>text/x-wiki</format>
           <text xml:space="preserve" bytes="3">글</text>
           <content><role>다른</role><model>json</model><text>{}</text></content>`,
        ),
      ),
      page(revision(3, '2026-01-01T00:00:00Z', '<text/>')),
      page(''),
    ),
  )
  assert.deepEqual(
    pages.map(({ title, revision: { contributor, text, model } }) => [title, contributor, text, model]),
    [
      ['말모이', null, null, ''],
      ['말모이', '192.0.2.1', '글', 'wikitext'],
      ['말모이', null, '', ''],
    ],
  )
})

test('a text longer than allowed, counted in UTF-8, is left out and said to be too long', async () => {
  const long = (text: string) => dump(page(revision(1, '2026-01-01T00:00:00Z', `<text>${text}</text>`)), simple)
  for (const [text, tooLong] of [
    ['가'.repeat(100), false],
    [`${'가'.repeat(100)}a`, true],
    ['&amp;'.repeat(300), false],
    ['&amp;'.repeat(301), true],
  ] as const) {
    const [found, next] = await read(long(text), 300)
    assert.deepEqual([found?.revision.tooLong, found?.revision.text === null], [tooLong, tooLong])
    assert.equal(next?.revision.tooLong, false)
  }
})

test('a dump that is cut short says so, wherever it is cut', async () => {
  const xml = dump(simple, simple)
  const outside = [xml.indexOf('<page>'), xml.lastIndexOf('<page>'), xml.indexOf('</mediawiki>')]
  for (let length = '<mediawiki xml:lang="ko">'.length; length < xml.length; length++) {
    await assert.rejects(read(xml.slice(0, length)), failsWith(/^the dump is cut short: it ends /), `${length}`)
  }
  for (const length of outside) await assert.rejects(read(xml.slice(0, length)), failsWith(/without <\/mediawiki>$/))
  await assert.rejects(read(xml.slice(0, outside[1]! + 60)), failsWith(/inside the page "말모이"$/))
  await assert.rejects(read(xml.replace('</revision></page>', '</page>')), failsWith(/not well formed/))
})

test('what is no MediaWiki export is said as what it is', async () => {
  for (const [file, pattern] of [
    ['', /no element <mediawiki>$/],
    ['\n', /no element <mediawiki>$/],
    ['<?xml version="1.0"?>', /no element <mediawiki>$/],
    ['<html><body>글</body></html>', /an element <html> where/],
    ['{"title":"말모이"}', /text where <mediawiki> belongs$/],
    [`${dump(simple)}${dump(simple)}`, /an element <mediawiki> where/],
    [dump('<a>'.repeat(40)), /nested more than 32 deep/],
  ] as const) {
    await assert.rejects(read(file), failsWith(pattern), file)
  }
})

test('an endless tag, comment or text does not fill the memory', async () => {
  async function* endless(start: string, more: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(start)
    const chunk = Buffer.from(more.repeat(Math.ceil(1_000_000 / more.length)))
    for (let megabytes = 0; megabytes < 40; megabytes++) yield chunk
  }
  for (const [start, more] of [
    ['<mediawiki><', 'a'],
    ['<mediawiki><!--', '- '],
    ['<mediawiki><page a="', '가'],
    ['<mediawiki><page ', 'a=b '],
  ] as const) {
    const pages = Array.fromAsync(readDump(endless(start, more), limits))
    await assert.rejects(pages, failsWith(/a tag or comment of more than/), start)
  }
  const cut = Array.fromAsync(readDump(endless('<mediawiki><page><title>말</title><revision><text>', '가'), limits))
  await assert.rejects(cut, failsWith(/inside the page "말"/))
})
