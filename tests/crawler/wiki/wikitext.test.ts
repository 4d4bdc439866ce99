import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { bunzip } from '../../../crawler/wiki/bzip2.ts'
import { readDump } from '../../../crawler/wiki/dump.ts'
import { wikiText } from '../../../crawler/wiki/wikitext.ts'
import { withoutData } from '../../support/shared-data.ts'

/** Blocks as `kind: text`, one a line of the expectation. */
function read(wikitext: string, title = '말모이'): readonly string[] {
  return wikiText(wikitext, title).blocks.map(({ kind, text }) => `${kind}: ${text}`)
}

/** For wikitext that is one paragraph. */
function paragraph(wikitext: string): string {
  const { blocks } = wikiText(wikitext, '말모이')
  assert.deepEqual(
    blocks.map(({ kind }) => kind),
    ['paragraph'],
    JSON.stringify(blocks),
  )
  return blocks[0]?.text ?? ''
}

test('a Korean article comes out as its paragraphs, headings, lists and captions', () => {
  const article = `{{다른 뜻|말모이 (영화)}}
{{책 정보
| 제목 = 말모이
| 쪽수 = 120<ref>{{서적 인용|제목=사전|연도=1911}}</ref>
| 저자 = {{국기그림|대한민국}} [[주시경]]
}}
[[파일:Malmoi.jpg|섬네일|오른쪽|200px|[[1911년]]의 원고 {{small|첫 장}}]]
'''말모이'''(말을 모은 것, {{llang|en|Malmoi}})는 [[1911년]]부터 [[주시경]]과 제자들이 만들던 ''한국어'' 사전이다.<ref name="a">{{웹 인용|url=http://a.kr|제목=말모이}}</ref><ref name="a" /> 낱말 12,000개를&nbsp;모았다.{{출처|날짜=2020-01-01}}
원고는 {{단위 변환|23|x|32|cm}} 크기이다.

== 역사 ==
{{본문|말모이의 역사}}
=== 빈 곳 ===
{{빈 틀|내용}}

=== 시작 ===
* [[1910년]]: 시작{{각주|가}}
** [[광문회|조선광문회]]
# 1911년 {{nowrap|3월 1일}}

; 풀이
: 낱말의 뜻

== 같이 보기 ==
* [[사전]]
=== 아래 ===
글

== 남은 글 ==
끝이다. <!-- 보이지 않음 -->

== 각주 ==
{{각주}}

== 외부 링크 ==
* [http://a.kr 공식]

{{한국어 사전}}
{{위키데이터 속성 추적}}
[[분류:사전]]
[[en:Malmoi]]`
  assert.deepEqual(read(article), [
    'caption: 1911년의 원고 첫 장',
    'paragraph: 말모이(말을 모은 것, Malmoi)는 1911년부터 주시경과 제자들이 만들던 한국어 사전이다. 낱말 12,000개를 모았다. 원고는 23 × 32 cm 크기이다.',
    'heading: 역사',
    'heading: 시작',
    'list: 1910년: 시작\n조선광문회\n1911년 3월 1일',
    'list: 풀이\n낱말의 뜻',
    'heading: 남은 글',
    'paragraph: 끝이다.',
  ])
  const { text, blocks } = wikiText(article, '말모이')
  assert.equal(text, blocks.map((block) => block.text).join('\n\n'))
})

