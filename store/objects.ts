/**
 * The object store: immutable files named by the SHA-256 of their uncompressed content, in a folder.
 * Text is kept zstd-compressed, shards and weights raw so that they can be read by range.
 * A file appears whole (temp, fsync, rename) or not at all; which database row names it is not known here.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { type Digest, FailedError } from '../pipeline/contract.ts'
import { codeOf } from './error-code.ts'
import { textLines } from './text-lines.ts'

export type ObjectForm = 'zst' | 'raw'

export interface StoredObject {
  readonly digest: Digest
  /** Bytes of the uncompressed content. */
  readonly bytes: number
}

export interface Objects {
  /** Where an object lies, whether it is there or not. */
  path(digest: Digest, form: ObjectForm): string
  has(digest: Digest): Promise<boolean>
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
  const path = (digest: Digest, form: ObjectForm) =>
    join(folder, digest.slice(0, 2), form === 'zst' ? `${digest}.zst` : digest)

  async function has(digest: Digest): Promise<boolean> {
    return (await exists(path(digest, 'zst'))) || (await exists(path(digest, 'raw')))
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
      await place(temporary, path(digest, form))
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
    await place(file, path(digest, 'raw'))
    return { digest, bytes }
  }

  async function* lines(digest: Digest): AsyncIterable<string> {
    const file = path(digest, 'zst')
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

/** Renames into place and makes the folder's entry durable. An object that is there already is the same. */
async function place(temporary: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  await rename(temporary, target)
  const folder = await open(dirname(target), 'r')
  await folder.sync()
  await folder.close()
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
