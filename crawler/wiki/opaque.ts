/**
 * Comments, and elements whose inside is not wikitext: first pass over a page, since neither templates nor links are
 * seen in them. Footnotes go, code, formulas and <nowiki> are kept but protected from the later passes.
 */
import { decodeEntities } from './entities.ts'
import { MARK, protect } from './marks.ts'

/** What is done with `<name>…</name>`. */
type Handling = (inside: string, attributes: string) => string

const drop: Handling = () => MARK.dropped
const keepLiterally: Handling = (inside) => protect(decodeEntities(inside.replace(/\s+/g, ' ')))
const keepFormula: Handling = (inside) => protect(inside.replace(/\s+/g, ' ').trim())

const HANDLING: Readonly<Record<string, Handling>> = {
  nowiki: keepLiterally,
  math: keepFormula,
  chem: keepFormula,
  ce: keepFormula,
  pre: (inside) => codeBlock(decodeEntities(inside.replace(/<\/?nowiki\s*\/?>/gi, ''))),
  syntaxhighlight: (inside, attributes) => highlighted(inside, attributes),
  source: (inside, attributes) => highlighted(inside, attributes),
  poem: (inside) => `\n\n${inside.trim().replaceAll('\n', MARK.lineBreak)}\n\n`,
  gallery: (inside) => `\n${inside.split('\n').map(galleryCaption).join('')}\n`,
  // Shown only where the page is included in another.
  includeonly: drop,
  ...Object.fromEntries(
    [
      'ref',
      'references',
      'templatestyles',
      'templatedata',
      'timeline',
      'score',
      'graph',
      'hiero',
      'imagemap',
      'mapframe',
      'maplink',
      'inputbox',
      'categorytree',
      'indicator',
      'section',
    ].map((name) => [name, drop]),
  ),
}
const BEGIN = new RegExp(`<!--|<(${Object.keys(HANDLING).join('|')})((?:[\\s/][^<>]{0,1000})?)>`, 'gi')

/**
 * The page with its comments gone and its opaque elements replaced. Linear: a closing tag that was once not found is
 * not looked for again. An element that is never closed is taken for its tag alone, a comment reaches to the end.
 */
export function hideOpaque(wikitext: string): string {
  const unclosed = new Set<string>()
  let hidden = ''
  /** Whether `hidden` ends a line. To ask it would copy it each time. */
  let startsLine = true
  let at = 0
  for (;;) {
    BEGIN.lastIndex = at
    const begin = BEGIN.exec(wikitext)
    if (begin === null) return hidden + wikitext.slice(at)
    hidden += wikitext.slice(at, begin.index)
    if (at < begin.index) startsLine = wikitext[begin.index - 1] === '\n'
    const inside = begin.index + begin[0].length
    const name = begin[1]?.toLowerCase()
    if (name === undefined) {
      const end = wikitext.indexOf('-->', inside)
      if (end < 0) return hidden
      at = end + 3
      // A comment that has a line to itself takes the line with it.
      if (startsLine && wikitext[at] === '\n') at += 1
      continue
    }
    startsLine = false
    const attributes = begin[2] ?? ''
    if (attributes.endsWith('/')) {
      hidden += name === 'nowiki' ? '' : MARK.dropped
      at = inside
      continue
    }
    const close = unclosed.has(name) ? null : closingTag(wikitext, name, inside)
    if (close === null) {
      unclosed.add(name)
      at = inside
    } else {
      hidden += HANDLING[name]!(wikitext.slice(inside, close.from), attributes)
      at = close.to
    }
  }
}

function closingTag(wikitext: string, name: string, from: number): { from: number; to: number } | null {
  const pattern = new RegExp(`</${name}\\s{0,20}>`, 'gi')
  pattern.lastIndex = from
  const found = pattern.exec(wikitext)
  return found === null ? null : { from: found.index, to: pattern.lastIndex }
}

function highlighted(code: string, attributes: string): string {
  return /\binline\b/i.test(attributes) ? protect(code.replace(/\s+/g, ' ')) : codeBlock(code)
}

function codeBlock(code: string): string {
  const lines = code.replace(/^(?:[ \t]*\n)+/, '').trimEnd()
  return `\n${MARK.code}${protect(lines)}\n`
}

/** A line of a gallery is `File name|options|caption`. */
function galleryCaption(line: string): string {
  const [, ...parts] = line.split('|')
  const caption = parts.filter((part) => !/^\s*(?:alt|link|page|lang)\s*=/i.test(part)).join('|')
  return caption.trim() === '' ? '' : `${MARK.caption}${caption.trim()}${MARK.captionEnd}\n`
}
