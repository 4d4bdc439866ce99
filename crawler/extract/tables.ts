/** Tables: which ones show data, and their cells as text. The others only lay a page out. */
import type { Element } from './dom.ts'
import { isSkipped } from './hints.ts'
import { collapse, textContent } from './text.ts'

/** The text of the links of a table. */
export function linkText(element: Element): string {
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

/** Rows of cells; a table nested in a cell was ruled out by isDataTable. `onImage` is told of each image in order. */
export function tableRows(table: Element, onImage: (image: Element) => void): string[][] {
  const rows: string[][] = []
  const visit = (node: Element): void => {
    for (const child of node.children) {
      if (typeof child === 'string' || isSkipped(child)) continue
      if (child.name === 'img') onImage(child)
      if (child.name === 'tr') {
        const cells = child.children.flatMap((cell) =>
          typeof cell !== 'string' && (cell.name === 'td' || cell.name === 'th')
            ? [textContent(cell, 100_000).replace(/\s+/g, ' ').trim()]
            : [],
        )
        if (cells.some((cell) => cell !== '')) rows.push(cells)
      }
      visit(child)
    }
  }
  visit(table)
  return rows
}

/** Whether a table shows data; the others only lay a page out, and their cells are read as ordinary blocks. */
export function isDataTable(table: Element): boolean {
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
