/**
 * What a page states about itself: title, author, date, language. Machine-readable statements (JSON-LD, meta) come
 * before what is only shown; the language is checked against the script of the text, since templates copy it.
 */
import { type Element, HEADING_NAMES } from './dom.ts'
import { nameWords } from './hints.ts'
import { textContent } from './runs.ts'

export interface Metadata {
  readonly title: string | null
  readonly author: string | null
  readonly published: string | null
  readonly lang: string | null
}

/** Everything in the tree that may state something, gathered in one pass. */
interface Statements {
  readonly meta: Map<string, string>
  readonly things: Thing[]
  readonly headings: string[]
  readonly times: string[]
  readonly bylines: string[]
  title: string | null
  lang: string | null
}
type Thing = { readonly [name: string]: unknown }

const ARTICLE_TYPE = /(?:Article|BlogPosting|Report|WebPage|Posting)$/
const LEAST_HANGUL = 0.3
/** So few letters say nothing against a declared language. */
const FEW_LETTERS = 20
/** A Korean signature: the name, a title, 기자. */
const SIGNATURE = /(?:^|[\s=(·,])([가-힣]{2,4}) (?:선임|수습|전문|인턴)?기자(?:$|[\s=)·,])/
/** Names of elements that show when a page was written. */
const DATE_NAMES: ReadonlySet<string> = new Set([
  'date',
  'datetime',
  'dateline',
  'pubdate',
  'published',
  'regdate',
  'time',
])

/** Reads the statements of a page; `text` is its extracted text. */
export function readMetadata(root: Element, text: string): Metadata {
  const found = gather(root)
  const articles = found.things.filter((thing) => typesOf(thing).some((type) => ARTICLE_TYPE.test(type)))
  return {
    title: titleOf(found, articles),
    author: authorOf(found, articles) ?? signatureOf(text),
    published: publishedOf(found, articles),
    lang: langOf(found.lang ?? found.meta.get('og:locale') ?? null, text),
  }
}

function gather(root: Element): Statements {
  const found: Statements = {
    meta: new Map(),
    things: [],
    headings: [],
    times: [],
    bylines: [],
    title: null,
    lang: null,
  }
  const visit = (element: Element): void => {
    const { name, attributes } = element
    if (name === 'svg' || name === 'template') return
    if (name === 'html') found.lang ??= attributes.lang ?? attributes['xml:lang'] ?? null
    else if (name === 'title') found.title ??= line(rawText(element))
    else if (name === 'meta') {
      const key = (attributes.property ?? attributes.name ?? attributes.itemprop ?? '').toLowerCase()
      const content = line(attributes.content ?? '')
      if (key !== '' && content !== '' && !found.meta.has(key)) found.meta.set(key, content)
    } else if (name === 'script') {
      if (/^application\/ld\+json/i.test(attributes.type?.trim() ?? ''))
        found.things.push(...parseThings(rawText(element)))
      return
    } else if (name === 'h1') found.headings.push(line(textContent(element, 1000)))
    else if (name === 'time') {
      found.times.push(attributes.datetime ?? textContent(element, 100))
    } else if (!HEADING_NAMES.has(name) && nameWords(element).some((word) => DATE_NAMES.has(word))) {
      found.times.push(textContent(element, 60))
    } else if (isByline(element)) found.bylines.push(line(textContent(element, 200)))
    for (const child of element.children) if (typeof child !== 'string') visit(child)
  }
  visit(root)
  return found
}

function rawText(element: Element): string {
  return element.children.filter((child) => typeof child === 'string').join('')
}

function isByline(element: Element): boolean {
  const { attributes } = element
  if (attributes.rel === 'author' || attributes.itemprop === 'author') return true
  return !HEADING_NAMES.has(element.name) && nameWords(element).some((word) => word === 'byline' || word === 'author')
}

