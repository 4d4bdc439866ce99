/** What the tokenizer's benchmarks share: the texts, and how peers are found and timed. Not a benchmark itself. */

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'

const CORPUS = new URL('../../shared/data/corpus/', import.meta.url)

/** Lines of the files given (`.txt`, or JSONL with a `text` field, `.zst` or not), else of two files of the shared corpus. */
export function readLines(paths: readonly string[]): string[] {
  const files =
    paths.length > 0 ? paths : ['wikinews', 'petitions'].map((name) => new URL(`${name}.jsonl.zst`, CORPUS).pathname)
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) throw new Error(`${missing} is not there: give the files to read as arguments`)
  return files.flatMap((file) => {
    const bytes = readFileSync(file)
    const lines = (file.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).toString('utf8').split('\n')
    const texts = file.includes('.jsonl') ? lines.filter((line) => line !== '').map(textOf) : lines
    return texts.flatMap((text) => text.split('\n'))
  })
}

function textOf(line: string): string {
  const record: unknown = JSON.parse(line)
  if (typeof record === 'object' && record !== null && 'text' in record && typeof record.text === 'string')
    return record.text
  throw new TypeError('a record without text')
}

/** Seconds that a Python peer reports as its last line, or why there are none. MALMOI_PYTHON names the interpreter. */
export function timePython(script: string, args: readonly string[]): number | string {
  const python = process.env.MALMOI_PYTHON ?? 'python3'
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', script, ...args], { encoding: 'utf8' })
  if (error !== undefined) return `${python} is not here`
  if (status !== 0) return stderr.trim().split('\n').at(-1) ?? `${python} failed`
  return Number(stdout.trim().split('\n').at(-1))
}

export const seconds = (since: number): number => (performance.now() - since) / 1000
