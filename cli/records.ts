/** JSON lines in and out, as the text tools pipe them: FILE or standard input, --out FILE or standard output. */
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { sha256 } from '../pipeline/digest.ts'
import { textLines } from '../store/text-lines.ts'
import type { Option } from './verb.ts'

export type Fields = Record<string, unknown>

export const OUT: Option = { type: 'string', value: 'FILE', about: 'write to FILE (default: standard output)' }

/** The lines of a file (.gz and .zst are unpacked), or of standard input where it is missing or `-`. */
export async function* readTextLines(file: string | undefined): AsyncIterable<string> {
  const input = await openInput(file)
  let failure: unknown
  input.on('error', (error) => {
    failure = error
  })
  try {
    yield* textLines(input)
  } catch (cause) {
    if (cause !== failure) throw cause
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new FailedError(`${file ?? 'standard input'} cannot be unpacked: ${message}`, undefined, { cause })
  }
}

/** Records of JSON lines; those whose `kept` is false are left out. @throws FailedError naming file and line. */
export async function* readRecords(file: string | undefined): AsyncIterable<Fields> {
  let number = 0
  for await (const line of readTextLines(file)) {
    number++
    if (line.trim() === '') continue
    const record = parseRecord(line, `${file ?? 'standard input'}, line ${number}`)
    if (record.kept !== false) yield record
  }
}

/** The record's text, and its id: its own, or the digest of the text. */
export function identified(record: Fields): Fields & { readonly id: string; readonly text: string } {
  const { text } = record
  if (typeof text !== 'string') {
    throw new FailedError(
      `a record${typeof record.id === 'string' ? ` (${record.id})` : ''} has no text`,
      'give every line a field `text`',
    )
  }
  const id = typeof record.id === 'string' || typeof record.id === 'number' ? String(record.id) : sha256(text)
  return { ...record, id, text }
}

export interface LineWriter {
  line(text: string): Promise<void>
  /** Makes a file appear under its name; without it, nothing is left behind. */
  close(): Promise<void>
  discard(): Promise<void>
}

/** Lines to a file, which appears whole or not at all, or to standard output. */
function openLines(out: string | undefined): LineWriter {
  const temporary = out === undefined ? null : `${out}.${process.pid}.tmp`
  const stream: Writable = temporary === null ? process.stdout : createWriteStream(temporary, { flush: true })
  let failure: Error | null = null
  stream.on('error', (error) => {
    failure = error
  })
  const check = () => {
    if (failure && 'code' in failure && failure.code === 'EPIPE') process.exit(0)
    if (failure) throw new FailedError(`${out ?? 'standard output'} cannot be written: ${failure.message}`)
  }
  return {
    async line(text) {
      check()
      // `once` rejects where the stream fails instead.
      if (!stream.write(`${text}\n`)) await once(stream, 'drain').catch(check)
    },
    async close() {
      check()
      if (temporary === null || out === undefined) return
      stream.end()
      await once(stream, 'close')
      check()
      await rename(temporary, out)
    },
    async discard() {
      if (temporary === null) return
      stream.destroy()
      await rm(temporary, { force: true })
    },
  }
}

/** Writes every line that `lines` yields; on an error nothing is left at `out`. */
export async function writeAll(out: string | undefined, lines: AsyncIterable<string>): Promise<void> {
  const writer = openLines(out)
  try {
    for await (const line of lines) await writer.line(line)
    await writer.close()
  } catch (error) {
    await writer.discard()
    throw error
  }
}

/** @throws UsageError where the file is not there. */
async function openInput(file: string | undefined): Promise<Readable> {
  if (file === undefined || file === '-') return process.stdin
  const there = await stat(file).catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  })
  if (there.isDirectory()) throw new UsageError(`${file} is a folder: name a file`)
  const raw = createReadStream(file)
  if (file.endsWith('.gz')) return unpacked(raw, createGunzip())
  if (file.endsWith('.zst')) return unpacked(raw, createZstdDecompress())
  return raw
}

function unpacked(
  raw: Readable,
  unpack: ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>,
): Readable {
  raw.on('error', (error) => unpack.destroy(error))
  return raw.pipe(unpack)
}

function parseRecord(line: string, where: string): Fields {
  try {
    const value: unknown = JSON.parse(line)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...value }
  } catch (cause) {
    throw new FailedError(`${where} is not JSON: ${line.slice(0, 60)}`, 'give one JSON object a line', { cause })
  }
  throw new FailedError(`${where} is no JSON object: ${line.slice(0, 60)}`, 'give one JSON object a line')
}
