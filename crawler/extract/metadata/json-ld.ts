/**
 * What a page states as JSON-LD: the things of its scripts, and plain readers of their properties. What is believed of
 * them is for the files beside this one.
 */

export type Thing = { readonly [name: string]: unknown }

/** Scripts longer than this hold data, not statements (characters). */
const LONGEST_SCRIPT = 4_000_000
/** Things inside things are looked for to this depth. */
const DEEPEST = 4
const ARTICLE_TYPE = /(?:Article|BlogPosting|Posting|Report)$/
const PAGE_TYPE = /(?:WebPage|Page)$/

/** Objects of a JSON-LD script, those of its @graph included; a script that is not JSON states nothing. */
export function parseThings(json: string): readonly Thing[] {
  if (json.length > LONGEST_SCRIPT) return []
  const parsed = parseLoosely(json)
  const things: Thing[] = []
  const visit = (value: unknown, depth: number): void => {
    if (depth > DEEPEST) return
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

/** JSON as sites write it: raw line ends inside strings, a CDATA section around it. */
function parseLoosely(json: string): unknown {
  try {
    return JSON.parse(json.replace(/[\u0000-\u001f]+/g, ' ').replace(/^\s{0,100}<!\[CDATA\[|\]\]>\s{0,100}$/g, ''))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

export function isThing(value: unknown): value is Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Articles first, then pages: what is said of an article is about what is read. */
export function describing(things: readonly Thing[]): readonly Thing[] {
  return [
    ...things.filter((thing) => hasType(thing, ARTICLE_TYPE)),
    ...things.filter((thing) => hasType(thing, PAGE_TYPE)),
  ]
}

export function hasType(thing: Thing, type: RegExp): boolean {
  return listOf(thing['@type']).some((name) => typeof name === 'string' && type.test(name))
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
}

/** The strings of a property that may be one or a list. */
export function stringsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string')
}

/** Names of people, organisations or places, however they are written: text, object or list of both. */
export function namesOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((item) =>
    isThing(item) ? stringsOf(item.name) : typeof item === 'string' ? [item] : [],
  )
}
