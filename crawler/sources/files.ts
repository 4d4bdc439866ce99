/**
 * Imports a JSONL file (.gz, .zst) of records { id, text, title?, url?, … } as captures, night by night: new and
 * changed records are kept, unchanged ones only referred to. Texts stream through; of known records the keys, not the
 * texts, are in memory.
 */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { FailedError, type FrontierEntry, type Outcome, type Source, UsageError } from '../../pipeline/contract.ts'
import { type CrawlCounts, counted, noCounts } from '../counts.ts'
import type { CrawlDependencies } from '../crawl.ts'
import { absenceRecord, recordContentType, resourceRecord, sha256 } from '../warc.ts'
import { type Line, linesOf } from './lines.ts'
import { canonicalRecord, type ImportedRecord, recordOf } from './record.ts'

/** What one line of the file is to become. */
interface Planned {
  readonly key: string
  readonly url: string
  /** Null for a line that is refused. */
  readonly payload: Uint8Array | null
  readonly reason: string
}

/** Lines added to the frontier at once; known entries taken at once. */
const chunkLines = 256
const takeAtOnce = 10_000

function openFile(path: string): Readable {
  const file = createReadStream(path)
  const decoder = path.endsWith('.gz') ? createGunzip() : path.endsWith('.zst') ? createZstdDecompress() : null
  if (decoder === null) return file
  file.on('error', (error) => decoder.destroy(error))
  return file.pipe(decoder)
}

function recordUrl(source: Source, record: ImportedRecord): string {
  return record.url ?? `urn:malmoi:${encodeURIComponent(source.name)}:${encodeURIComponent(record.id)}`
}

/** Reads a line; a bad one, or an id that an earlier line had, is refused under the line's own key. */
function plan(source: Source, path: string, line: Line, seen: Set<string>): Planned {
  const place = `line ${line.number}`
  const refused = (reason: string): Planned => {
    const key = `${basename(path)}#line-${line.number}`
    return { key, url: key, payload: null, reason: `${place}: ${reason}` }
  }
  if (line.text === null) return refused(`longer than ${source.maxBodyBytes} bytes`)
  const record = recordOf(line.text)
  if (typeof record === 'string') return refused(record)
  if (seen.has(record.id)) return refused(`the id ${JSON.stringify(record.id)} was on an earlier line`)
  seen.add(record.id)
  return { key: record.id, url: recordUrl(source, record), payload: canonicalRecord(record), reason: place }
}

async function recordOutcome(entry: FrontierEntry, payload: Uint8Array): Promise<Outcome> {
  const { previous, url } = entry
  const digest = sha256(payload)
  const fetchedAt = new Date().toISOString()
  const same = previous !== null && previous.payload === digest
  const revisit = same ? { recordId: previous.recordId, date: previous.fetchedAt, url } : null
  return {
    kind: 'captured',
    status: 200,
    payload: digest,
    payloadBytes: payload.byteLength,
    contentType: recordContentType,
    etag: null,
    lastModified: null,
    fetchedAt,
    robotsRule: 'imported from a file',
    ...(await resourceRecord(url, fetchedAt, payload, revisit)),
    links: [],
  }
}

async function absenceOutcome(entry: FrontierEntry, path: string): Promise<Outcome> {
  const fetchedAt = new Date().toISOString()
  return {
    kind: 'captured',
    status: 410,
    payload: null,
    payloadBytes: 0,
    contentType: null,
    etag: null,
    lastModified: null,
    fetchedAt,
    robotsRule: 'imported from a file',
    ...(await absenceRecord(entry.url, fetchedAt, basename(path))),
    links: [],
  }
}

async function* chunked<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let chunk: T[] = []
  for await (const item of items) {
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/**
 * Imports what tonight's file holds. Bad lines are settled as refused with their number; of a snapshot, records it no
 * longer holds are settled as 410. Resolves early, without error, when the signal aborts. Throws UsageError where the
 * file is missing, FailedError where it cannot be read or holds not one record.
 */
export async function crawlFiles(source: Source, dependencies: CrawlDependencies): Promise<CrawlCounts> {
  const { path } = source
  if (path === null) throw new UsageError(`source ${source.name}: kind "files" needs a "path"`)
  const { frontier, signal, onProgress } = dependencies
  let counts = noCounts
  let done = 0
  let lines = 0

  async function settle(entry: FrontierEntry, outcome: Outcome): Promise<void> {
    await frontier.settle(entry, outcome)
    counts = counted(counts, entry, outcome)
    done += 1
    onProgress?.(done, null, entry.key)
  }
  const aborted = (): boolean => signal?.aborted === true

  /** Entries of earlier nights that the file has not held yet, and those just added. */
  const waiting = new Map<string, FrontierEntry>()
  async function takeAll(): Promise<void> {
    for (;;) {
      const entries = await frontier.take(takeAtOnce)
      for (const entry of entries) waiting.set(entry.key, entry)
      if (entries.length === 0) return
    }
  }

  async function importChunk(chunk: readonly Planned[]): Promise<void> {
    const unknown = chunk.filter(({ key }) => !waiting.has(key))
    await frontier.add(unknown.map(({ key, url }) => ({ key, url, depth: 0 })))
    if (unknown.length > 0) await takeAll()
    // Compressed together, settled in file order.
    const outcomes = await Promise.all(
      chunk.map(async ({ key, url, payload, reason }) => {
        const entry = waiting.get(key)
        // Settled by an earlier run of this night.
        if (entry === undefined) return null
        waiting.delete(key)
        const here = { ...entry, url }
        const refused: Outcome = { kind: 'refused', reason, robotsRule: null, status: null }
        return { entry: here, outcome: payload === null ? refused : await recordOutcome(here, payload) }
      }),
    )
    await Promise.all(outcomes.map(async (item) => item !== null && (await settle(item.entry, item.outcome))))
  }

  const before = await frontier.settled()
  await takeAll()
  const seen = new Set<string>()
  try {
    for await (const chunk of chunked(linesOf(openFile(path), source.maxBodyBytes), chunkLines)) {
      if (aborted()) return counts
      lines += chunk.length
      await importChunk(chunk.map((line) => plan(source, path, line, seen)))
    }
  } catch (error) {
    throw readingError(source, path, error)
  }
  if (source.snapshot) {
    for (const entry of [...waiting.values()]) {
      if (aborted()) return counts
      if (entry.previous === null)
        await settle(entry, { kind: 'refused', reason: 'absent from the snapshot', robotsRule: null, status: null })
      else await settle(entry, await absenceOutcome(entry, path))
    }
  }
  if (counts.fetched === 0 && before === 0)
    throw new FailedError(
      `source ${source.name}: ${path} holds no record in ${lines} lines`,
      'each line must be a JSON object with "text", and an "id" where records change over time',
    )
  return counts
}

/** An error of the file in words; others as they are. */
function readingError(source: Source, path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const { code } = error
  if (code === 'ENOENT') return new UsageError(`source ${source.name}: there is no file ${path}`)
  if (code === 'EACCES' || code === 'EISDIR')
    return new UsageError(`source ${source.name}: ${path} cannot be read (${code})`)
  if (code.startsWith('Z_') || code.startsWith('ZSTD_') || code === 'ERR_ZSTD_INVALID')
    return new FailedError(
      `source ${source.name}: ${path} is not whole or not compressed as its name says (${error.message})`,
    )
  return error
}
