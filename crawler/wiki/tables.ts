/**
 * Tables in wiki markup to rows of cells. Works on lines that have no templates, links or HTML any more; what a cell's
 * text becomes is the caller's affair.
 */

export interface WikiTable {
  readonly caption: string
  /** Texts as written, without attributes; those of a table inside a cell are part of that cell. */
  readonly rows: readonly (readonly string[])[]
  /** `class="infobox"`: values of an infobox or a box of links, no table of the article. */
  readonly box: boolean
  /** Index of the line after the table, and what stood behind its end. */
  readonly next: number
  readonly rest: string
}

const BEGIN = /^[ \t:]*\{\|/
const BOX = /\b(?:infobox|navbox|sidebar|toccolours|metadata|noprint|ambox|messagebox)\b/i

export function beginsTable(line: string): boolean {
  return BEGIN.test(line)
}

/** Reads the table that begins in line `start`; one without an end reaches to the last line. Linear in its length. */
export function readTable(lines: readonly string[], start: number): WikiTable {
  const rows: string[][] = []
  let row: string[] = []
  let caption = ''
  let inCaption = false
  let depth = 1
  const addCells = (texts: readonly string[]): void => {
    inCaption = false
    // Cells of a table inside a cell go on with that cell.
    if (depth === 1) row.push(...texts.map(withoutAttributes))
    else goOn(texts.map(withoutAttributes).join(' '))
  }
  const goOn = (text: string): void => {
    if (inCaption) caption += ` ${text}`
    else if (row.length > 0) row[row.length - 1] += ` ${text}`
  }
  const endRow = (): void => {
    if (row.length > 0) rows.push(row)
    row = []
  }

  const box = BOX.test(lines[start] ?? '')
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index]!.trimStart()
    if (line.startsWith('|}')) {
      depth -= 1
      if (depth > 0) continue
      endRow()
      return { caption, rows, box, next: index + 1, rest: line.slice(2) }
    }
    if (beginsTable(line)) depth += 1
    else if (line.startsWith('|-')) {
      inCaption = false
      if (depth === 1) endRow()
    } else if (line.startsWith('|+')) {
      if (depth === 1) {
        caption = withoutAttributes(line.slice(2))
        inCaption = true
      } else goOn(withoutAttributes(line.slice(2)))
    } else if (line.startsWith('|')) addCells(line.slice(1).split('||'))
    else if (line.startsWith('!')) addCells(line.slice(1).split(/\|\||!!/))
    else goOn(line.replace(/^[*#:;]+/, ''))
  }
  endRow()
  return { caption, rows, box, next: lines.length, rest: '' }
}

const ATTRIBUTES =
  /^(?:\s*(?:colspan|rowspan|style|class|align|valign|bgcolor|width|height|scope|id|data-sort-value|nowrap)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s|"']+))?(?=\s|$))+/i

/**
 * Without `rowspan="2" |` before the text; the pipe may have come from a template that is not looked up. A pipe behind
 * anything else is one that somebody wrote.
 */
function withoutAttributes(cell: string): string {
  const pipe = cell.indexOf('|')
  const before = cell.slice(0, Math.max(0, pipe))
  const text = pipe >= 0 && (before.trim() === '' || /=|^\s*nowrap\s*$/i.test(before)) ? cell.slice(pipe + 1) : cell
  return text.replace(ATTRIBUTES, '')
}