test('templates that are part of a sentence keep their text and numbers', () => {
  for (const [wikitext, expected] of [
    ['{{lang|ja|日本語}}로 쓴다.', '日本語로 쓴다.'],
    ['{{lang-ja|日本語}}로 쓴다.', '日本語로 쓴다.'],
    ['일본({{llang|ja|日本|니혼}})은', '일본(日本, 니혼)은'],
    ['{{루비|漢字|한자}}를', '漢字(한자)를'],
    ['김정호({{한자|金正浩}})는', '김정호(金正浩)는'],
    ['본명은 {{본명|김기진|金基鎭}}이다.', '본명은 김기진, 金基鎭이다.'],
    ['베이징({{zh|s=北京|p=Běijīng}})', '베이징(北京, Běijīng)'],
    ['{{nihongo|도쿄|東京|Tōkyō}}에서', '도쿄 (東京, Tōkyō)에서'],
    ['길이는 {{convert|5|km|mi|abbr=on}}이다.', '길이는 5 km이다.'],
    ['넓이는 {{단위변환|3|-|5|km2}}이다.', '넓이는 3–5 km²이다.'],
    ['무게 {{val|1234.5|u=kg}}', '무게 1,234.5 kg'],
    ['인구 {{formatnum:9857426}}명', '인구 9,857,426명'],
    ['{{날짜|2020-01-02}}에 끝났다.', '2020년 1월 2일에 끝났다.'],
    ['{{출생일과 나이|1990|3|4}} 태어났다.', '1990년 3월 4일 태어났다.'],
    ['{{US$|500|1990}}를 냈다.', 'US$500를 냈다.'],
    ['{{분수|3|4}} 컵', '3/4 컵'],
    ['{{색|red|붉은}} 글', '붉은 글'],
    ['H{{sub|2}}O와 CO<sub>2</sub>', 'H2O와 CO2'],
    ['{{화학식|H|2|O}}는', 'H2O는'],
    ['{{임시링크|펭귄 북스|언어=en|Penguin Books}}에서', '펭귄 북스에서'],
    ['{{lang|code=ja|text=日本}}의', '日本의'],
    ['{{모르는 틀|가나|30%}} 사람', '가나 30% 사람'],
    ['{{모르는 틀|a.svg|20px|#fff|값=3}}사람', '사람'],
    ['{{nowrap|{{lang|ja|{{루비|東京|とうきょう}}}}}}로', '東京(とうきょう)로'],
    ['{{lang|en|a{{=}}b}} {{문서이름}}', 'a=b 말모이'],
    ['{{인용문 없음|{{lang|ja|[[도쿄|東京]]}}}} 끝', '東京 끝'],
  ] as const) {
    assert.equal(paragraph(wikitext), expected, wikitext)
  }
})

test('citations, footnotes and notices leave no trace in the sentence', () => {
  for (const [wikitext, expected] of [
    ['글이다.<ref>{{뉴스 인용|제목=가|날짜=1990}}</ref> 다음', '글이다. 다음'],
    ['글이다 {{저널 인용|제목=가}}.', '글이다.'],
    ['글{{주|설명 1}}이다.{{sfn|Kim|1990|p=3}}', '글이다.'],
    ['사람({{출처 필요|날짜=2020}})은', '사람은'],
    ['사람({{국기그림|대한민국}}, 1990년)은', '사람(1990년)은'],
    ['사람(1990년{{출처}})은', '사람(1990년)은'],
    ['함수 f()는', '함수 f()는'],
    ['글이다.{{목차숨김|3}}', '글이다.'],
    ['글<references group="주" />이다.', '글이다.'],
    ['글<ref name=a>닫지 않음', '글닫지 않음'],
  ] as const) {
    assert.equal(paragraph(wikitext), expected, wikitext)
  }
})

test('a template alone on its line is a box, unless it is known to be text', () => {
  assert.deepEqual(read('앞 글\n{{아무 상자|이름|5}}\n{{다른 것}} {{또 다른 것|x}}\n뒤 글'), [
    'paragraph: 앞 글',
    'paragraph: 뒤 글',
  ])
  assert.deepEqual(read('{{스포츠 선수\n| 1990\n| [[서울]]\n}}\n글'), ['paragraph: 글'])
  assert.deepEqual(read('{{lang|ja|いろは}}'), ['paragraph: いろは'])
  assert.deepEqual(read('* {{모르는 틀|하나}}\n* 둘'), ['list: 하나\n둘'])
  assert.deepEqual(read("{{인물 상자|x=1}}'''홍길동'''은"), ['paragraph: 홍길동은'])
})

test('quotations are blocks of their own', () => {
  assert.deepEqual(read('앞\n{{인용문|말이 오르면 나라도 오른다.|주시경|출처=한나라말}}\n뒤'), [
    'paragraph: 앞',
    'quote: 말이 오르면 나라도 오른다.',
    'quote: — 주시경, 한나라말',
    'paragraph: 뒤',
  ])
  assert.deepEqual(read('앞<blockquote>첫째\n\n둘째</blockquote>뒤'), [
    'paragraph: 앞',
    'quote: 첫째',
    'quote: 둘째',
    'paragraph: 뒤',
  ])
})

