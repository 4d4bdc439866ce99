/**
 * The object store: immutable files named by the SHA-256 of their uncompressed content, in a folder.
 * Text is kept zstd-compressed, shards and weights raw so that they can be read by range.
 * A file appears whole (temp, fsync, rename) or not at all; which database row names it is not known here.
 * Of an object that was taken down another one stands in its place, under its name (store/redactions.ts).
 */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { type Digest, FailedError } from '../pipeline/contract.ts'
import { place, syncFolder } from './durable.ts'
import { codeOf } from './error-code.ts'
import { createRedactions } from './redactions.ts'
import { textLines } from './text-lines.ts'

export type ObjectForm = 'zst' | 'raw'

export interface StoredObject {
  readonly digest: Digest
  /** Bytes of the uncompressed content. */
  readonly bytes: number
}

export interface Objects {
  /** Where an object lies, or what replaces it, whether it is there or not. */
  path(digest: Digest, form: ObjectForm): string
  has(digest: Digest): Promise<boolean>
  /** The digest of the bytes that are there under an object's name: its own unless it was taken down. */
  resolve(digest: Digest): Digest
  /** A raw object as its readers open it: where it lies, and the digest that its bytes must have. */
  file(digest: Digest): { readonly path: string; readonly sha256: Digest }
  /**
   * Puts `replacement`, which is here already, in an object's place for good and removes its bytes; on what takedown's
   * behalf is recorded beside it. Does nothing where that is so already; an attempt that was cut is finished by another.
   * The name stays, and every reader of it reads the replacement.
   * @throws FailedError where the replacement is missing, or another one was recorded
   */
  redact(digest: Digest, replacement: Digest, takedown: number): Promise<void>
  /** Removes the bytes of an object that nothing names any more. */
  remove(digest: Digest): Promise<void>
  /** Stores a stream of bytes; compressed unless `form` is raw. */
  put(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, form?: ObjectForm): Promise<StoredObject>
  /** Stores text lines, each ended by a newline. */
  putLines(lines: AsyncIterable<string> | Iterable<string>): Promise<StoredObject>
  /** Takes over a finished file of the same file system as a raw object. */
  adopt(file: string): Promise<StoredObject>
  /** The lines of a text object; fails where it is missing or its content is not what its name says. */
  lines(digest: Digest): AsyncIterable<string>
  text(digest: Digest): Promise<string>
  /** The bytes of a compressed object; their reader checks them. */
  bytes(digest: Digest): AsyncIterable<Uint8Array>
}

export function openObjects(folder: string): Objects {
  const { resolve, record } = createRedactions(folder)
  /** Of an object's own bytes. */
  const own = (digest: Digest, form: ObjectForm) =>
    join(folder, digest.slice(0, 2), form === 'zst' ? `${digest}.zst` : digest)
  const path = (digest: Digest, form: ObjectForm) => own(resolve(digest), form)

  async function has(digest: Digest): Promise<boolean> {
    return (await exists(path(digest, 'zst'))) || (await exists(path(digest, 'raw')))
  }

  /** Gives a finished file its name. What was taken down does not come back. */
  async function keep(file: string, digest: Digest, form: ObjectForm): Promise<void> {
    if (resolve(digest) === digest) await place(file, own(digest, form))
    else await rm(file)
  }

  async function redact(digest: Digest, replacement: Digest, takedown: number): Promise<void> {
    if (digest === replacement) return
    if (!(await has(replacement))) throw missing(replacement, path(replacement, 'zst'))
    await record(digest, { replacement, takedown })
    await remove(digest)
  }

  async function remove(digest: Digest): Promise<void> {
    const files = (['zst', 'raw'] as const).map((form) => own(digest, form))
    const there = await Promise.all(files.map(exists))
    if (!there.includes(true)) return
    for (const file of files) await rm(file, { force: true })
    await syncFolder(dirname(own(digest, 'raw')))
  }

  async function put(
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    form: ObjectForm = 'zst',
  ): Promise<StoredObject> {
    const hash = createHash('sha256')
    let bytes = 0
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk)
        bytes += chunk.byteLength
        done(null, chunk)
      },
    })
    const temporary = join(folder, 'tmp', randomUUID())
    await mkdir(dirname(temporary), { recursive: true })
    try {
      const file = createWriteStream(temporary, { flush: true })
      if (form === 'zst') await pipeline(Readable.from(content), measure, createZstdCompress(), file)
      else await pipeline(Readable.from(content), measure, file)
      const digest = hash.digest('hex')
      await keep(temporary, digest, form)
      return { digest, bytes }
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  async function adopt(file: string): Promise<StoredObject> {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      hash.update(chunk)
      bytes += chunk.byteLength
    }
    const handle = await open(file, 'r+')
    await handle.sync()
    await handle.close()
    const digest = hash.digest('hex')
    await keep(file, digest, 'raw')
    return { digest, bytes }
  }

  async function* lines(name: Digest): AsyncIterable<string> {
    const digest = resolve(name)
    const file = own(digest, 'zst')
    if (!(await exists(file))) throw missing(digest, file)
    const hash = createHash('sha256')
    const check = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk)
        done(null, chunk)
      },
    })
    let failure: unknown
    const content = pipeline(createReadStream(file), createZstdDecompress(), check).catch((error) => {
      failure = error
      check.end()
    })
    yield* textLines(check)
    await content
    if (failure !== undefined || hash.digest('hex') !== digest) throw altered(digest, file, failure)
  }

  return {
    path,
    has,
    resolve,
    file(name) {
      const sha256 = resolve(name)
      return { path: own(sha256, 'raw'), sha256 }
    },
    redact,
    remove,
    put,
    adopt,
    lines,
    putLines: (source) => put(joined(source)),
    bytes: (digest) => createReadStream(path(digest, 'zst')).pipe(createZstdDecompress()),
    text: async (digest) => (await Array.fromAsync(lines(digest))).join('\n'),
  }
}

/** Lines as chunks of about 64 KiB. */
async function* joined(lines: AsyncIterable<string> | Iterable<string>): AsyncIterable<Uint8Array> {
  let pending = ''
  for await (const line of lines) {
    pending += `${line}\n`
    if (pending.length > 65_536) {
      yield Buffer.from(pending)
      pending = ''
    }
  }
  if (pending) yield Buffer.from(pending)
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function missing(digest: Digest, file: string): FailedError {
  return new FailedError(`object ${digest.slice(0, 12)} is missing (${file})`, 'run the command again: it is rebuilt')
}

function altered(digest: Digest, file: string, cause: unknown): FailedError {
  return new FailedError(
    `object ${digest.slice(0, 12)} is altered or cut (${file})`,
    'delete that file and run the command again: it is rebuilt and compared',
    { cause },
  )
}
