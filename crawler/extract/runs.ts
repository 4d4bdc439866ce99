/**
 * A page as a flat list of runs (text between two block boundaries, as a browser would break lines) and of boxes (the
 * elements around them, each an interval of runs). Every question the choice of the main content asks of an element is
 * then a difference of prefix sums. Hidden and never-prose elements are left out here; nothing is judged yet.
 */
import type { BlockKind } from '../../pipeline/contract.ts'
import { BLOCK, type Element } from './dom.ts'
import { type Hint, hintOf, isCaption, isSkipped } from './hints.ts'

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

export interface Page {
  readonly runs: readonly Run[]
  /** In document order, a parent before its children; the first is the root. */
  readonly boxes: readonly Box[]
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
/** Anchors that only mark their own place: ¶ and its like. */
const ANCHOR_MARK = /^[\s¶#§🔗\uf0c1]*$/u

/** Weight of a text: see Run.weight. */
export function weightOf(text: string): number {
  let weight = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    weight += (code >= 0x1100 && code <= 0x11ff) || (code >= 0x2e80 && code <= 0xd7ff) ? 2 : 1
  }
  return weight
}

/** Runs and boxes of a tree. Recurses as deep as the tree, which parseHtml bounds. */
export function readPage(root: Element): Page {
  const runs: Run[] = []
  const boxes: Box[] = []
  let buffer = ''
  let linkWeight = 0
  /** Whether nothing but space has come since the last <br>. */
  let lineBroken = false
  let groups = 0

  const flush = (context: Context): void => {
    const text = collapse(buffer)
    if (text !== '') {
      const weight = weightOf(text)
      runs.push({ text, kind: context.kind, group: context.group, weight, linkWeight: Math.min(linkWeight, weight) })
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
  const table = (element: Element): void => {
    const caption = element.children.find((child) => typeof child !== 'string' && child.name === 'caption')
    const title = typeof caption === 'object' ? collapse(textContent(caption, 1000).replace(/\s+/g, ' ')) : ''
    if (title !== '') runs.push({ text: title, kind: 'caption', group: 0, weight: weightOf(title), linkWeight: 0 })
    const rows = tableRows(element)
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
    const box: Box = { element, hint: hintOf(element), parent: outer.box, from: runs.length, to: runs.length }
    const context: Context = { ...outer, box: boxes.push(box) - 1, ...roleOf(element, outer) }
    if (name === 'pre') preformatted(element)
    else if (context.kind === 'table' && name === 'table') table(element)
    else {
      children(element, context)
      flush(context)
    }
    box.to = runs.length
  }

  const roleOf = (element: Element, outer: Context): Pick<Context, 'kind' | 'group'> => {
    const { name } = element
    if (isCaption(element) || name === 'figcaption') return { kind: 'image-caption', group: 0 }
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
  return { runs, boxes }
}

function collapse(text: string): string {
  return text
    .replaceAll('\0', '')
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/^[\s\u200b]+|[\s\u200b]+$/g, '')
}

/** The text below an element, line breaks kept, up to about `limit` characters. */
export function textContent(element: Element, limit: number): string {
  let text = ''
  const visit = (node: Element): void => {
    for (const child of node.children) {
      if (text.length > limit) return
      if (typeof child === 'string') text += child
      else if (child.name === 'br') text += '\n'
      else if (!isSkipped(child)) visit(child)
    }
  }
  visit(element)
  return text
}

function linkText(element: Element): string {
  let text = ''
  const visit = (node: Element): void => {
    for (const child of node.children) {
      if (typeof child === 'string') continue
      if (child.name === 'a') text += collapse(textContent(child, 10_000).replace(/\s+/g, ' '))
      else visit(child)
    }
  }
  visit(element)
  return text
}

/** Rows of cells; a table nested in a cell was ruled out by isDataTable. */
function tableRows(table: Element): string[][] {
  const rows: string[][] = []
  const visit = (node: Element): void => {
    for (const child of node.children) {
      if (typeof child === 'string' || isSkipped(child)) continue
      if (child.name === 'tr') {
        const cells = child.children.flatMap((cell) =>
          typeof cell !== 'string' && (cell.name === 'td' || cell.name === 'th')
            ? [textContent(cell, 100_000).replace(/\s+/g, ' ').trim()]
            : [],
        )
        if (cells.some((cell) => cell !== '')) rows.push(cells)
      } else visit(child)
    }
  }
  visit(table)
  return rows
}

/** Whether a table shows data; the others only lay a page out, and their cells are read as ordinary blocks. */
function isDataTable(table: Element): boolean {
  if (table.attributes.role === 'presentation') return false
  let rows = 0
  let cells = 0
  let blocks = 0
  let headers = 0
  let nested = false
  const visit = (node: Element): void => {
    for (const child of node.children) {
      if (typeof child === 'string' || nested) continue
      if (child.name === 'table') nested = true
      else if (child.name === 'tr') rows++
      else if (child.name === 'td' || child.name === 'th') cells++
      else if (/^(?:p|div|ul|ol|h[1-6]|section|article|pre|br|form)$/.test(child.name)) blocks++
      if (child.name === 'th' || child.name === 'caption' || child.name === 'thead') headers++
      visit(child)
    }
  }
  visit(table)
  if (nested) return false
  if (headers > 0) return true
  return rows >= 2 && cells >= rows * 2 && blocks <= cells / 2
}
