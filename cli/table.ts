/** Rows as a table for a person: columns as wide as their widest cell, numbers to the right. */
import type { Call } from './verb.ts'

export function printTable(call: Pick<Call, 'print'>, rows: readonly object[]): void {
  if (rows.length === 0) call.print('nothing')
  for (const line of tableLines(rows)) call.print(line)
}

/** The table as lines, its head first; none where there is no row. */
export function tableLines(rows: readonly object[]): readonly string[] {
  const [first] = rows
  if (!first) return []
  const columns = Object.keys(first)
  const cells = rows.map((row) => Object.values(row).map(cellText))
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column), ...cells.map((row) => widthOf(row[index] ?? ''))),
  )
  const numeric = columns.map((_, index) => typeof Object.values(first)[index] === 'number')
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0, numeric[index] ?? false))
      .join('  ')
      .trimEnd()
  return [line(columns), ...cells.map(line)]
}

/** A line cut to so many columns of a terminal. */
export function fit(text: string, columns: number): string {
  let width = 0
  let end = 0
  for (const character of text) {
    width += widthOf(character)
    if (width > columns) return text.slice(0, end)
    end += character.length
  }
  return text
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (value instanceof Date) return value.toISOString().replace('T', ' ').slice(0, 19)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? space + text : text + space
}

/** Columns on a terminal: Hangul, Hanja and kana take two. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text)
    width += /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/.test(character) ? 2 : 1
  return width
}
