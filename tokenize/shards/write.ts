/**
 * Writes encoded documents as shards. Memory holds one document and a buffer, never a shard. A file appears under its
 * name only when it is whole: temp name, fsync, rename. Storing the files for good is the caller's.
 */

import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, FailedError, UsageError } from '../../pipeline/contract.ts'
import { DIGEST_BYTES, END_BYTES, type EncodedDocument, MAX_SHARD_TOKENS, tokenBytes, writeHeader } from './format.ts'

export interface ShardFile {
  readonly path: string
  readonly sha256: Digest
  readonly bytes: number
}

export interface ShardFiles {
  readonly tokens: ShardFile
  readonly ends: ShardFile
  readonly docs: ShardFile
  readonly tokenCount: number
  readonly documentCount: number
}

export interface WriteOptions {
  readonly directory: string
  /** A shard ends before the document that would exceed this; a longer document has a shard of its own. */
  readonly maxTokens: number
}

const BUFFER_BYTES = 1 << 20

/**
 * Writes `shard-00000.bin/.ends/.docs` and so on into the directory, replacing what has these names; no documents, no
 * shards. Same documents, same bytes.
 */
export async function writeShards(
  documents: AsyncIterable<EncodedDocument> | Iterable<EncodedDocument>,
  { directory, maxTokens }: WriteOptions,
): Promise<ShardFiles[]> {
  if (!Number.isInteger(maxTokens) || maxTokens < 1 || maxTokens > MAX_SHARD_TOKENS)
    throw new UsageError(`shards of ${maxTokens} tokens: give a whole number from 1 to ${MAX_SHARD_TOKENS}`)
  await mkdir(directory, { recursive: true })
  const finished: ShardFiles[] = []
  let shard: OpenShard | undefined
  try {
    for await (const document of documents) {
      requireDocument(document)
      if (shard !== undefined && shard.tokens() + document.ids.length > maxTokens) {
        finished.push(await shard.finish())
        shard = undefined
      }
      shard ??= await createShard(join(directory, `shard-${String(finished.length).padStart(5, '0')}`))
      await shard.add(document)
    }
    if (shard !== undefined) finished.push(await shard.finish())
  } catch (error) {
    await shard?.abandon()
    throw error
  }
  if (finished.length > 0) await syncDirectory(directory)
  return finished
}

function requireDocument({ digest, ids }: EncodedDocument): void {
  if (!/^[0-9a-f]{64}$/u.test(digest))
    throw new FailedError(`document digest "${digest}" is not a SHA-256 in hexadecimal`)
  if (ids.length === 0 || ids.length > MAX_SHARD_TOKENS)
    throw new FailedError(`document ${digest} has ${ids.length} tokens; a shard holds 1 to ${MAX_SHARD_TOKENS} of one`)
}

interface OpenShard {
  tokens(): number
  add(document: EncodedDocument): Promise<void>
  finish(): Promise<ShardFiles>
  /** Closes the files and leaves them under their temp names. */
  abandon(): Promise<void>
}

async function createShard(stem: string): Promise<OpenShard> {
  const tokens = await createOutput(`${stem}.bin`)
  const ends = await createOutput(`${stem}.ends`)
  const docs = await createOutput(`${stem}.docs`)
  let tokenCount = 0
  let documentCount = 0
  await tokens.write(writeHeader(0))
  return {
    tokens: () => tokenCount,
    async add({ digest, ids }) {
      tokenCount += ids.length
      documentCount++
      const end = Buffer.alloc(END_BYTES)
      end.writeBigUInt64LE(BigInt(tokenCount))
      await tokens.write(tokenBytes(ids))
      await ends.write(end)
      await docs.write(Buffer.from(digest, 'hex').subarray(0, DIGEST_BYTES))
    },
    async finish() {
      return {
        // The header tells the count, known only now; so this file is hashed by reading it back.
        tokens: await tokens.finish(writeHeader(tokenCount)),
        ends: await ends.finish(),
        docs: await docs.finish(),
        tokenCount,
        documentCount,
      }
    },
    async abandon() {
      await Promise.all([tokens.close(), ends.close(), docs.close()])
    },
  }
}

interface Output {
  write(bytes: Uint8Array): Promise<void>
  /** Flushes, replaces the file's beginning where `head` is given, syncs and gives the file its name. */
  finish(head?: Uint8Array): Promise<ShardFile>
  close(): Promise<void>
}

async function createOutput(path: string): Promise<Output> {
  const temporary = `${path}.tmp`
  const file = await open(temporary, 'w+')
  const buffer = Buffer.alloc(BUFFER_BYTES)
  const written = createHash('sha256')
  let filled = 0
  let bytes = 0
  let closed = false

  async function put(piece: Uint8Array): Promise<void> {
    written.update(piece)
    await file.appendFile(piece)
  }
  async function flush(): Promise<void> {
    await put(buffer.subarray(0, filled))
    filled = 0
  }
  async function close(): Promise<void> {
    if (closed) return
    closed = true
    await file.close()
  }
  return {
    close,
    async write(piece) {
      bytes += piece.length
      if (filled + piece.length > buffer.length) await flush()
      if (piece.length > buffer.length) return put(piece)
      buffer.set(piece, filled)
      filled += piece.length
    },
    async finish(head) {
      await flush()
      if (head !== undefined) await file.write(head, 0, head.length, 0)
      const hash = head === undefined ? written : await hashBack(file, buffer)
      await file.sync()
      await close()
      await rename(temporary, path)
      return { path, sha256: hash.digest('hex'), bytes }
    },
  }
}

async function hashBack(file: FileHandle, buffer: Buffer): Promise<Hash> {
  const hash = createHash('sha256')
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return hash
    hash.update(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
