/**
 * Articles that a page carries in its scripts: pages drawn by JavaScript send the article as HTML inside a string of
 * their data (JSON-LD `articleBody`, the state of React or Vue). It finds such strings and does not run scripts.
 */
import type { Element } from './dom.ts'

const LEAST_LENGTH = 200
/** The longest ones are tried; an article is the longest text of its page or near it. */
const MOST_FRAGMENTS = 3
const MARKUP = /<(?:p|br|div)[\s/>]/i

export interface Embedded {
  /** HTML that the page's JSON-LD states to be the article's body. */
  readonly stated: readonly string[]
  /** The longest strings of its other scripts that hold HTML, longest first. Found on demand: scripts are long. */
  readonly drawn: () => readonly string[]
}

/** What the scripts of a page embed. */
export function embeddedHtml(root: Element): Embedded {
  const scripts: Element[] = []
  const visit = (element: Element): void => {
    if (element.name === 'script') scripts.push(element)
    else for (const child of element.children) if (typeof child !== 'string') visit(child)
  }
  visit(root)
  const texts = scripts.map((script) => script.children.filter((part) => typeof part === 'string').join(''))
  return {
    stated: longest(texts.filter((text) => text.includes('"articleBody"')).flatMap(statedBodies)),
    drawn: () => longest(texts.flatMap(htmlStrings)),
  }
}

function longest(found: readonly string[]): readonly string[] {
  return [...new Set(found)].sort((a, b) => b.length - a.length).slice(0, MOST_FRAGMENTS)
}

/** Values of "articleBody", as HTML. */
function statedBodies(script: string): string[] {
  return literals(script).flatMap(({ text, before }) =>
    /"articleBody"\s{0,4}:\s{0,4}$/.test(before) ? [MARKUP.test(text) ? text : asHtml(text)] : [],
  )
}

function htmlStrings(script: string): string[] {
  return literals(script).flatMap(({ text }) => (MARKUP.test(text) ? [text] : []))
}

/** Long double-quoted literals of a script, unescaped, with the characters before each; one pass. */
function literals(script: string): { text: string; before: string }[] {
  const found: { text: string; before: string }[] = []
  for (let start = script.indexOf('"'); start !== -1; start = script.indexOf('"', start)) {
    const end = closingQuote(script, start)
    if (end === -1) break
    if (end - start > LEAST_LENGTH) {
      const text = unescaped(script.slice(start, end + 1))
      if (text !== null) found.push({ text, before: script.slice(Math.max(0, start - 24), start) })
    }
    start = end + 1
  }
  return found
}

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