/** Objects of a JSON-LD script, those of its @graph included; a script that is no JSON states nothing. */
function parseThings(json: string): Thing[] {
  const things: Thing[] = []
  let parsed: unknown
  try {
    parsed = JSON.parse(json.replace(/[\u0000-\u001f]+/g, ' ').replace(/^\s*<!\[CDATA\[|\]\]>\s*$/g, ''))
  } catch (error) {
    if (error instanceof SyntaxError) return things
    throw error
  }
  const visit = (value: unknown, depth: number): void => {
    if (depth > 4) return
    if (Array.isArray(value)) for (const item of value) visit(item, depth + 1)
    else if (isThing(value)) {
      things.push(value)
      visit(value['@graph'], depth + 1)
      visit(value.mainEntity, depth + 1)
    }
  }
  visit(parsed, 0)
  return things
}

function isThing(value: unknown): value is Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function typesOf(thing: Thing): readonly string[] {
  const type = thing['@type']
  return (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string')
}

function line(text: string): string {
  return decodeTwice(text).replace(/\s+/g, ' ').trim()
}

/** Entities escaped once too often (`&amp;quot;`) are common in meta. */
function decodeTwice(text: string): string {
  return text.replace(/&(?:quot|#0?39|#x27|apos|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
}
const ENTITIES: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&#39;': "'",
  '&#039;': "'",
  '&#x27;': "'",
  '&apos;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
}

/** The stated title, without the site's name; the shown h1 where the statement contains it. */
function titleOf(found: Statements, articles: readonly Thing[]): string | null {
  const stated =
    found.meta.get('og:title') ??
    found.meta.get('twitter:title') ??
    articles.map((thing) => thing.headline).find((headline) => typeof headline === 'string' && headline !== '')
  const title = typeof stated === 'string' ? line(stated) : found.title
  const headings = found.headings.filter((heading) => heading !== '')
  if (title === null || title === '') return headings[0] ?? null
  // The h1 that is part of the stated title is the title without the site's suffix or prefix.
  const shown = headings.find(
    (heading) => heading.length >= 4 && heading.length < title.length && title.includes(heading),
  )
  if (shown !== undefined && shown.length * 3 > title.length) return shown
  return withoutSite(title, found.meta.get('og:site_name') ?? null)
}

function withoutSite(title: string, site: string | null): string {
  const parts = title.split(/\s+[:·—–-]\s+|\s*[|｜ㅣ]\s*/)
  if (parts.length < 2) return title
  const last = parts.at(-1)!
  const cut = title.slice(0, title.lastIndexOf(last)).replace(/[\s|｜ㅣ:·—–-]+$/, '')
  const named = site !== null && (last.includes(site) || site.includes(last))
  const separator = title.slice(cut.length, title.lastIndexOf(last))
  // Without a stated name only a short last part after a typical separator is taken for the site.
  return cut.length >= 2 && (named || (/[|｜ㅣ—–-]/.test(separator) && last.length <= 25 && last.length < cut.length))
    ? cut
    : title
}

/** The stated author; a page that names its own site there states none. */
function authorOf(found: Statements, articles: readonly Thing[]): string | null {
  const site = found.meta.get('og:site_name')
  for (const thing of articles) {
    const names = namesOf(thing.author ?? thing.creator).filter((name) => name !== site)
    if (names.length > 0) return names.join(', ')
  }
  for (const key of [
    'author',
    'article:author',
    'dable:author',
    'dc.creator',
    'og:article:author',
    'byl',
    'twitter:creator',
  ]) {
    const value = found.meta.get(key)
    if (value !== undefined && value !== site && !/^(?:https?:|@)/.test(value)) return cleanName(value)
  }
  // A byline without a name is often a date alone.
  const byline = found.bylines.map(cleanName).find((name) => name.length >= 2 && name.length <= 40 && !/\d/.test(name))
  return byline ?? null
}

/** Who signs the text, in a short line among its first or last. */
function signatureOf(text: string): string | null {
  const lines = text.split('\n').filter((part) => part !== '')
  for (const part of [...lines.slice(0, 3), ...lines.slice(-3)]) {
    const name = part.length <= 60 ? part.match(SIGNATURE)?.[1] : undefined
    if (name !== undefined) return name
  }
  return null
}

function namesOf(author: unknown): readonly string[] {
  if (typeof author === 'string') return [cleanName(author)].filter((name) => name !== '' && !/^https?:/.test(name))
  if (Array.isArray(author)) return [...new Set(author.flatMap(namesOf))]
  return isThing(author) ? namesOf(author.name) : []
}

function cleanName(name: string): string {
  return line(name)
    .replace(/^(?:by|글|작성자|기자)\s*[:：]?\s+/i, '')
    .replace(/[\w.+-]{1,64}@[\w.-]{1,100}/g, '')
    .replace(/\s*(?:선임|수습|전문|인턴)?기자\s*$/, '')
    .trim()
}

function publishedOf(found: Statements, articles: readonly Thing[]): string | null {
  const stated = [
    ...articles.map((thing) => thing.datePublished),
    ...['article:published_time', 'og:article:published_time', 'datepublished', 'date', 'pubdate', 'publishdate'].map(
      (key) => found.meta.get(key),
    ),
    ...['dc.date', 'dc.date.issued', 'dcterms.created', 'parsely-pub-date', 'sailthru.date', 'regdate'].map((key) =>
      found.meta.get(key),
    ),
    ...articles.map((thing) => thing.dateCreated),
    ...found.times,
  ]
  for (const value of stated) {
    const date = typeof value === 'string' ? isoDate(value) : null
    if (date !== null) return date
  }
  return null
}

/** Year, month, day; then perhaps hour, minute, second and zone; a label such as 입력 may come first. */
const DATE =
  /^(?:[가-힣]{1,6}[ :：|]{0,3}){0,2}(?<year>\d{4})[-./년]? ?(?<month>\d{1,2})[-./월]? ?(?<day>\d{1,2})[일.]?(?: ?\([^)]{1,3}\))?(?:[T ] ?(?<half>오전|오후)? ?(?<hour>\d{1,2}):?(?<minute>\d{2})(?::?(?<second>\d{2}))?(?:\.\d{1,9})? ?(?<zone>Z|[+-]\d{2}:?\d{2})?)?/i

/** ISO 8601 of a date as pages write it, to the precision and with the zone they state; null where it is no date. */
export function isoDate(text: string): string | null {
  const parts = line(text).match(DATE)?.groups
  if (parts === undefined) return null
  const { year, month, day, half, minute, second, zone } = parts
  let hour = parts.hour === undefined ? undefined : Number(parts.hour)
  if (hour !== undefined && half === '오후' && hour < 12) hour += 12
  if (hour === 12 && half === '오전') hour = 0
  if (!inRange(Number(month), 1, 12) || !inRange(Number(day), 1, 31)) return null
  const date = `${year}-${twoDigits(month)}-${twoDigits(day)}`
  if (hour === undefined || !inRange(hour, 0, 23) || !inRange(Number(minute), 0, 59)) return date
  const offset = zone === undefined ? '' : zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2')
  return `${date}T${twoDigits(hour)}:${minute}:${second ?? '00'}${offset}`
}

function inRange(value: number, least: number, most: number): boolean {
  return value >= least && value <= most
}

function twoDigits(value: number | string | undefined): string {
  return String(value).padStart(2, '0')
}

/** The declared language, unless the letters contradict it. */
function langOf(declared: string | null, text: string): string | null {
  const subtag =
    declared
      ?.trim()
      .match(/^[A-Za-z]{2,3}(?=$|[-_])/)?.[0]
      .toLowerCase() ?? null
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const hangul = text.match(/[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/g)?.length ?? 0
  if (letters < FEW_LETTERS && subtag !== null) return subtag
  if (hangul > 0 && hangul >= letters * LEAST_HANGUL) return 'ko'
  // Korean is written with Hangul: a page with next to none is something else, whatever its template says.
  return subtag === 'ko' && hangul < letters * 0.02 ? null : subtag
}
