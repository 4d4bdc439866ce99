/**
 * The layout of a shard: three files that belong together.
 *   tokens  256 int32 of header (magic 20240520, version 1, token count, zeros), then uint16 tokens: llm.c's format
 *   ends    for each document, the uint64 offset in tokens where it ends (exclusive)
 *   docs    for each document, the 32 bytes of its text's SHA-256
 * All little-endian. Names and places of the files are the caller's.
 */

import { endianness } from 'node:os'
import { type Digest, FailedError, type Tokenizer } from '../../pipeline/contract.ts'

export const HEADER_BYTES = 1024
export const TOKEN_BYTES = 2
export const END_BYTES = 8
export const DIGEST_BYTES = 32
/**
 * What stands for every token of a document that was taken down, bos and eos included: our models' unknown piece, which
 * byte fallback keeps out of every text. As a target it has no loss.
 */
export const TAKEN_DOWN = 0
/** The header counts tokens as int32. */
export const MAX_SHARD_TOKENS = 2 ** 31 - 1

const MAGIC = 20240520
const VERSION = 1

export interface EncodedDocument {
  /** Of the document's clean text. */
  readonly digest: Digest
  /** bos, the text, eos. */
  readonly ids: Uint16Array
}

/** A document's tokens as shards hold them: bos, text, eos. */
export function encodeDocument(tokenizer: Tokenizer, text: string): Uint16Array {
  const ids = tokenizer.encode(text)
  const document = new Uint16Array(ids.length + 2)
  document[0] = tokenizer.bos
  document.set(ids, 1)
  document[ids.length + 1] = tokenizer.eos
  return document
}

export function writeHeader(tokens: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES)
  const view = new DataView(header.buffer)
  view.setInt32(0, MAGIC, true)
  view.setInt32(4, VERSION, true)
  view.setInt32(8, tokens, true)
  return header
}

/** Token count of a header; throws FailedError naming the file where it is none, or of another version. */
export function readHeader(header: Uint8Array, path: string): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  if (header.length < HEADER_BYTES || view.getInt32(0, true) !== MAGIC || view.getInt32(4, true) !== VERSION)
    throw new FailedError(`${path} is not a token shard (magic ${MAGIC}, version ${VERSION})`, REBUILD)
  return view.getInt32(8, true)
}

export const REBUILD = 'delete it and run the command again: what is missing is rebuilt and compared'

/** uint16 tokens as the bytes they are on disk; a view, nothing is copied. */
export function tokenBytes(tokens: Uint16Array): Uint8Array {
  requireLittleEndian()
  return new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength)
}

function requireLittleEndian(): void {
  if (endianness() !== 'LE')
    throw new FailedError('shards are read and written on little-endian machines only', 'use an x86-64 or ARM machine')
}