test('links show their text; categories and other languages show nothing', () => {
  for (const [wikitext, expected] of [
    ['[[서울]]의 [[한강|강]]과 [[서울#역사]]', '서울의 강과 서울#역사'],
    ['[[:분류:한국]]과 [[:en:Korea|영어판]]', '분류:한국과 영어판'],
    ['[[wikt:말|말]]과 [[사용자:가|나]]', '말과 나'],
    ['글[[분류:한국]][[ja:言葉]]이다', '글이다'],
    ['[[서울 (도시)|]]에서', '서울에서'],
    ['[http://a.kr 이름 5]과 [http://b.kr] 그리고 http://c.kr', '이름 5과 그리고 http://c.kr'],
    ['[http://a.kr [[서울]] 안내]', '서울 안내'],
    ["'''굵게''' ''기울게'' '''''둘 다''''' L''''amour'''", "굵게 기울게 둘 다 L'amour"],
    ['[[파일:a.svg|20px]] 대한민국', '대한민국'],
    ['__목차없음__글 ~~~~', '글'],
    ['[[닫지 않은 링크\n다음 줄 [[링크]]', '닫지 않은 링크 다음 줄 링크'],
    ['a &lt; b &amp;amp; &#44032; &hellip;', 'a < b &amp; 가 …'],
    ["1 < 2와 <nowiki>[[그대로]] '''{{둔다}}'''</nowiki>", "1 < 2와 [[그대로]] '''{{둔다}}'''"],
    ['식 <math>\\frac{{a}}{b} < |c|</math>은', '식 \\frac{{a}}{b} < |c|은'],
    ['첫 줄<br>둘째 줄<br />셋째 줄', '첫 줄\n둘째 줄\n셋째 줄'],
    ['<ruby>漢<rt>한</rt></ruby> <span style="color:red">붉은</span> <u>글</u>', '漢(한) 붉은 글'],
  ] as const) {
    assert.equal(paragraph(wikitext), expected, wikitext)
  }
})

test('tables are rows of cells, whether in wiki markup or in HTML', () => {
  const wiki = `{| class="wikitable"
|+ 인구 변화
|-
! 해 !! style="width:5em" | 사람
|-
| rowspan="2" | [[1990년]] || {{formatnum:10000}}
|-
| {{색|red|12}}<ref>주</ref>
여러 줄
* 목록
|-
|
|}이어지는 글`
  assert.deepEqual(read(wiki), [
    'caption: 인구 변화',
    'table: 해 | 사람\n1990년 | 10,000\n12 여러 줄 목록',
    'paragraph: 이어지는 글',
  ])
  const html =
    '<table><caption>표</caption><tr><th>가</th><th>나</th></tr><tr><td align=left>1</td><td>2</td></tr></table>'
  assert.deepEqual(read(html), ['caption: 표', 'table: 가 | 나\n1 | 2'])
  assert.deepEqual(read('{|\n| 밖 || \n{|\n| 안 1 || 안 2\n|-\n| 안 3\n|}\n|-\n| 다음\n|}'), [
    'table: 밖 | 안 1 안 2 안 3\n다음',
  ])
  assert.deepEqual(read('{| class="infobox"\n| 값 || 5\n|}\n글'), ['paragraph: 글'])
  assert.deepEqual(read('{|\n| 닫지 않은 || 표\n|-\n| 셋'), ['table: 닫지 않은 | 표\n셋'])
  assert.deepEqual(read('{|\n| {{나라 틀|대한민국}} || a {{!}} b\n|}'), ['table: 대한민국 | a | b'])
})

test('code stays as it is; formulas and code in a sentence stay in it', () => {
  assert.deepEqual(read('앞\n<syntaxhighlight lang="c">\nint a[[2]] = {{1}};\n  // 글 &lt;\n</syntaxhighlight>\n뒤'), [
    'paragraph: 앞',
    'code: int a[[2]] = {{1}};\n  // 글 &lt;',
    'paragraph: 뒤',
  ])
  assert.deepEqual(read('<pre>a &lt; b\n* c</pre>'), ['code: a < b\n* c'])
  assert.deepEqual(read(' x = 1\n   y = 2\n글'), ['code: x = 1\n  y = 2', 'paragraph: 글'])
  assert.deepEqual(read(' 여백이 있는 우리말 문장이다.'), ['paragraph: 여백이 있는 우리말 문장이다.'])
  assert.deepEqual(read('<code>make test</code>'), ['code: make test'])
  assert.deepEqual(read('<code>make</code>를 쓴다'), ['paragraph: make를 쓴다'])
  assert.deepEqual(read(':<math>E = mc^2</math>'), ['list: E = mc^2'])
})

