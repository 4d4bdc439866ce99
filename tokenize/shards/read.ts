/**
 * Reads shards by ranges: nothing is held in memory but what was asked for, and no file stays open in between.
 * Synchronous, because a training loop asks for the next window and cannot go on without it.
 */

import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type Digest, FailedError, type Tokenizer } from '../../pipeline/contract.ts'
import {
  DIGEST_BYTES,
  END_BYTES,
  HEADER_BYTES,
  REBUILD,
  readHeader,
  TAKEN_DOWN,
  TOKEN_BYTES,
  tokenBytes,
} from './format.ts'

export interface FileRef {
  readonly path: string
  /** Checked at opening where given; costs one reading of the file. */
  readonly sha256?: Digest
}

export interface TokenFile {
  readonly path: string
  readonly tokens: number
  /** A copy of the tokens from `start` on; throws FailedError outside the file. */
  read(start: number, length: number): Uint16Array
}

export interface ShardDocument {
  readonly digest: Digest
  /** In tokens, from the shard's first. */
  readonly start: number
  readonly ids: Uint16Array
}

export interface Shard extends TokenFile {
  readonly documents: number
  document(index: number): ShardDocument
}

/** The tokens of a shard, without its documents; throws FailedError where the file is cut or altered. */
export function openTokens({ path, sha256 }: FileRef): TokenFile {
  const bytes = sizeOf(path)
  const tokens = readHeader(readRange(path, 0, Math.min(bytes, HEADER_BYTES)), path)
  requireSize(path, bytes, HEADER_BYTES + tokens * TOKEN_BYTES)
  if (sha256 !== undefined) verifyFile(path, sha256)
  return {
    path,
    tokens,
    read(start, length) {
      if (!(start >= 0 && length >= 0 && start + length <= tokens))
        throw new FailedError(`${path} has ${tokens} tokens; asked for ${length} from ${start} on`)
      const range = new Uint16Array(length)
      readInto(path, HEADER_BYTES + start * TOKEN_BYTES, tokenBytes(range))
      return range
    },
  }
}

/** A shard with its documents; throws FailedError where one of the three files is cut, altered, or of another shard. */
export function openShard(files: { readonly tokens: FileRef; readonly ends: FileRef; readonly docs: FileRef }): Shard {
  const tokenFile = openTokens(files.tokens)
  const { path } = files.ends
  const documents = Math.floor(sizeOf(path) / END_BYTES)
  requireSize(path, sizeOf(path), documents * END_BYTES)
  requireSize(files.docs.path, sizeOf(files.docs.path), documents * DIGEST_BYTES)
  for (const file of [files.ends, files.docs]) if (file.sha256 !== undefined) verifyFile(file.path, file.sha256)
  const endOf = (index: number): number =>
    index < 0 ? 0 : Number(readRange(path, index * END_BYTES, END_BYTES).readBigUInt64LE())
  if (endOf(documents - 1) !== tokenFile.tokens) {
    throw new FailedError(
      `${path} ends at token ${endOf(documents - 1)}, but ${tokenFile.path} has ${tokenFile.tokens}: not of one shard`,
      REBUILD,
    )
  }
  return {
    ...tokenFile,
    documents,
    document(index) {
      if (!(index >= 0 && index < documents))
        throw new FailedError(`${tokenFile.path} has ${documents} documents; asked for number ${index}`)
      const start = endOf(index - 1)
      const digest = readRange(files.docs.path, index * DIGEST_BYTES, DIGEST_BYTES).toString('hex')
      return { digest, start, ids: tokenFile.read(start, endOf(index) - start) }
    },
  }
}

/** Where every document of a shard lies, in tokens, without its tokens; 40 bytes a document in memory. */
export function* readPlaces(files: {
  readonly ends: FileRef
  readonly docs: FileRef
}): Generator<{ readonly digest: Digest; readonly start: number; readonly length: number }> {
  const { ends, docs } = files
  for (const file of [ends, docs]) if (file.sha256 !== undefined) verifyFile(file.path, file.sha256)
  const offsets = readRange(ends.path, 0, sizeOf(ends.path))
  const digests = readRange(docs.path, 0, sizeOf(docs.path))
  const documents = offsets.length / END_BYTES
  requireSize(docs.path, digests.length, documents * DIGEST_BYTES)
  for (let index = 0, start = 0; index < documents; index++) {
    const end = Number(offsets.readBigUInt64LE(index * END_BYTES))
    yield {
      digest: digests.toString('hex', index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES),
      start,
      length: end - start,
    }
    start = end
  }
}

export interface InspectedDocument {
  readonly index: number
  readonly digest: Digest
  readonly tokens: number
  /** Null where it was taken down. */
  readonly text: string | null
}

/** The first documents of a shard, decoded: for a person to look at. */
export function* inspectShard(shard: Shard, tokenizer: Tokenizer, first: number): Generator<InspectedDocument> {
  for (let index = 0; index < Math.min(first, shard.documents); index++) {
    const { digest, ids } = shard.document(index)
    yield { index, digest, tokens: ids.length, text: isTakenDown(ids) ? null : tokenizer.decode(ids) }
  }
}

/** Whether nothing is left of a document but its length. */
export function isTakenDown(ids: Uint16Array): boolean {
  return ids.length > 0 && ids.every((id) => id === TAKEN_DOWN)
}

/** Throws FailedError, naming the file, where its content does not have this SHA-256. */
export function verifyFile(path: string, expected: Digest): void {
  const hash = createHash('sha256')
  withFile(path, (file) => {
    const buffer = Buffer.allocUnsafe(1 << 20)
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
      hash.update(buffer.subarray(0, read))
  })
  const found = hash.digest('hex')
  if (found !== expected)
    throw new FailedError(`${path} is altered or cut: expected sha256 ${expected}, found ${found}`, REBUILD)
}

function requireSize(path: string, found: number, expected: number): void {
  if (found !== expected)
    throw new FailedError(`${path} is altered or cut: expected ${expected} bytes, found ${found}`, REBUILD)
}

const sizeOf = (path: string): number => withFile(path, (file) => fstatSync(file).size)

function readRange(path: string, position: number, length: number): Buffer {
  const range = Buffer.alloc(length)
  readInto(path, position, range)
  return range
}

function readInto(path: string, position: number, target: Uint8Array): void {
  const read = withFile(path, (file) => {
    let filled = 0
    for (;;) {
      const count = readSync(file, target, filled, target.length - filled, position + filled)
      filled += count
      if (count === 0 || filled === target.length) return filled
    }
  })
  if (read < target.length)
    throw new FailedError(`${path} is cut: ${target.length} bytes wanted at ${position}, found ${read}`, REBUILD)
}

function withFile<Result>(path: string, use: (file: number) => Result): Result {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw new FailedError(`cannot open ${path}: ${error instanceof Error ? error.message : String(error)}`, REBUILD, {
      cause: error,
    })
  }
  try {
    return use(file)
  } finally {
    closeSync(file)
  }
}
