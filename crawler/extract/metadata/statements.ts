/**
 * Everything in a tree that may state something about the page, gathered in one pass: meta, link, JSON-LD, headings,
 * dates, bylines, licence marks. Nothing is judged here but where it stands.
 */

import { isCaption } from '../captions.ts'
import { type Element, HEADING_NAMES } from '../dom.ts'
import { hintOf } from '../hints.ts'
import { textContent } from '../text.ts'
import { parseThings, type Thing } from './json-ld.ts'
import { licenceId } from './licence-id.ts'

export interface Statements {
  /** Values of meta by lower-case name, in order. */
  readonly meta: ReadonlyMap<string, readonly string[]>
  readonly things: readonly Thing[]
  readonly title: string | null
  readonly lang: string | null
  /** Of `link rel=canonical`, as written. */
  readonly canonical: string | null
  /** Of `base`, as written. */
  readonly base: string | null
  /** Texts of h1. */
  readonly headings: readonly string[]
  /** Texts that show a time, or the times in their `datetime`; with what the element says of itself. */
  readonly times: readonly ShownTime[]
  readonly bylines: readonly string[]
  /** Addresses and words that mark the page's licence, from head and body, not those beside an image. */
  readonly licences: readonly string[]
}

export interface ShownTime {
  readonly text: string
  readonly property: string
}

/** Of an element that would state a date or a name; longer ones hold more than that. */
const LONGEST_STATEMENT = 200
const DATE_NAMES = new Set('date datetime dateline pubdate published regdate modified updated time'.split(' '))
const BYLINE_NAMES = new Set('byline author writer reporter journalist'.split(' '))
/** Properties that name a licence: HTML rel, schema.org, ccREL (w3.org/Submission/ccREL), Dublin Core. */
const LICENCE = /^(?:(?:cc|dc|dct|dcterms|xhv|schema)[:.])?licen[sc]e$/i

/** Reads the statements of a page; linear in the tree. */
export function gather(root: Element): Statements {
  const meta = new Map<string, string[]>()
  const things: Thing[] = []
  const headings: string[] = []
  const times: ShownTime[] = []
  const bylines: string[] = []
  const licences: string[] = []
  let title: string | null = null
  let lang: string | null = null
  let canonical: string | null = null
  let base: string | null = null

  const head = (element: Element): void => {
    const { name, attributes } = element
    if (name === 'html') lang ??= attributes.lang ?? attributes['xml:lang'] ?? null
    else if (name === 'title') title ??= oneLine(rawText(element))
    else if (name === 'base') base ??= attributes.href ?? null
    else if (name === 'link' && relations(element).includes('canonical')) canonical ??= attributes.href ?? null
    else if (name === 'meta') {
      const key = (attributes.property ?? attributes.name ?? attributes.itemprop ?? '').toLowerCase()
      const content = oneLine(attributes.content ?? '')
      if (key !== '' && content !== '') meta.set(key, [...(meta.get(key) ?? []), content].slice(0, 8))
    }
  }
  const shown = (element: Element, aside: boolean): void => {
    const { name, attributes } = element
    if (name === 'h1') headings.push(oneLine(textContent(element, 1000)))
    if (HEADING_NAMES.has(name) || aside) return
    const property = (attributes.itemprop ?? '').toLowerCase()
    const said = element.names
    if (name === 'time' || property.startsWith('date') || said.some((word) => DATE_NAMES.has(word))) {
      const text = attributes.datetime ?? attributes.content ?? textContent(element, LONGEST_STATEMENT)
      times.push({ text, property: `${property} ${said.join(' ')}` })
    } else if (
      relations(element).includes('author') ||
      property === 'author' ||
      said.some((w) => BYLINE_NAMES.has(w))
    ) {
      bylines.push(oneLine(textContent(element, LONGEST_STATEMENT)))
    }
  }
  const visit = (element: Element, outer: Place): void => {
    const { name, attributes } = element
    if (name === 'svg' || name === 'template') return
    if (name === 'script') {
      if (/^application\/ld\+json/i.test(attributes.type?.trim() ?? '')) {
        for (const thing of parseThings(rawText(element))) things.push(thing)
      }
      return
    }
    head(element)
    shown(element, outer.aside)
    if (!outer.beside) licences.push(...licenceMarks(element))
    const place: Place = {
      aside: outer.aside || hintOf(element) === 'out',
      beside: outer.beside || name === 'figure' || isCaption(element),
    }
    for (const child of element.children) if (typeof child !== 'string') visit(child, place)
  }
  visit(root, { aside: false, beside: false })
  return { meta, things, title, lang, canonical, base, headings, times, bylines, licences }
}

/** Whether an element stands in furniture (a menu, a list of other pages), or beside an image. */
interface Place {
  readonly aside: boolean
  readonly beside: boolean
}

function relations(element: Element): readonly string[] {
  const { rel } = element.attributes
  return rel === undefined ? [] : rel.slice(0, LONGEST_STATEMENT).toLowerCase().split(/\s+/)
}

function licenceMarks(element: Element): readonly string[] {
  const { name, attributes } = element
  const properties = [attributes.property, attributes.itemprop, attributes.name, ...relations(element)]
  if (properties.some((word) => word !== undefined && LICENCE.test(word))) {
    return [attributes.href ?? attributes.resource ?? attributes.content ?? textContent(element, LONGEST_STATEMENT)]
  }
  // 공공누리 is marked by its picture and a link, without rel.
  const mark = name === 'img' ? attributes.alt : name === 'a' ? attributes.href : undefined
  return mark !== undefined && /공공누리|kogl\.or\.kr/.test(mark) && licenceId(mark) !== null ? [mark] : []
}

function rawText(element: Element): string {
  return element.children.filter((child) => typeof child === 'string').join('')
}

/** One line of text; entities escaped once too often (`&amp;quot;`), common in meta, are read. */
export function oneLine(text: string): string {
  return text
    .replace(/&(?:quot|#0?39|#x27|apos|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, ' ')
    .trim()
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

/** The values of the first of these meta names that has any. */
export function metaOf(found: Statements, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => found.meta.get(name) ?? [])
}
