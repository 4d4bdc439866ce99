/**
 * malmoi dedupe: which records are kept, and which kept one each of the others duplicates. Texts wait in a temporary
 * file until all are signed, so memory grows by some 200 bytes a record and not with the texts.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyChanges } from '../dedupe/apply.ts'
import { addLine, createChanges, type Position } from '../dedupe/changes.ts'
import { checkDeduplication, type Deduplication, exactDuplicates, nearDuplicates } from '../dedupe/config.ts'
import { outcomes } from '../dedupe/outcomes.ts'
import { paragraphsOf, repeatedParagraphs, withoutParagraphs } from '../dedupe/paragraphs.ts'
import { sign } from '../dedupe/signature.ts'
import { createState, type State } from '../dedupe/state.ts'
import { FailedError, type ParagraphRule, UsageError } from '../pipeline/contract.ts'
import { type Fields, identified, OUT, readRecords, writeAll } from './records.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[FILE] [--threshold .8] [--shingle 8 | --exact] [--paragraphs] [--out FILE]',
  details: `
Reads JSON lines with a field text; the order of the lines is the rank. Writes each with kept, and where it is dropped
the id of the kept record it was compared with, the similarity, and the shingles that the two share and have in all.
With --paragraphs a record may lose paragraphs of 40 letters and more to an earlier one, which repeated names; where
fewer than 100 letters remain it is dropped whole. Records with kept: false are left out. Texts wait in a temporary file ($TMPDIR) until all are known.

  malmoi clean pages.jsonl | malmoi dedupe --out corpus.jsonl
  malmoi dedupe clean.jsonl.zst --threshold .7 --paragraphs`,
  options: {
    out: OUT,
    threshold: { type: 'string', value: 'SHARE', about: 'least Jaccard similarity, to three places (default: .8)' },
    shingle: { type: 'string', value: 'N', about: 'letters in a shingle, without white space (default: 8)' },
    exact: { type: 'boolean', about: 'only texts that are equal, white space aside' },
    paragraphs: { type: 'boolean', about: 'take out paragraphs that an earlier kept record has' },
  },
  async run(call) {
    const config = deduplication(call)
    const folder = await mkdtemp(join(tmpdir(), 'malmoi-dedupe-'))
    try {
      const spool = await spoolRecords(call.positionals[0], join(folder, 'records'), config)
      const file = await open(spool.path)
      try {
        const state = createState(config)
        await applyChanges(state, spool.changes, (positions) => textsAt(file, spool.ends, positions))
        await writeAll(
          call.text('out'),
          decidedLines(file, spool.ends, state, call.flag('paragraphs') ? repeatedParagraphs : null),
        )
      } finally {
        await file.close()
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function deduplication(call: Call): Deduplication {
  const threshold = call.text('threshold')
  const shingle = call.count('shingle', 1)
  if (call.flag('exact')) {
    if (threshold !== undefined || shingle !== undefined) {
      throw new UsageError('--exact compares whole texts: leave out --threshold and --shingle')
    }
    return exactDuplicates
  }
  const perMille = threshold === undefined ? nearDuplicates.perMille : Number((Number(threshold) * 1000).toFixed(6))
  if (!Number.isInteger(perMille) || perMille < 1 || perMille > 1000) {
    throw new UsageError(`--threshold ${threshold}: give a share from .001 to 1, to three places`)
  }
  const config = { ...nearDuplicates, perMille, shingle: shingle ?? nearDuplicates.shingle }
  try {
    checkDeduplication(config)
  } catch (cause) {
    throw new UsageError(`--shingle ${shingle}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return config
}

interface Spool {
  readonly path: string
  /** Where each record's line ends in the file. */
  readonly ends: Ends
  readonly changes: ReturnType<typeof createChanges>
}

/** Writes the records to a file, a line each, and signs their texts. */
async function spoolRecords(input: string | undefined, path: string, config: Deduplication): Promise<Spool> {
  const changes = createChanges(config)
  const ends = createEnds()
  const stream = createWriteStream(path)
  let failure: Error | null = null
  stream.on('error', (error) => {
    failure = error
  })
  const check = () => {
    if (failure)
      throw new FailedError(`${path} cannot be written: ${failure.message}`, 'let TMPDIR name a place with room')
  }
  for await (const record of readRecords(input)) {
    const named = identified(record)
    const line = Buffer.from(`${JSON.stringify(named)}\n`)
    const place = ends.push(line.length)
    addLine(changes, { id: `${place}`, batch: '', place, signature: sign(named.text, config) })
    check()
    if (!stream.write(line)) await once(stream, 'drain').catch(check)
  }
  stream.end()
  await once(stream, 'close')
  check()
  return { path, ends, changes }
}

interface Ends {
  /** Adds a line of so many bytes; its number. */
  push(bytes: number): number
  /** Offset and length in bytes. */
  span(line: number): { readonly start: number; readonly length: number }
}

function createEnds(): Ends {
  let ends = new Float64Array(1024)
  let count = 0
  const endOf = (line: number) => (line < 0 ? 0 : (ends[line] ?? 0))
  return {
    push(bytes) {
      if (count === ends.length) {
        const longer = new Float64Array(count * 1.5)
        longer.set(ends)
        ends = longer
      }
      ends[count] = endOf(count - 1) + bytes
      return count++
    },
    span: (line) => ({ start: endOf(line - 1), length: endOf(line) - endOf(line - 1) }),
  }
}

async function recordAt(file: FileHandle, ends: Ends, line: number): Promise<Fields & { id: string; text: string }> {
  const { start, length } = ends.span(line)
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, start)
  return identified(JSON.parse(buffer.toString('utf8')))
}

async function* textsAt(file: FileHandle, ends: Ends, positions: readonly Position[]): AsyncIterable<string> {
  for (const { place } of positions) yield (await recordAt(file, ends, place)).text
}

async function* decidedLines(
  file: FileHandle,
  ends: Ends,
  state: State,
  paragraphs: ParagraphRule | null,
): AsyncIterable<string> {
  const idAt = async ({ place }: Position) => (await recordAt(file, ends, place)).id
  const paragraphsAt = async ({ place }: Position) => paragraphsOf((await recordAt(file, ends, place)).text)
  for await (const { text, owner, repeated, intersection, union } of outcomes(state, paragraphs, paragraphsAt)) {
    const record = await recordAt(file, ends, text.place)
    const named = await Promise.all(
      repeated.map(async ({ paragraph, owner: first }) => ({ paragraph, owner: await idAt(first) })),
    )
    const others = named.length > 0 ? { repeated: named } : {}
    if (owner === null) {
      const places = repeated.map(({ paragraph }) => paragraph)
      yield JSON.stringify({ ...record, kept: true, ...others, text: withoutParagraphs(record.text, places) })
    } else {
      const similarity = intersection / union
      yield JSON.stringify({
        ...{ ...record, kept: false, owner: await idAt(owner), similarity, intersection, union },
        ...others,
      })
    }
  }
}
