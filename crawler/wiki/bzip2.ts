/**
 * Decompression of .bz2 files, one stream or many on end (MediaWiki's multistream dumps), block by block on other threads.
 * block-scanner.ts finds the blocks, seek-bzip decodes one; threads are the caller's.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import bzip from 'seek-bzip'
import { FailedError } from '../../pipeline/contract.ts'
import type { OrderedMap } from '../dependencies.ts'
import { blocksOf, type CompressedBlock } from './block-scanner.ts'

/** Plain data, since an error's class does not survive the way between threads. */
export type DecodedBlock =
  | { readonly bytes: Uint8Array }
  | { readonly bytes: null; readonly offset: number; readonly damage: string }

/** Decoding needs a stream's header; 9 is the largest block size, and a smaller block is decoded just the same. */
const HEADER = new TextEncoder().encode('BZh9')

/**
 * The decompressed bytes, block by block (at most 900,000 bytes before bzip2's run lengths are undone). In memory are
 * the blocks that `map` has under way. Throws FailedError where the file is damaged or cut short, with the byte offset.
 */
export async function* bunzip(chunks: AsyncIterable<Uint8Array>, map: OrderedMap): AsyncGenerator<Uint8Array> {
  const task = { module: import.meta.url, name: 'decodeBlock' }
  for await (const block of map<CompressedBlock, DecodedBlock>(task, blocksOf(chunks))) {
    if (block.bytes === null) {
      const message = `the bzip2 file is damaged in the block at byte ${block.offset}: ${block.damage}`
      throw new FailedError(message, 'fetch the file again')
    }
    yield block.bytes
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage: (kind: { readonly type: 'minor' }) => void = runInNewContext('gc')

/** Where this thread decodes to: one buffer that grows, since a new one a block would outrun the collector. */
const output = {
  bytes: new Uint8Array(1 << 20),
  length: 0,
  writeByte(byte: number): void {
    if (this.length === this.bytes.byteLength) {
      const larger = new Uint8Array(this.bytes.byteLength * 2)
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes[this.length++] = byte
  },
}

/**
 * Runs on a worker thread. seek-bzip compares the block's CRC. It takes 3.6 MB a block, which V8 would let pile up to
 * 64 MB; they are collected at once.
 */
export function decodeBlock({ bytes, bit, offset }: CompressedBlock): DecodedBlock {
  const stream = new Uint8Array(HEADER.byteLength + bytes.byteLength)
  stream.set(HEADER)
  stream.set(bytes, HEADER.byteLength)
  try {
    output.length = 0
    bzip.decodeBlock(stream, HEADER.byteLength * 8 + bit, output)
    return { bytes: output.bytes.slice(0, output.length) }
  } catch (error) {
    // Whatever it trips over in damaged bytes, they are what is wrong: the same block always gives the same answer.
    return { bytes: null, offset, damage: error instanceof Error ? error.message : String(error) }
  } finally {
    collectGarbage({ type: 'minor' })
  }
}