test('a gallery gives its captions, a poem its lines', () => {
  assert.deepEqual(read('<gallery>\n파일:a.jpg|[[서울]]의 밤\n파일:b.jpg\nFile:c.jpg|alt=다|셋\n</gallery>'), [
    'caption: 서울의 밤',
    'caption: 셋',
  ])
  assert.deepEqual(read('<poem>\n가\n나\n\n다\n</poem>'), ['paragraph: 가\n나', 'paragraph: 다'])
})

test('a redirect has no text', () => {
  for (const wikitext of ['#넘겨주기 [[말모이]]', '#REDIRECT [[Malmoi]]', '\n#redirect:[[말모이]]\n[[분류:가]]']) {
    assert.deepEqual(wikiText(wikitext, '가'), { text: '', blocks: [] })
  }
})

test('the clock plays no part', (t) => {
  const wikitext =
    '{{나이|1990|1|1}} {{age|1990|1|1}} {{CURRENTYEAR}} {{time ago|2010}} {{birth date and age|1990|1|2}} {{start date|2001|3|4}} {{as of|2010|5}} 끝'
  const now = wikiText(wikitext, '가')
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(1999, 0, 1) })
  assert.deepEqual(wikiText(wikitext, '가'), now)
  assert.match(now.text, /January 2, 1990 March 4, 2001 As of May 2010 끝$/)
})

/* ---------------------------------------------------------------- laws */

const fragments =
  "{{|}}|[[|]]|{{a¦|{{{|}}}|¦|=|\n|\n\n|* |== 가 ==\n|{¦\n|¦-\n|¦ |¦}\n|''|'''|<ref>|</ref>|<ref name=x/>|<!--|-->|<br>|<td>|<table>|</table>|" +
  '<blockquote>|</blockquote>|[[파일:a¦섬네일¦|[[분류:|가|1990|년 |(|)| |,|{{lang¦ja¦|{{convert¦5¦km|{{인용문¦|{{모르는 틀¦|&amp;|&lt;|<code>|</code>|' +
  '<pre>|</pre>|<math>|</math>|<nowiki>|</nowiki>|<gallery>|http://a |[|]|{|}|#|~~~~|__TOC__|{{US$¦|<poem>|</poem>|<syntaxhighlight>|\ufdd1|\ufdd8'
const fragment = fc.constantFrom(...fragments.split('|').map((text) => text.replaceAll('¦', '|')))

test('whatever the wikitext: nothing is thrown, no mark is left, no block is empty, the text is the blocks', () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 80, size: 'max' }), (parts) => {
      const { text, blocks } = wikiText(parts.join(''), '가')
      assert.doesNotMatch(text, /[\ufdd0-\ufdef]/)
      assert.ok(blocks.every((block) => block.text.trim() !== ''))
      assert.equal(text, blocks.map((block) => block.text).join('\n\n'))
    }),
    { numRuns: 3_000 },
  )
})

test('a long page of any fragment is read in a moment: nothing takes square time', () => {
  const closing: Readonly<Record<string, string>> = { '{{a|': '}}', '[[': ']]', '{|\n': '\n|}', '<pre>': '</pre>' }
  const more = [
    "'''''",
    '{{val|5}} ',
    '{{US$|5}}',
    '[[a|b]] ',
    '[http://a ',
    '<!-- -->',
    '{{a}}{{',
    ' ',
    '(',
    '\t\n',
    '<ref name=',
  ]
  const quick = (wikitext: string, name: string): void => {
    const begin = performance.now()
    wikiText(wikitext, '가')
    const seconds = (performance.now() - begin) / 1_000
    assert.ok(seconds < 1, `${JSON.stringify(name)} took ${seconds.toFixed(1)} s`)
  }
  for (const inside of [' ', 'a ', '|a', 'a\n', '[']) {
    for (const [open, close] of [
      ['{{모르는 틀|', '}}'],
      ['{{', '}}'],
      ['[[파일:a|섬네일|', 'x]]'],
      ['[[', ']]'],
      ['{|\n| ', 'x\n|}'],
      ['<pre>', '</pre>'],
      ['<gallery>\nFile:a|', '\n</gallery>'],
      ['<td ', '>'],
      ['== ', ' =='],
      ['* ', ''],
      [' ', ''],
    ] as const) {
      quick(`글 ${open}${inside.repeat(150_000 / inside.length)}${close}`, open + inside)
    }
  }
  for (const unit of [...fragments.split('|').map((text) => text.replaceAll('¦', '|')), ...more]) {
    const half = Math.ceil(150_000 / unit.length)
    quick(unit.repeat(half) + (closing[unit] ?? unit).repeat(half), unit)
    quick(`${unit} x`.repeat(half), unit)
  }
})

