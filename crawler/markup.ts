/**
 * HTML or XML as tags and text, in order, over htmlparser2's tokenizer: linear in the length, whatever is nested in
 * what. Its parser, and so everything built on it, searches and shifts a stack for every tag, which is quadratic on a
 * hostile page. What the tags mean is for others.
 */
import { Tokenizer } from 'htmlparser2'

export type Attributes = Readonly<Record<string, string>>

export interface MarkupHandler {
  /** Names and attribute names in lower case; the first of equal attributes counts. */
  readonly open: (name: string, attributes: Attributes, selfClosing: boolean) => void
  readonly close?: (name: string) => void
  /** Entities decoded; a text may come in several parts. */
  readonly text?: (part: string) => void
  /** Of XML: the content of a CDATA section. */
  readonly cdata?: (part: string) => void
  /** Whether the place is inside SVG or MathML, where HTML's rules for raw text do not hold. */
  readonly isForeign?: () => boolean
}

/** Scans a whole text. Never throws. */
export function scanMarkup(source: string, handler: MarkupHandler, options: { readonly xml?: boolean } = {}): void {
  let tag = ''
  let attributes: Record<string, string> = {}
  let attribute = ''
  let value = ''
  const tokenizer = new Tokenizer(
    { decodeEntities: true, xmlMode: options.xml === true },
    {
      ontext: (from, to) => handler.text?.(source.slice(from, to)),
      ontextentity: (point) => handler.text?.(String.fromCodePoint(point)),
      onopentagname: (from, to) => {
        tag = source.slice(from, to).toLowerCase()
        attributes = {}
      },
      onattribname: (from, to) => {
        attribute = source.slice(from, to).toLowerCase()
        value = ''
      },
      onattribdata: (from, to) => {
        value += source.slice(from, to)
      },
      onattribentity: (point) => {
        value += String.fromCodePoint(point)
      },
      onattribend: () => {
        if (!Object.hasOwn(attributes, attribute)) attributes[attribute] = value
      },
      onopentagend: () => handler.open(tag, attributes, false),
      onselfclosingtag: () => handler.open(tag, attributes, true),
      onclosetag: (from, to) => handler.close?.(source.slice(from, to).toLowerCase().trim()),
      oncdata: (from, to, offset) => handler.cdata?.(source.slice(from, to - offset)),
      oncomment: () => {},
      ondeclaration: () => {},
      onprocessinginstruction: () => {},
      onend: () => {},
      isInForeignContext: () => handler.isForeign?.() ?? false,
    },
  )
  tokenizer.write(source)
  tokenizer.end()
}
