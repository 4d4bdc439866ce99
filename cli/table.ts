/** Rows as a table for a person: columns as wide as their widest cell, numbers to the right. */
import type { Call } from './verb.ts'

export function printTable(call: Pick<Call, 'print'>, rows: readonly object[]): void {
  const [first] = rows
  if (!first) {
    call.print('nothing')
    return
  }
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
  call.print(line(columns))
  for (const row of cells) call.print(line(row))
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
