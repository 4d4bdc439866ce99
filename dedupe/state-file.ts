/**
 * The state as bytes, 48 + 4 × bands a document: the mark and version, a JSON header of fixed form, the columns in
 * little-endian words, and the SHA-256 of all that. Equal states give equal bytes.
 */
import { createHash, type Hash } from 'node:crypto'
import type { Deduplication } from './config.ts'
import { columnsOf, createState, type State } from './state.ts'

const MARK = 'malmoi dedupe 1\n'
const DIGEST_BYTES = 32

interface Header {
  readonly config: Deduplication
  readonly count: number
  readonly batches: readonly string[]
  readonly starts: readonly number[]
}

/** The state's bytes, in pieces that are views of it: they must be written before the state changes. */
export function* stateBytes(state: State): Iterable<Uint8Array> {
  const { config, count, batches, starts } = state
  const { shingle, leastShingles, bands, rows, perMille } = config
  const json = JSON.stringify({
    config: { shingle, leastShingles, bands, rows, perMille },
    count,
    batches,
    starts: [...starts],
  })
  const header = Buffer.from(json)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const hash = createHash('sha256')
  for (const piece of [Buffer.from(MARK), length, header, ...columnsOf(state).map(({ words }) => bytesOf(words))]) {
    hash.update(piece)
    yield piece
  }
  yield hash.digest()
}

/** @throws RangeError where the bytes are of another form, cut short or changed */
export async function readState(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<State> {
  const reader = createReader(bytes)
  const mark = Buffer.from(await reader.take(MARK.length)).toString('latin1')
  if (mark !== MARK) throw new RangeError(`This is no deduplication state of the form ${JSON.stringify(MARK.trim())}.`)
  const length = Buffer.from(await reader.take(4)).readUInt32LE()
  const { config, count, batches, starts } = parseHeader(Buffer.from(await reader.take(length)).toString('utf8'))
  const state = createState(config)
  for (const column of columnsOf(state)) {
    column.words = new Uint32Array(count * column.width)
    await reader.fill(bytesOf(column.words))
  }
  await reader.end()
  return Object.assign(state, { count, batches, starts: Uint32Array.from(starts) })
}

/** The words as they lie in memory, which is little-endian wherever Node.js runs for us. */
function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}

function parseHeader(text: string): Header {
  const value: unknown = JSON.parse(text)
  const { config, count, batches, starts } = fields(value)
  const numbers = fields(config)
  if (typeof count !== 'number' || !isList(batches, 'string') || !isList(starts, 'number')) {
    throw new RangeError(`The header of a deduplication state is damaged: ${text.slice(0, 80)}`)
  }
  const number = (name: keyof Deduplication): number => {
    const found = numbers[name]
    if (typeof found !== 'number') throw new RangeError(`The header of a deduplication state has no ${name}.`)
    return found
  }
  return {
    config: {
      shingle: number('shingle'),
      leastShingles: number('leastShingles'),
      bands: number('bands'),
      rows: number('rows'),
      perMille: number('perMille'),
    },
    count,
    batches,
    starts,
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {}
}

function isList(value: unknown, type: 'string'): value is readonly string[]
function isList(value: unknown, type: 'number'): value is readonly number[]
function isList(value: unknown, type: string): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type)
}

interface Reader {
  take(count: number): Promise<Uint8Array>
  fill(target: Uint8Array): Promise<void>
  /** The digest must follow, and nothing after it. */
  end(): Promise<void>
}

function createReader(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Reader {
  const pieces = asyncIterator(bytes)
  const hash = createHash('sha256')
  let rest: Uint8Array = new Uint8Array(0)
  const copy = async (target: Uint8Array, hashed: Hash | null) => {
    for (let filled = 0; filled < target.length; ) {
      if (rest.length === 0) {
        const { done, value } = await pieces.next()
        if (done) throw new RangeError('A deduplication state is cut short: make it again from the batches.')
        rest = value
      }
      const part = rest.subarray(0, target.length - filled)
      target.set(part, filled)
      filled += part.length
      rest = rest.subarray(part.length)
    }
    hashed?.update(target)
  }
  return {
    async take(count) {
      const target = new Uint8Array(count)
      await copy(target, hash)
      return target
    },
    fill: (target) => copy(target, hash),
    async end() {
      const digest = new Uint8Array(DIGEST_BYTES)
      await copy(digest, null)
      const whole = hash.digest().equals(digest) && rest.length === 0 && (await pieces.next()).done === true
      if (!whole) throw new RangeError('A deduplication state is damaged: make it again from the batches.')
    },
  }
}

async function* asyncIterator(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes
}
