/**
 * The text that a template shows. Known ones by rule; numbers, currencies and dates of the English Wikipedia by
 * wtf_wikipedia; of any other what can be read of its parameters, as a guess. Nothing here looks at the network or the
 * clock: of wtf_wikipedia only templates are used that depend on their parameters alone.
 */
import wtf from 'wtf_wikipedia'
import { MARK } from './marks.ts'
import { isApparatus } from './template-names.ts'

/** By name or, where they have none, by `1`, `2`, …; already expanded. */
export type Parameters = ReadonlyMap<string, string>

export interface Shown {
  /** Empty where it shows nothing that can be read. */
  readonly text: string
  /** Whether nobody knows this template; one that stands alone is then more likely a box than a sentence. */
  readonly guessed: boolean
}

type Rule = (parameters: Parameters, positional: readonly string[]) => string

const nth =
  (index: number): Rule =>
  (parameters, positional) =>
    positional[index] ?? positional.at(-1) ?? parameters.get('text') ?? ''
const first = nth(0)
const second = nth(1)
const last: Rule = (_, positional) => positional.at(-1) ?? ''
const filled = (texts: readonly string[]): readonly string[] => texts.filter((text) => text !== '')
const joined =
  (separator: string): Rule =>
  (_, positional) =>
    filled(positional).join(separator)
const always =
  (text: string): Rule =>
  () =>
    text
const orElse =
  (text: string): Rule =>
  (_, positional) =>
    positional[0] || text

/** A line of its own above and below: lists and tables in a parameter need the start of a line. */
const block: Rule = (parameters, positional) => {
  const text = positional.at(-1) ?? parameters.get('content') ?? parameters.get('내용') ?? ''
  return text === '' ? '' : `\n${text}\n`
}
const listItems: Rule = (_, positional) => filled(positional).reduce((list, item) => `${list}* ${item}\n`, '\n')

const quote: Rule = (parameters, positional) => {
  const named = (...names: readonly string[]) =>
    names.map((name) => parameters.get(name) ?? '').find((text) => text !== '')
  const text = named('text', 'quote', '인용문', '내용', '글') ?? positional[0] ?? ''
  const whose = filled([
    named('author', 'sign', '저자', '인물', '말한 사람') ?? positional[1] ?? '',
    named('source', 'title', '출처') ?? positional[2] ?? '',
  ])
  if (text === '') return ''
  return `\n${MARK.quote}\n${text}\n${whose.length > 0 ? `\n— ${whose.join(', ')}\n` : ''}${MARK.quoteEnd}\n`
}

const afterLanguage: Rule = (_, positional) => filled(positional.slice(1)).join(', ')
/** `{{IPA|ko|ka}}` and, as it was before, `{{IPA|ka}}`. */
const ipa: Rule = (_, [language = '', sounds]) =>
  sounds !== undefined && /^[a-z-]{2,8}$/.test(language) ? sounds : language

/** `漢(한)`. */
const ruby: Rule = (_, positional) => {
  const [base = '', above = ''] = positional
  return above === '' ? base : `${base}(${above})`
}
const nihongo: Rule = (_, positional) => {
  const [shown = '', ...forms] = positional
  const more = filled(forms.slice(0, 2)).join(', ')
  return more === '' ? shown : shown === '' ? more : `${shown} (${more})`
}

/** Forms of one word in several scripts, given by names that are options elsewhere: `{{zh|t=漢字|p=hànzì}}`. */
const FORMS = 't s c p w j m hangul hanja kanji kana romaji rr mr lk 한글 한자 로마자 정체 간체 병음 가나 원어'.split(
  ' ',
)
const forms: Rule = (parameters, positional) =>
  filled([...positional, ...FORMS.map((name) => parameters.get(name) ?? '')]).join(', ')

const fraction: Rule = (_, positional) => {
  const [a = '', b, c] = positional
  return b === undefined ? `1/${a}` : c === undefined ? `${a}/${b}` : `${a} ${b}/${c}`
}

