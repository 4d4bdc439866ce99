/**
 * A page as a flat list of runs (text between two block boundaries, as a browser would break lines) and of boxes (the
 * elements around them, each an interval of runs). Every question the choice of the main content asks of an element is
 * then a difference of prefix sums. Hidden and never-prose elements are left out here; nothing is judged yet.
 */
import type { BlockKind } from '../../pipeline/contract.ts'
import type { Attributes } from '../markup.ts'
import { isCaption, isImageBox, MOST_CAPTION, readsAsCaption } from './captions.ts'
import { BLOCK, type Element } from './dom.ts'
import { type Hint, hintOf, isSkipped } from './hints.ts'
import { isDataTable, linkText, tableRows } from './tables.ts'
import { collapse, textContent, weightOf } from './text.ts'

export interface Run {
  readonly text: string
  readonly kind: BlockKind | 'image-caption'
  /** Runs of one list or one table carry the same number and become one block; 0 stands alone. */
  readonly group: number
  /** Characters, wide ones (Hangul, Hanja, Kana) counted twice: a syllable says as much as two Latin letters. */
  readonly weight: number
  /** Of these, inside links. */
  readonly linkWeight: number
}

export interface Box {
  readonly element: Element
  readonly hint: Hint
  /** Index of the box around it; -1 for the root. */
  readonly parent: number
  /** Its runs are from..to-1. */
  readonly from: number
  to: number
}

export interface PageImage {
  readonly attributes: Attributes
  /** The run it stands in or before. */
  readonly run: number
  /** The box it stands in. */
  readonly box: number
}

export interface Page {
  readonly runs: readonly Run[]
  /** In document order, a parent before its children; the first is the root. */
  readonly boxes: readonly Box[]
  /** In document order. */
  readonly images: readonly PageImage[]
}

interface Context {
  readonly link: boolean
  readonly kind: Run['kind']
  readonly group: number
  readonly box: number
}