/* ---------------------------------------------------------------- real pages */

describe('real dumps', { skip: withoutData }, () => {
  const open = (name: string) =>
    createReadStream(fileURLToPath(new URL(`../../../../shared/data/wiki/${name}`, import.meta.url)))

  function pages(name: string) {
    const bytes = name.endsWith('.bz2') ? bunzip(open(name)) : open(name)
    return Array.fromAsync(readDump(bytes, { maxTextBytes: 10_000_000 }))
  }

  /** Numbers of lines that are plainly sentences: long, and without any template, table or element in them. */
  function numbersInProse(wikitext: string): readonly string[] {
    return wikitext
      .replace(/<!--.*?-->|<ref[^>]*\/>|<ref.*?<\/ref>/gs, '')
      .replace(/\[\[[^\]:|]*\|/g, '[[')
      .split('\n')
      .filter(
        (line) => line.length > 150 && !/[{}|!<>=]|^[ *#:;]|\[\[[^\]]*:/.test(line.replace(/\[\[[^\]:|]*\|/g, '')),
      )
      .flatMap((line) => line.match(/\d[\d.,]*\d|\d/g) ?? [])
  }

  for (const name of ['kowiki-sample-abridged.xml', 'enwiki-table-markup.xml.bz2', 'bgwiki-shortened.xml.bz2']) {
    test(`${name}: no markup is left, and no number of a sentence is lost`, async () => {
      let numbers = 0
      for (const { title, revision } of await pages(name)) {
        const wikitext = revision.text ?? ''
        const { text } = wikiText(wikitext, title)
        // What a page says about markup, it says in <nowiki>.
        const literal = wikitext.match(/<nowiki>.*?<\/nowiki>/gs) ?? []
        const shown = literal.reduce((rest, part) => rest.replaceAll(part.slice(8, -9), ''), text)
        assert.doesNotMatch(
          shown,
          /\{\{|\}\}|\[\[|\]\]|<\/?ref|'''|\{\||\|\}|&(?:lt|gt|amp|nbsp);|[\ufdd0-\ufdef]/,
          title,
        )
        const left = new Set(text.match(/\d[\d.,]*\d|\d/g))
        const expected = numbersInProse(wikitext)
        numbers += expected.length
        assert.deepEqual(
          expected.filter((number) => !left.has(number)),
          [],
          title,
        )
      }
      assert.ok(numbers > (name.startsWith('kowiki') ? 0 : 50), `${numbers} numbers were looked for`)
    })
  }

  test('the Korean article, whole', async () => {
    const [article] = await pages('kowiki-sample-abridged.xml')
    const { blocks, text } = wikiText(article?.revision.text ?? '', article?.title ?? '')
    assert.deepEqual(
      blocks.map(({ kind, text }) => `${kind}: ${text.slice(0, 10)}`),
      [
        'caption: 왼쪽에는 인코더, ',
        'paragraph: 트랜스포머(tran',
        'paragraph: 트랜스포머는 순환 ',
        'paragraph: 트랜스포머의 현대 ',
        'heading: 역사',
        'heading: 이전 모델',
        'paragraph: 수년 동안 시퀀스 ',
        'paragraph: 주요 돌파구는 LS',
      ],
    )
    assert.ok(text.includes('주요 돌파구는 LSTM (1995)이었다. LSTM은 소실 경사 문제를'))
    assert.doesNotMatch(text, /Vaswani|게이트 순환 유닛|분류|속성 추적|3f5ee/)
  })
})
