/**
 * Who wrote a page: names stated as JSON-LD or meta, checked against what is shown. The name of the site, an account of
 * its software or an address is no author. Where a statement names nobody whom the page shows, and the page shows
 * somebody, who is shown wins: statements are templates' defaults, bylines are written for the article.
 */
import { describing, namesOf } from './json-ld.ts'
import { metaOf, oneLine, type Statements } from './statements.ts'

/** Accounts of publishing software, and what templates put for nobody. */
const NOBODY =
  /^(?:admin(?:istrator)?|root|webmaster|web ?master|editor|user|guest|anonymous|unknown|none|null|undefined|author|staff|관리자|운영자|최고관리자|웹마스터|편집자|익명|작성자|기자|온라인 ?뉴스팀?)$/i
const REPORTER = '(?:(?:선임|수습|전문|인턴|객원|시민|사진|대|칼럼)?\\s?기자|칼럼니스트|논설위원|특파원|평론가)'
/** Names before what they are: 홍길동 기자, 홍길동·성춘향 기자. */
const SIGNATURE = new RegExp(
  `(?:^|[\\s=(·,/])([가-힣]{2,4}(?:[·,] ?[가-힣]{2,4}){0,4}) ?${REPORTER}(?=$|[\\s=)·,/(])`,
  'g',
)
/** 사회부 기자 names a desk. */
const DESK = /(?:부|팀)$/
const LONGEST_NAME = 40

/** The author, several joined by a comma; null where nobody is named. `text` is the text of the article. */
export function authorOf(found: Statements, text: string): string | null {
  const sites = siteNames(found)
  const people = (names: readonly string[]): readonly string[] =>
    [...new Set(names.flatMap(peopleOf))].filter((name) => isPerson(name, sites))
  const stated = [
    ...describing(found.things).map((thing) => people(namesOf(thing.author ?? thing.creator))),
    people(metaOf(found, 'author', 'article:author', 'og:article:author')),
    people(metaOf(found, 'dable:author', 'dc.creator', 'dcterms.creator', 'byl', 'parsely-author', 'twitter:creator')),
  ].filter((names) => names.length > 0)
  // A byline without a name is often a date alone.
  const bylines = found.bylines.filter((byline) => byline.length <= LONGEST_NAME * 3)
  const shown = [people(bylines.filter((byline) => !/\d{4}/.test(byline))), people(signaturesOf(text))]
  const visible = `${found.bylines.join('\n')}\n${text}`
  const confirmed = stated.find((names) => names.some((name) => visible.includes(name)))
  const chosen = confirmed ?? shown.find((names) => names.length > 0) ?? stated[0]
  return chosen === undefined ? null : chosen.slice(0, 8).join(', ')
}

/** Names the site has for itself, in lower case. */
function siteNames(found: Statements): ReadonlySet<string> {
  const names = [
    ...metaOf(found, 'og:site_name', 'application-name', 'apple-mobile-web-app-title', 'publisher', 'twitter:site'),
    ...found.things.flatMap((thing) => namesOf(thing.publisher)),
  ]
  return new Set(names.map((name) => oneLine(name).toLowerCase()))
}

function isPerson(name: string, sites: ReadonlySet<string>): boolean {
  return (
    name.length >= 2 &&
    name.length <= LONGEST_NAME &&
    /\p{L}/u.test(name) &&
    !/^(?:https?:|www\.|@)/i.test(name) &&
    !NOBODY.test(name) &&
    !sites.has(name.toLowerCase())
  )
}

/** The names in a byline or statement, without title, address and label. */
function peopleOf(byline: string): readonly string[] {
  const line = oneLine(byline.slice(0, 400))
  const signed = signatures(line)
  if (signed.length > 0) return signed
  const name = line
    .replace(/[\w.+-]{1,64}@[\w.-]{1,100}/g, '')
    .replace(/^(?:(?:written |posted )?by|글|글쓴이|작성자|저자|기자)\s{0,3}[:：]?\s{1,3}/i, '')
    .replace(/^(?:글쓴이|작성자|저자)\s{0,3}[:：]\s{0,3}/, '')
    .replace(new RegExp(`\\s{0,3}${REPORTER}$`), '')
    .trim()
  return [name]
}

function signatures(line: string): readonly string[] {
  return [...line.matchAll(SIGNATURE)].flatMap((match) => match[1]!.split(/[·,] ?/)).filter((name) => !DESK.test(name))
}

/** Who signs the text, in a short line among its first or last. */
function signaturesOf(text: string): readonly string[] {
  const lines = [...text.slice(0, 2000).split('\n').slice(0, 6), ...text.slice(-2000).split('\n').slice(-6)]
  for (const line of lines) {
    const names = line.length <= 80 ? signatures(oneLine(line)) : []
    if (names.length > 0) return names
  }
  return []
}