/** `{{val|5.2|0.1|e=6|u=km}}`: a number, its uncertainty, power of ten and unit. */
const value: Rule = (parameters, [number = '', uncertainty = '']) => {
  const exponent = parameters.get('e') ?? ''
  const unit = ['u', 'ul', 'up', 'upl'].map((name) => parameters.get(name)).find((given) => given !== undefined)
  const parts = [
    groupDigits(number),
    uncertainty && `±${uncertainty}`,
    exponent && `×10^${exponent}`,
    unit && ` ${unit}`,
  ]
  return parts.map((part) => part ?? '').join('')
}
const power: Rule = (_, [exponent = '']) => `×10^${exponent}`

const BETWEEN: ReadonlyMap<string, string> = new Map([
  ['-', '–'],
  ['–', '–'],
  ['to', '–'],
  ['~', '~'],
  ['and', ', '],
  ['or', ' or '],
  ['x', ' × '],
  ['by', ' × '],
  ['+/-', '±'],
  ['±', '±'],
])
/** The number as the author gave it with its unit, as `5 km` or `3–5 m²`; what MediaWiki converts it to is left out. */
const measure: Rule = (_, positional) => {
  let text = ''
  for (const given of positional) {
    const between = BETWEEN.get(given.toLowerCase())
    if (between === undefined && !/^[-−+]?[\d.,/ ]+$/.test(given)) {
      return text === '' ? given : `${text} ${given.replace(/2$/, '²').replace(/3$/, '³')}`
    }
    text += between ?? given
  }
  return text
}

/** `2020|1|2`, `2020-01-02` and the like in Korean. Of two dates (of death, of birth) the first. */
const koreanDate: Rule = (_, positional) => {
  const [given = ''] = positional
  const parts = /^\d{1,4}$/.test(given) ? positional.slice(0, 3) : given.split(/[-./]/)
  const numbers = parts.map((part) => part.trim()).filter((part) => part !== '')
  if (numbers.length > 3 || !numbers.every((part) => /^\d{1,4}$/.test(part))) return given
  return numbers.map((part, index) => `${Number(part)}${'년월일'[index]}`).join(' ')
}

/** Digits in groups of three, as {{formatnum:}} does in Korean and English. */
function groupDigits(number: string): string {
  const [, sign = '', whole = '', rest = ''] = /^([-−+]?)(\d{4,30})((?:\.\d*)?)$/.exec(number.trim()) ?? []
  return whole === '' ? number.trim() : `${sign}${whole.replace(/(?<=\d)(?=(?:\d{3})+$)/g, ',')}${rest}`
}