/** Characters in an inline element that is furniture by its name. */
const SMALL = 200
const HEADING = /^h[1-6]$/
const IMAGES = new Set(['img', 'amp-img'])
/** Anchors that only mark their own place: ¶ and its like. */
const ANCHOR_MARK = /^\s*[¶#§🔗\uf0c1]\s*$/u

/** Runs and boxes of a tree. Recurses as deep as the tree, which parseHtml bounds. */
export function readPage(root: Element): Page {
  const runs: Run[] = []
  const boxes: Box[] = []
  const images: PageImage[] = []
  let buffer = ''
  let linkWeight = 0
  /** Whether nothing but space has come since the last <br>. */
  let lineBroken = false
  let groups = 0

  const flush = (context: Context): void => {
    const text = collapse(buffer)
    if (text !== '') {
      const weight = weightOf(text)
      const underImage = context.kind === 'paragraph' && images.at(-1)?.run === runs.length
      const kind = underImage && readsAsCaption(text, weight) ? 'image-caption' : context.kind
      runs.push({ text, kind, group: context.group, weight, linkWeight: Math.min(linkWeight, weight) })
    }
    buffer = ''
    linkWeight = 0
    lineBroken = false
  }
  const add = (text: string, link: boolean): void => {
    const piece = text.replace(/[ \t\n\f\r]+/g, ' ')
    buffer += piece
    if (lineBroken && /[^ \u00a0]/.test(piece)) lineBroken = false
    if (link) linkWeight += weightOf(piece.trim())
  }
  const preformatted = (element: Element): void => {
    const lines = textContent(element, Number.POSITIVE_INFINITY)
      .replaceAll('\0', '')
      .replace(/\r\n?/g, '\n')
      .split('\n')
    const text = lines.map((line) => line.trimEnd()).join('\n')
    const body = text.replace(/^\n+/, '').trimEnd()
    if (body === '') return
    const weight = weightOf(body)
    // Old boards show letters to the editor in <pre>: where most characters are wide it is prose.
    const kind = weight > body.length * 1.4 ? 'paragraph' : 'code'
    runs.push({ text: body, kind, group: 0, weight, linkWeight: 0 })
  }
  const table = (element: Element, box: number): void => {
    const caption = element.children.find((child) => typeof child !== 'string' && child.name === 'caption')
    const title = typeof caption === 'object' ? collapse(textContent(caption, 1000).replace(/\s+/g, ' ')) : ''
    if (title !== '') runs.push({ text: title, kind: 'caption', group: 0, weight: weightOf(title), linkWeight: 0 })
    const rows = tableRows(element, (image) => images.push({ attributes: image.attributes, run: runs.length, box }))
    const text = rows.map((row) => row.join(' | ')).join('\n')
    if (text === '') return
    runs.push({ text, kind: 'table', group: 0, weight: weightOf(text), linkWeight: weightOf(linkText(element)) })
  }
  const children = (element: Element, context: Context): void => {
    for (const child of element.children) {
      if (typeof child === 'string') add(child, context.link)
      else visit(child, context)
    }
  }
  const visit = (element: Element, outer: Context): void => {
    const { name } = element
    if (isSkipped(element)) return
    if (IMAGES.has(name)) {
      images.push({ attributes: element.attributes, run: runs.length, box: outer.box })
      return
    }
    if (name === 'br') {
      // A second line break ends the paragraph: the older Korean news sites know no <p>.
      if (lineBroken) flush(outer)
      else buffer += '\n'
      lineBroken = buffer !== ''
      return
    }
    if (name === 'a' && ANCHOR_MARK.test(textContent(element, 16))) return
    if (!BLOCK.has(name)) {
      if (isCaption(element)) {
        flush(outer)
        children(element, { ...outer, kind: 'image-caption' })
        flush({ ...outer, kind: 'image-caption' })
        return
      }
      // No box will stand for it, so a small one goes here: a share counter, a label of an advertisement.
      if (hintOf(element) === 'out' && textContent(element, SMALL).length < SMALL) return
      children(element, name === 'a' ? { ...outer, link: true } : outer)
      return
    }
    flush(outer)
    const imagesBefore = images.length
    const box: Box = { element, hint: hintOf(element), parent: outer.box, from: runs.length, to: runs.length }
    const context: Context = { ...outer, box: boxes.push(box) - 1, ...roleOf(element, outer) }
    if (name === 'pre') preformatted(element)
    else if (context.kind === 'table' && name === 'table') table(element, context.box)
    else {
      children(element, context)
      flush(context)
    }
    box.to = runs.length
    if (images.length > imagesBefore && isImageBox(element) && isShort(box)) {
      for (let i = box.from; i < box.to; i++) runs[i] = { ...runs[i]!, kind: 'image-caption' }
    }
  }
  /** Whether all the text of a box may be the caption of its image. */
  const isShort = ({ from, to }: Box): boolean => {
    let weight = 0
    for (let i = from; i < to && i <= from + MOST_CAPTION.lines; i++) {
      if (runs[i]!.kind !== 'paragraph') return false
      weight += runs[i]!.weight
    }
    return to - from <= MOST_CAPTION.lines && weight <= MOST_CAPTION.weight
  }

  const roleOf = (element: Element, outer: Context): Pick<Context, 'kind' | 'group'> => {
    const { name } = element
    if (isCaption(element)) return { kind: 'image-caption', group: 0 }
    if (HEADING.test(name)) return { kind: 'heading', group: 0 }
    if ((name === 'ul' || name === 'ol' || name === 'dl') && outer.kind !== 'list') {
      return { kind: 'list', group: ++groups }
    }
    if (name === 'blockquote') return { kind: 'quote', group: 0 }
    if (name === 'table' && isDataTable(element)) return { kind: 'table', group: 0 }
    return { kind: outer.kind, group: outer.group }
  }

  const whole: Context = { link: false, kind: 'paragraph', group: 0, box: 0 }
  boxes.push({ element: root, hint: null, parent: -1, from: 0, to: 0 })
  children(root, whole)
  flush(whole)
  boxes[0]!.to = runs.length
  return { runs, boxes, images }
}
