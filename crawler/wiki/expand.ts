/**
 * Templates and links to the text they show: second pass over a page. First which brackets belong together, then the
 * text from the inside out. What a template or a link shows is decided in templates.ts and links.ts.
 */
import { linkText } from './links.ts'
import { MARK } from './marks.ts'
import { createTemplates, type Parameters } from './templates.ts'

/** As deep as MediaWiki nests templates by default. Every level costs a copy, so deeper brackets are dropped. */
const MAX_DEPTH = 40

type Kind = 'template' | 'argument' | 'link'
interface Part {
  text: string
  /** Where the first `=` of its own is; -1 for none. */
  equals: number
}
interface Frame {
  readonly kind: Kind
  readonly parts: Part[]
}

/** The page without `{{…}}`, `{{{…}}}` and `[[…]]`; `title` is what {{PAGENAME}} shows. Linear in the page's length. */
export function expand(wikitext: string, title: string): string {
  const { opens, closes } = matchBrackets(wikitext)
  const showTemplate = createTemplates(title)
  const frames: Frame[] = []
  let expanded = ''
  const append = (text: string): void => {
    const part = frames.at(-1)?.parts.at(-1)
    if (part === undefined) expanded += text
    else part.text += text
  }
  const close = (): void => {
    const frame = frames.pop()
    if (frame === undefined) return
    const texts = frame.parts.map((part) => part.text)
    if (frame.kind === 'link') append(linkText(texts))
    else if (frame.kind === 'argument') append(texts[1] ?? '')
    else {
      const { text, guessed } = showTemplate(texts[0] ?? '', parametersOf(frame.parts.slice(1)))
      // Whether a guess is shown depends on the line it stands in; inside others it is their text.
      const alone = guessed && frames.length === 0 && text !== ''
      append(alone ? `${MARK.guess}${text.replaceAll('\n', ' ')}${MARK.guessEnd}` : text || MARK.dropped)
    }
  }

  const token = /\{{2,}|\}{2,}|\[{2,}|\]{2,}|[|=]/g
  let at = 0
  for (let found = token.exec(wikitext); found !== null; found = token.exec(wikitext)) {
    append(wikitext.slice(at, found.index))
    at = token.lastIndex
    const top = frames.at(-1)
    if (found[0] === '|' && top !== undefined) top.parts.push({ text: '', equals: -1 })
    else if (found[0] === '|' || found[0] === '=') {
      const part = top?.parts.at(-1)
      if (part !== undefined && part.equals < 0) part.equals = part.text.length
      append(found[0])
    } else {
      // Of a run of brackets, those that belong to none are dropped; one that is left over is a character.
      let unmatched = 0
      for (let place = found.index; place < at; ) {
        const kind = opens.get(place) ?? closes.get(place)
        if (kind === undefined) {
          unmatched += 1
          place += 1
          if (place < at && (opens.has(place) || closes.has(place)) && unmatched === 1) append(wikitext[place - 1]!)
          continue
        }
        unmatched = 0
        if (opens.has(place)) frames.push({ kind, parts: [{ text: '', equals: -1 }] })
        else close()
        place += kind === 'argument' ? 3 : 2
      }
      if (unmatched === 1) append(wikitext[at - 1]!)
    }
  }
  append(wikitext.slice(at))
  return expanded
}

/** Parameters by name; those without a name are `1`, `2`, … as they come, and keep their white space. */
function parametersOf(parts: readonly Part[]): Parameters {
  const parameters = new Map<string, string>()
  let position = 0
  for (const { text, equals } of parts) {
    if (equals < 0) parameters.set(String(++position), text)
    else parameters.set(text.slice(0, equals).trim(), text.slice(equals + 1).trim())
  }
  return parameters
}

interface Opener {
  readonly bracket: '{' | '['
  readonly at: number
  /** Brackets of the run that are not matched yet. */
  count: number
  /** For a link: whether its target is over. */
  piped: boolean
}

/**
 * Where templates, arguments and links open and close: two or three brackets of an opening run go with as many of the
 * closing run, innermost first (MediaWiki's preprocessor). A link ends with its paragraph, its target with its line.
 */
function matchBrackets(wikitext: string) {
  const opens = new Map<number, Kind>()
  const closes = new Map<number, Kind>()
  const stack: Opener[] = []
  let templates = 0
  const pop = (): void => {
    if (stack.pop()?.bracket === '{') templates -= 1
  }
  const closeRun = (bracket: '{' | '[', from: number, length: number): void => {
    let left = length
    while (left >= 2) {
      // A link that was never closed does not keep the template around it open.
      while (bracket === '{' && templates > 0 && stack.at(-1)?.bracket === '[') pop()
      const top = stack.at(-1)
      if (top === undefined || top.bracket !== bracket) return
      const size = bracket === '{' ? Math.min(3, top.count, left) : 2
      const kind = bracket === '[' ? 'link' : size === 3 ? 'argument' : 'template'
      top.count -= size
      if (stack.length <= MAX_DEPTH) {
        opens.set(top.at + top.count, kind)
        closes.set(from + length - left, kind)
      }
      left -= size
      if (top.count < 2) pop()
    }
  }

  const token = /\{{2,}|\}{2,}|\[{2,}|\]{2,}|\||\n+/g
  for (let found = token.exec(wikitext); found !== null; found = token.exec(wikitext)) {
    const [run] = found
    const top = stack.at(-1)
    if (run[0] === '{' || run[0] === '[') {
      stack.push({ bracket: run[0], at: found.index, count: run.length, piped: false })
      if (run[0] === '{') templates += 1
    } else if (run[0] === '}') closeRun('{', found.index, run.length)
    else if (run[0] === ']') closeRun('[', found.index, run.length)
    else if (run === '|') {
      if (top !== undefined) top.piped = true
    } else {
      while (stack.at(-1)?.bracket === '[' && (run.length > 1 || !stack.at(-1)?.piped)) pop()
    }
  }
  return { opens, closes }
}