const RULES: ReadonlyMap<string, Rule> = new Map(
  (
    [
      [
        first,
        `nowrap|nobr|줄바꿈 없음|줄바꿈없음|small|작게|작은 글씨|smaller|큰 글씨|크게|big|large|larger|huge|굵게|nobold|noitalic|밑줄|
         underline|strikethrough|취소선|sub|sup|아래 첨자|아래첨자|위 첨자|위첨자|math|수학|수식|mvar|var|kbd|code|코드|mono|tt|samp|
         key press|키|text|center|가운데|가운데 정렬|left|right|왼쪽|오른쪽|국제음성기호|ipa2|respell|발음|abbr|tooltip|약자|툴팁|
         도움말|nee|gloss|angbr|임시링크|임시 링크|ill|interlanguage link|국기|국기나라|flag|flagcountry|flagu|나라|국가|chem2|한자|
         hanja|vanchor|보이는 앵커|linktext|옛한글|옛 한글|유니코드|unicode|글꼴|polytonic|nts|url`,
      ],
      [
        last,
        'color|색|글자색|글자 색|글씨색|font color|colored text|배경색|background color|legend|범례|transl|로마자 표기',
      ],
      [second, 'lang|언어|lang2|rtl-lang|sort|정렬|r-lang'],
      [afterLanguage, 'llang|언어 표기|언어표기'],
      [ipa, 'ipa'],
      [joined(''), 'chem|화학식|su|ipac-en|ipac-ko'],
      [joined(' '), 'sortname|gaps'],
      [joined(' · '), 'hlist|가로 목록'],
      [ruby, '루비|ruby|후리가나|furigana|ruby-ja'],
      [nihongo, 'nihongo|nihongo2|nihongo3'],
      [forms, 'zh|lang-zh|중국어|중국어 표기|korean|한국어|한국어 표기|본명|원어|cjkv|한중일'],
      [measure, 'convert|cvt|단위 변환|단위변환|변환'],
      [power, 'e'],
      [value, 'val'],
      [fraction, 'frac|sfrac|fraction|분수'],
      [
        koreanDate,
        `날짜|날짜 표시|시작 날짜|시작일|종료 날짜|종료일|생일|출생일|출생일과 나이|출생일과 만나이|출생일과 만 나이|사망일|
         사망일과 나이|사망일과 만나이|사망일과 만 나이|날짜와 나이|시작 날짜와 나이`,
      ],
      [
        block,
        'plainlist|flatlist|plain list|단순 목록|평문 목록|다단|columns-list|접기|숨김|collapse|nomobile|block indent|들여쓰기',
      ],
      [listItems, 'ubl|unbulleted list|ublist|bulleted list|ordered list|목록|글머리 없는 목록|번호 목록'],
      [
        quote,
        `quote|인용|인용문|인용문2|인용2|quotation|blockquote|cquote|인용 상자|인용상자|quote box|rquote|pull quote|quote frame|
         poem quote|큰 인용문|인용구`,
      ],
      [orElse('Yes'), 'yes|tick|aye'],
      [orElse('No'), 'no|cross'],
      [orElse('N/A'), 'n/a|na|해당 없음'],
      [orElse('TBA'), 'tba|미정'],
      [orElse('Won'), 'won'],
      [orElse('Nominated'), 'nom|nominated'],
      [orElse('예'), '예'],
      [orElse('아니오'), '아니오'],
      [orElse('수상'), '수상'],
      [orElse('후보'), '후보'],
      [always('|'), '!'],
      [always('='), '='],
      [always("'"), "'"],
      [always('{'), '('],
      [always('}'), ')'],
      [always('•'), '•|bullet'],
      [always('·'), '·|middot|dot'],
      [always(' – '), 'snd|snds|spnd|spaced ndash|spaced en dash'],
      [always('–'), 'ndash|en dash'],
      [always('—'), 'mdash|em dash'],
      [always(' '), 'nbsp|space|spaces|sp|thinsp|hair space|pad|공백'],
      [always('*'), '*|asterisk'],
    ] as const
  ).flatMap(([rule, names]) => names.split(/\|\s*/).map((name): [string, Rule] => [name, rule])),
)

/** What wtf_wikipedia 10.4 knows and gets right: looked through one by one, since others of its templates read the clock. */
const LIBRARY = new Set(
  `currency|start date|end date|start date and age|end date and age|birth date|death date|birth date and age|dts|as of|circa|c.|
   oldstyledate|height|radic|sqrt|music|vol.|p.|pp.|isbn|1/2|1/3|2/3|1/4|3/4|dagger|double-dagger|plusminus|minusplus`.split(
    /\|\s*/,
  ),
)
/** Amounts; what follows the amount is the year it is worth so much in. */
const CURRENCIES = new Set(
  'us$|usd|gbp|£|gb£|euro|€|jpy|yen|¥|cny|cn¥|rmb|₩|₹|inr|₽|rub|₱|a$|au$|aud|ca$|cad|hk$|nz$|chf'.split('|'),
)
/** Its parser takes square time on what it was not made for; a number or a date is never longer. */
const MAX_LIBRARY_CHARACTERS = 80
/** 50 µs each: no page of a real wiki has as many, and a made-up one is read in bounded time. */
const MAX_LIBRARY_CALLS = 1_000

