/**
 * An evaluation set's file to its items. Every format that such sets come in is read without being told its fields:
 * whatever is text in a record is a text of the item, since a question leaks as well as a passage.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type EvaluationItem, UsageError } from '../../pipeline/contract.ts'

const IDS = ['id', 'guid', 'uid', 'qid', 'name']
/** Nesting of a JSON file; deeper ones are no data. */
const MAX_DEPTH = 32

/**
 * Items of a .json, .jsonl, .tsv, .csv or .txt file, which may be packed (.gz, .zst). An item is named by its id, else
 * by its place: a JSON path, or the number of its line, from 1. @throws UsageError where it is not what its name says.
 */
export function* evaluationItems(set: string, file: string, bytes: Uint8Array): Iterable<EvaluationItem> {
  const text = new TextDecoder().decode(unpacked(file, bytes))
  const kind = /\.(jsonl?|ndjson|tsv|csv|txt)(?:\.gz|\.zst)?$/i.exec(file)?.[1]?.toLowerCase()
  if (kind === undefined)
    throw new UsageError(`evaluation set ${set}: ${file} is no .json, .jsonl, .tsv, .csv or .txt file (.gz, .zst)`)
  if (kind === 'json') {
    for (const { item, value } of strings(parsed(set, file, text), '', 0)) yield { set, item, text: value }
    return
  }
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const number = String(index + 1)
    if (kind === 'jsonl' || kind === 'ndjson') {
      for (const { item, value } of strings(parsed(set, `${file}:${number}`, line), '', 0))
        yield { set, item: item.startsWith('.') || item === '' ? `${number}${item}` : item, text: value }
    } else {
      for (const cell of kind === 'txt' ? [line] : line.split(kind === 'tsv' ? '\t' : ','))
        yield { set, item: number, text: cell }
    }
  }
}

function unpacked(file: string, bytes: Uint8Array): Uint8Array {
  if (/\.gz$/i.test(file)) return gunzipSync(bytes)
  return /\.zst$/i.test(file) ? zstdDecompressSync(bytes) : bytes
}

function parsed(set: string, where: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`evaluation set ${set}: ${where} is not JSON`, { cause })
  }
}

/** Every string in a JSON value, named by the nearest id above it, and the path from there. */
function* strings(value: unknown, path: string, depth: number): Iterable<{ item: string; value: string }> {
  if (typeof value === 'string') yield { item: path, value }
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) yield* strings(part, `${path}[${index}]`, depth + 1)
    return
  }
  const fields = Object.entries(value)
  const id = IDS.map((name) => fields.find(([field]) => field === name)?.[1]).find(
    (given) => typeof given === 'string' || typeof given === 'number',
  )
  const base = id === undefined ? path : String(id)
  for (const [name, part] of fields) yield* strings(part, `${base}.${name}`, depth + 1)
}
