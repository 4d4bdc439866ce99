/** Texts in files that keep them packed: gzip and what WARC records it holds, Zstandard, Parquet, shards of tokens. */
import { createGunzip, createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { parquetReadObjects } from 'hyparquet'
import { parseRecord, payloadOfRecord } from '../../../crawler/warc/record.ts'
import { FailedError, type Tokenizer } from '../../../pipeline/contract.ts'
import { createTokenizer } from '../../../tokenize/encoder.ts'
import { HEADER_BYTES } from '../../../tokenize/shards/format.ts'
import type { Needle } from './needle.ts'

export type PackedForm = 'gzip' | 'record' | 'zstd' | 'parquet' | 'tokens'

const GZIP = Buffer.from([0x1f, 0x8b, 8])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
const PARQUET = Buffer.from('PAR1')
const SHARD = Buffer.from(Int32Array.of(20240520, 1).buffer)

/** The forms in which a file's bytes hold the text; `tokenizers` are those that its tokens may be of. */
export async function packedFormsIn(
  bytes: Buffer,
  needle: Needle,
  tokenizers: readonly Tokenizer[],
): Promise<readonly PackedForm[]> {
  const found: PackedForm[] = []
  if (bytes.subarray(0, 3).equals(GZIP)) {
    for await (const content of unpacked(bytes, GZIP, createGunzip)) {
      if (needle.isIn(content)) found.push('gzip')
      for await (const payload of payloadsIn(content)) if (needle.isIn(payload)) found.push('record')
    }
  }
  if (bytes.subarray(0, 4).equals(ZSTD)) {
    for await (const content of unpacked(bytes, ZSTD, createZstdDecompress))
      if (needle.isIn(content)) found.push('zstd')
  }
  if (bytes.subarray(0, 4).equals(PARQUET) && needle.isIn(Buffer.from(await rowsOf(bytes)))) found.push('parquet')
  if (bytes.subarray(0, 8).equals(SHARD)) {
    const ids = new Uint16Array(Uint8Array.from(bytes.subarray(HEADER_BYTES)).buffer)
    const most = ids.reduce((a, b) => Math.max(a, b), 0)
    const possible = tokenizers.filter(({ vocabSize }) => most < vocabSize)
    if (possible.length === 0) throw new Error(`a shard is of no tokenizer of this workspace: it holds token ${most}`)
    if (possible.some((tokenizer) => needle.isIn(Buffer.from(tokenizer.decode(ids))))) found.push('tokens')
  }
  return [...new Set(found)]
}

/** The tokenizer that a file is the model of; null where it is none. */
export function tokenizerOf(bytes: Buffer): Tokenizer | null {
  // The first field of a model is its first piece.
  if (bytes[0] !== 0x0a) return null
  try {
    return createTokenizer(bytes)
  } catch (error) {
    if (error instanceof FailedError) return null
    throw error
  }
}

/** What can be unpacked: after a place that is broken it goes on where something packed begins again. */
async function* unpacked(bytes: Buffer, magic: Buffer, create: () => NodeJS.ReadWriteStream): AsyncIterable<Buffer> {
  for (let at = 0; at >= 0; ) {
    const parts: Buffer[] = []
    const stream = create()
    stream.end(bytes.subarray(at))
    let broken = false
    try {
      for await (const part of stream) parts.push(Buffer.from(part))
    } catch (error) {
      if (!(error instanceof Error && 'errno' in error)) throw error
      broken = true
    }
    yield Buffer.concat(parts)
    at = broken ? bytes.indexOf(magic, at + 1) : -1
  }
}

/** The payloads of the WARC records that begin in some bytes, without content-encoding and framing. */
async function* payloadsIn(content: Buffer): AsyncIterable<Uint8Array> {
  for (let at = content.indexOf('WARC/1.'); at >= 0; ) {
    let next = at + 1
    try {
      const record = parseRecord(content.subarray(at))
      next = at + content.subarray(at).indexOf('\r\n\r\n') + 4 + record.block.byteLength
      const found = await payloadOfRecord(record)
      if (typeof found !== 'string') yield found.payload
    } catch (error) {
      if (!(error instanceof FailedError)) throw error
    }
    at = content.indexOf('WARC/1.', next)
  }
}

async function rowsOf(bytes: Buffer): Promise<string> {
  const file = Uint8Array.from(bytes).buffer
  const compressors = { ZSTD: (input: Uint8Array) => new Uint8Array(zstdDecompressSync(input)) }
  const rows = await parquetReadObjects({ file, compressors })
  return rows.map((row) => Object.values(row).map(String).join('\n')).join('\n')
}
