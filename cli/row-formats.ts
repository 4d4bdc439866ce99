/** Rows as a table, JSON lines, CSV or Parquet, to standard output or to a file that appears whole or not at all. */
import { once } from 'node:events'
import { extname, resolve } from 'node:path'
import { type ParquetColumn, writeParquet } from '../export/parquet.ts'
import { UsageError } from '../pipeline/contract.ts'
import { nearest } from '../store/nearest.ts'
import type { Row } from '../store/query/documents.ts'
import { csvLine } from './csv.ts'
import { writeAll } from './records.ts'
import { tableLines } from './table.ts'
import type { Call, Option } from './verb.ts'

const FORMATS = ['table', 'jsonl', 'csv', 'parquet'] as const
export type Format = (typeof FORMATS)[number]

export const OUTPUT_OPTIONS: Readonly<Record<string, Option>> = {
  format: { type: 'string', value: 'NAME', about: `${FORMATS.join(', ')} (default: by the end of --out, else table)` },
  out: { type: 'string', value: 'FILE', about: 'write to FILE, which appears whole or not at all' },
}

const PREVIEW = 40
const PROGRESS_MS = 2_000

/** What --format, --json and --out ask for. @throws UsageError where they do not go together. */
export function formatOf(call: Call): Format {
  const [given, out] = [call.text('format'), call.text('out')]
  if (given === undefined) {
    const ending = FORMATS.find((format) => extname(out ?? '') === `.${format}`)
    return call.json ? 'jsonl' : (ending ?? (out === undefined ? 'table' : 'jsonl'))
  }
  const format = FORMATS.find((each) => each === given)
  if (!format) {
    const near = nearest(given, FORMATS)
    throw new UsageError(`--format ${given}: ${near ? `did you mean ${near}?` : `there is ${FORMATS.join(', ')}`}`)
  }
  if (call.json && format !== 'jsonl') throw new UsageError(`--json and --format ${format}: give one of them`)
  if (format === 'parquet' && out === undefined)
    throw new UsageError('--format parquet writes a file: name it with --out FILE')
  return format
}

/** Writes the rows; gives their number. */
export async function writeRows(
  call: Call,
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<Row> | Iterable<Row>,
): Promise<number> {
  const format = formatOf(call)
  const out = call.text('out')
  const file = out === undefined ? undefined : resolve(out)
  const counted = { rows: 0 }
  const read = counting(call, rows, counted)
  if (format === 'parquet' && file !== undefined) await writeParquet(file, columns, read)
  else if (file === undefined) await printLines(call, linesOf(format, columns, read))
  else await writeAll(file, linesOf(format, columns, read))
  return counted.rows
}

async function* linesOf(
  format: Format,
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<Row>,
): AsyncIterable<string> {
  if (format === 'table') {
    const shown = (await Array.fromAsync(rows)).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, preview(value)])),
    )
    yield* shown.length === 0 ? ['nothing'] : tableLines(shown)
    return
  }
  // A line of CSV ends with CR LF (RFC 4180); the line feed is added with every line.
  if (format === 'csv') yield `${csvLine(columns.map(({ name }) => name))}\r`
  for await (const row of rows)
    yield format === 'csv' ? `${csvLine(columns.map(({ name }) => row[name]))}\r` : JSON.stringify(row)
}

function preview(value: unknown): unknown {
  return typeof value === 'string' && value.length > PREVIEW && /\s/.test(value)
    ? value.replaceAll(/\s+/g, ' ').slice(0, PREVIEW).toWellFormed()
    : value
}

/** As fast as whoever reads them takes them. */
async function printLines(call: Call, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) {
    call.print(line)
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain', { signal: call.signal })
  }
}

async function* counting(
  call: Call,
  rows: AsyncIterable<Row> | Iterable<Row>,
  counted: { rows: number },
): AsyncIterable<Row> {
  let told = performance.now()
  for await (const row of rows) {
    counted.rows++
    yield row
    if (performance.now() - told < PROGRESS_MS) continue
    call.signal.throwIfAborted()
    call.note(`${counted.rows.toLocaleString('en')} rows`)
    told = performance.now()
  }
}
