/**
 * Articles that a page carries in its scripts: pages drawn by JavaScript send the article as HTML inside a string of
 * their data (JSON-LD `articleBody`, the state of React or Vue). It finds such strings, with what the object around them
 * says of the article, and does not run scripts.
 */
import type { Element } from './dom.ts'

const LEAST_LENGTH = 200
/** The longest ones are tried; an article is the longest text of its page or near it. */
const MOST_FRAGMENTS = 3
const MARKUP = /<(?:p|br|div)[\s/>]/i
const SUBTITLE_KEY = /^(?:sub_?(?:title|headline|head)|deck|dek|standfirst)$/i
const DATE_KEY =
  /^(?:first_?)?(?:date_?published|(?:pub(?:lish(?:ed)?)?|deploy|service|reg(?:ist(?:er|ration)?)?|creat(?:ed|e|ion)|posted|issued|release)_?(?:date|dt|at|time|ymdt?|datetime)?)$/i
const LONGEST_KEY = 40
const LONGEST_SUBTITLE = 1000

export interface Embedded {
  /** The article, after its subtitle where the data keeps one beside it. */
  readonly html: string
  /** When the data beside it says that it was published, as written there. */
  readonly published: string | null
}

export interface EmbeddedArticles {
  /** What the page's JSON-LD states to be the article's body. */
  readonly stated: readonly Embedded[]
  /** The longest strings of its other scripts that hold HTML, longest first. Found on demand: scripts are long. */
  readonly drawn: () => readonly Embedded[]
}

/** What the scripts of a page embed. */
export function embeddedArticles(root: Element): EmbeddedArticles {
  const scripts: Element[] = []
  const visit = (element: Element): void => {
    if (element.name === 'script') scripts.push(element)
    else for (const child of element.children) if (typeof child !== 'string') visit(child)
  }
  visit(root)
  const texts = scripts.map((script) => script.children.filter((part) => typeof part === 'string').join(''))
  return {
    stated: longest(texts.filter((text) => text.includes('"articleBody"')).flatMap(statedBodies)),
    drawn: () => longest(texts.flatMap(drawnBodies)),
  }
}

function longest(found: readonly Embedded[]): readonly Embedded[] {
  const once = new Map(found.map((embedded) => [embedded.html, embedded]))
  return [...once.values()].sort((a, b) => b.html.length - a.html.length).slice(0, MOST_FRAGMENTS)
}

/** Values of "articleBody". JSON-LD says the date in its own place. */
function statedBodies(script: string): Embedded[] {
  return literals(script).flatMap(({ key, text, long }) =>
    key === 'articleBody' && long ? [{ html: MARKUP.test(text) ? text : asHtml(text), published: null }] : [],
  )
}

function drawnBodies(script: string): Embedded[] {
  const beside = new Map<number, { subtitle?: string; published?: string }>()
  const bodies: Literal[] = []
  for (const literal of literals(script)) {
    const { key, object, text, long } = literal
    if (long && MARKUP.test(text)) bodies.push(literal)
    const isSubtitle = SUBTITLE_KEY.test(key) && text.length <= LONGEST_SUBTITLE
    if (!isSubtitle && !DATE_KEY.test(key)) continue
    const found = beside.get(object) ?? {}
    if (isSubtitle) found.subtitle ??= text
    else found.published ??= text
    beside.set(object, found)
  }
  return bodies.map(({ object, text }) => {
    const { subtitle = '', published = null } = beside.get(object) ?? {}
    return { html: subtitle === '' ? text : `<h2>${subtitle}</h2>${text}`, published }
  })
}

/** A string of a script: the key it is the value of (empty: of none), and the number of the innermost {…} around it. */
interface Literal {
  readonly key: string
  readonly object: number
  readonly text: string
  /** Whether it is written with more than LEAST_LENGTH characters. */
  readonly long: boolean
}

/** Double-quoted literals that are values of keys or long, unescaped; one pass, without parsing the script. */
function literals(script: string): readonly Literal[] {
  const found: Literal[] = []
  const objects = [0]
  let opened = 0
  let key = ''
  let at = 0
  for (let start = script.indexOf('"'); start !== -1; start = script.indexOf('"', at)) {
    for (; at < start; at++) {
      const code = script.charCodeAt(at)
      if (code === OPEN) objects.push(++opened)
      else if (code === CLOSE && objects.length > 1) objects.pop()
      else if (code === COMMA) key = ''
    }
    const end = closingQuote(script, start)
    if (end === -1) break
    at = end + 1
    while (script.charCodeAt(at) === SPACE) at++
    if (script.charCodeAt(at) === COLON) {
      key = end - start <= LONGEST_KEY ? script.slice(start + 1, end) : ''
      at++
      continue
    }
    const long = end - start > LEAST_LENGTH
    if (key === '' && !long) continue
    const text = unescaped(script.slice(start, end + 1))
    if (text !== null) found.push({ key, object: objects.at(-1)!, text, long })
    key = ''
  }
  return found
}
const [OPEN, CLOSE, COMMA, COLON, SPACE] = [0x7b, 0x7d, 0x2c, 0x3a, 0x20]

function closingQuote(script: string, start: number): number {
  for (let i = start + 1; i < script.length; i++) {
    const code = script.charCodeAt(i)
    if (code === 0x5c) i++
    else if (code === 0x22) return i
  }
  return -1
}

/** The text of a JSON literal; null where it is none (a JavaScript escape, a quote that was no quote). */
function unescaped(literal: string): string | null {
  try {
    const value: unknown = JSON.parse(literal)
    return typeof value === 'string' ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function asHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .split(/\n+/)
    .map((paragraph) => `<p>${paragraph}</p>`)
    .join('')
}