/** Of MediaWiki's titles, in bytes. */
const MAX_NAME_CHARACTERS = 255

/** A function that shows the templates of one page; `title` is the page's. */
export function createTemplates(title: string): (name: string, parameters: Parameters) => Shown {
  let libraryCalls = 0
  return (given, parameters) => {
    const positional = positionals(parameters)
    const name = nameOf(given.slice(0, MAX_NAME_CHARACTERS))
    const known = (text: string): Shown => ({
      text: text.trim() === '' && !text.includes(' ') ? '' : text,
      guessed: false,
    })
    const rule = RULES.get(name) ?? (/^lang-[a-z-]+$|^ipa-/.test(name) ? first : undefined)
    if (rule !== undefined) return known(rule(parameters, positional))
    if (name === 'pagename' || name === '문서이름' || name === 'fullpagename') return known(title)
    const amount = CURRENCIES.has(name)
    if ((amount || LIBRARY.has(name)) && ++libraryCalls <= MAX_LIBRARY_CALLS) {
      const text = amount ? byLibrary(name, new Map(), positional.slice(0, 1)) : byLibrary(name, parameters, positional)
      if (text !== '') return known(text)
    }
    const colon = name.indexOf(':')
    if (colon > 0)
      return known(parserFunction(name.slice(0, colon), given.slice(given.indexOf(':') + 1).trim(), positional))
    if (isApparatus(name)) return known('')
    // {{KOR}}: the name is all there is, and is what tables of results are made of.
    if (parameters.size === 0) return known(/^\s*[A-Z]{3}\s*$/.test(given) ? given.trim() : '')
    return { text: positional.filter(isReadable).join(' '), guessed: true }
  }
}

/** In lower case, without `틀:`, `subst:` and underscores. */
function nameOf(given: string): string {
  const name = given
    .replaceAll(MARK.dropped, '')
    .replace(/[\s_]+/g, ' ')
    .trim()
    .toLowerCase()
  return name.replace(/^(?:(?:틀|template|subst|safesubst|шаблон) ?: ?)+/, '')
}

function positionals(parameters: Parameters): readonly string[] {
  const found: string[] = []
  for (let text = parameters.get('1'); text !== undefined; text = parameters.get(String(found.length + 1))) {
    found.push(text.replaceAll(MARK.dropped, '').trim())
  }
  return found
}

/** Not an image, an address, a colour, a width. */
function isReadable(text: string): boolean {
  return (
    text !== '' &&
    !/^(?:https?:|\/\/|#[\da-f]{3,8}$)|\.(?:svg|png|jpe?g|gif|webp|ogg|webm)$/i.test(text) &&
    !/^\d+ ?px$/.test(text)
  )
}

/** `{{lc:ABC}}`: a function of MediaWiki's, of which only those are shown whose text is their argument. */
function parserFunction(name: string, argument: string, positional: readonly string[]): string {
  if (name === 'formatnum') return groupDigits(argument)
  if (name === 'lc') return argument.toLowerCase()
  if (name === 'uc') return argument.toUpperCase()
  if (name === 'lcfirst' || name === 'ucfirst') return argument
  if (name === '#if') return positional[argument === '' ? 1 : 0] ?? ''
  return ''
}

function byLibrary(name: string, parameters: Parameters, positional: readonly string[]): string {
  const named = Array.from(parameters).filter(([key]) => !/^\d+$/.test(key))
  const given = [...positional, ...named.map(([key, text]) => `${key}=${text}`)].join('|')
  // It puts texts into each other by String.replace, where $& doubles them every time; and 。 would come back as a
  // full stop, since it takes all text for English.
  if (given.length > MAX_LIBRARY_CHARACTERS || /[[\]{}\n$。\ufdd0-\ufdef]/.test(given)) return ''
  try {
    return wtf(`{{${name}|${given}}}`).text().trim()
  } catch (error) {
    // It is a guesser itself and may trip over odd parameters; then they are shown as any other template's.
    if (error instanceof Error) return ''
    throw error
  }
}
