/**
 * HTML to a light tree: every tag costs a bounded number of steps, and the tree has a bounded depth. It knows which end
 * tags HTML implies, and nothing of articles.
 */
import { type Attributes, scanMarkup } from '../markup.ts'

export interface Element {
  readonly name: string
  readonly attributes: Attributes
  /** The words of class and id, in lower case: `articleBody related-list` gives article, body, related, list. */
  readonly names: readonly string[]
  readonly children: Node[]
}
export type Node = Element | string

/** As deep as Blink builds a tree; what is nested deeper is attached here. Lets the passes over it recurse. */
const MAX_DEPTH = 512
/** More of class and id says nothing new (characters). */
const LONGEST_NAMES = 400
const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))
const VOID = words('area base basefont br col command embed frame hr img input keygen link meta param source track wbr')
/** Elements that start on a line of their own; also those whose start tag ends an open paragraph. */
export const BLOCK = words(
  'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre search section summary ' +
    'table tbody td tfoot th thead title tr ul',
)
export const HEADING_NAMES = words('h1 h2 h3 h4 h5 h6')
/** What a start tag closes when it is open, and the elements beyond which it does not look (HTML standard, 13.1.2.4). */
const CLOSES: Readonly<Record<string, readonly [ReadonlySet<string>, ReadonlySet<string>]>> = {
  li: [words('li'), words('ul ol menu dir table')],
  dd: [words('dd dt'), words('dl table')],
  dt: [words('dd dt'), words('dl table')],
  tr: [words('tr'), words('table')],
  td: [words('td th'), words('tr table')],
  th: [words('td th'), words('tr table')],
  thead: [words('thead tbody tfoot'), words('table')],
  tbody: [words('thead tbody tfoot'), words('table')],
  tfoot: [words('thead tbody tfoot'), words('table')],
  option: [words('option'), words('select datalist')],
  a: [words('a'), BLOCK],
}
const CELLS = words('td th caption')
const TABLE = words('table')
/** How far the end tag of a part of a table reaches. */
const TABLE_PARTS: Readonly<Record<string, ReadonlySet<string>>> = {
  table: new Set(),
  caption: TABLE,
  td: TABLE,
  th: TABLE,
  tr: TABLE,
  thead: TABLE,
  tbody: TABLE,
  tfoot: TABLE,
}
/** A paragraph is closed by any block, unless one of these lies between. */
const PARAGRAPH_SCOPE = words('table td th caption button object svg math')
const PARAGRAPH = words('p')
const SVG = words('svg')
/** Elements of SVG that hold HTML. */
const INTEGRATION = words('foreignobject desc title')

/** The root element (`#root`) of the page. Never throws; linear in the length of the page. */
export function parseHtml(html: string): Element {
  const root: Element = { name: '#root', attributes: {}, names: [], children: [] }
  const stack: Element[] = [root]
  const open = new Map<string, number>()
  /** Start tags beyond MAX_DEPTH still to be matched by their end tags. */
  const tooDeep = new Map<string, number>()

  /** A page repeats few names often. */
  const known = new Map<string, readonly string[]>()
  const namesOf = (attributes: Attributes): readonly string[] => {
    const written = `${attributes.class ?? ''} ${attributes.id ?? ''}`.slice(0, LONGEST_NAMES)
    const names = known.get(written) ?? nameWords(written)
    known.set(written, names)
    return names
  }
  const append = (text: string): void => {
    const { children } = stack.at(-1)!
    const last = children.at(-1)
    if (typeof last === 'string') children[children.length - 1] = last + text
    else children.push(text)
  }
  const popTo = (depth: number): void => {
    while (stack.length > depth) {
      const { name } = stack.pop()!
      open.set(name, open.get(name)! - 1)
    }
  }
  const isOpen = (name: string): boolean => (open.get(name) ?? 0) > 0
  /** Closes the innermost of `names` unless one of `scope` is nearer; the stack is never deeper than MAX_DEPTH. */
  const closeWithin = (names: ReadonlySet<string>, scope: ReadonlySet<string>): void => {
    for (let depth = stack.length - 1; depth > 0; depth--) {
      const { name } = stack[depth]!
      if (names.has(name)) popTo(depth)
      if (names.has(name) || scope.has(name)) return
    }
  }
  const start = (name: string, attributes: Attributes, selfClosing: boolean): void => {
    if (BLOCK.has(name)) {
      if (isOpen('p')) closeWithin(PARAGRAPH, PARAGRAPH_SCOPE)
      // Foreign content ends where HTML goes on.
      if (isOpen('svg')) closeWithin(SVG, INTEGRATION)
      if (HEADING_NAMES.has(name) && HEADING_NAMES.has(stack.at(-1)!.name)) popTo(stack.length - 1)
    }
    const implied = CLOSES[name]
    if (implied !== undefined && [...implied[0]].some(isOpen)) closeWithin(implied[0], implied[1])
    const element: Element = { name, attributes, names: namesOf(attributes), children: [] }
    stack.at(-1)!.children.push(element)
    if (VOID.has(name) || (selfClosing && (isOpen('svg') || isOpen('math')))) return
    if (stack.length >= MAX_DEPTH) tooDeep.set(name, (tooDeep.get(name) ?? 0) + 1)
    else {
      stack.push(element)
      open.set(name, (open.get(name) ?? 0) + 1)
    }
  }
  const end = (name: string): void => {
    const beyond = tooDeep.get(name) ?? 0
    if (beyond > 0) tooDeep.set(name, beyond - 1)
    else if (name === 'br' || (name === 'p' && !isOpen('p'))) start('br', {}, false)
    // Text after </body> is still shown in the body.
    else if (name !== 'body' && name !== 'html' && isOpen(name)) {
      // The end of an inline element does not end the blocks opened inside it, nor a block the cell around it.
      closeWithin(new Set([name]), TABLE_PARTS[name] ?? (BLOCK.has(name) ? CELLS : BLOCK))
    }
  }
  scanMarkup(html, {
    text: append,
    open: start,
    close: end,
    isForeign: () => isOpen('svg') || isOpen('math'),
  })
  return root
}

function nameWords(written: string): readonly string[] {
  return written
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
}
