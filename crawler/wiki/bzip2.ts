/**
 * Decompression of .bz2 files, one stream or many on end (MediaWiki's multistream dumps), block by block.
 * block-scanner.ts finds the blocks, seek-bzip decodes one.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import bzip from 'seek-bzip'
import { FailedError } from '../../pipeline/contract.ts'
import { blocksOf, type CompressedBlock } from './block-scanner.ts'

/** Decoding needs a stream's header; 9 is the largest block size, and a smaller block is decoded just the same. */
const HEADER = new TextEncoder().encode('BZh9')

/** Blocks between two collections of everything. */
const BLOCKS_A_COLLECTION = 32

setFlagsFromString('--expose-gc')
const collectGarbage: (kind: { readonly type: 'minor' | 'major' }) => void = runInNewContext('gc')

/**
 * The decompressed bytes, block by block (at most 900,000 bytes before bzip2's run lengths are undone). In memory is one
 * block. Throws FailedError where the file is damaged or cut short, with the byte offset.
 */
export async function* bunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let count = 0
  for await (const block of blocksOf(chunks)) {
    yield decodeBlock(block)
    // seek-bzip takes 3.6 MB a block, which V8 would let pile up to 64 MB; some of it grows old in between.
    collectGarbage({ type: ++count % BLOCKS_A_COLLECTION === 0 ? 'major' : 'minor' })
  }
}

/** Where blocks are decoded to: one buffer that grows, in place of a dozen for each block. */
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

/** seek-bzip compares the block's CRC. */
function decodeBlock({ bytes, bit, offset }: CompressedBlock): Uint8Array {
  const stream = new Uint8Array(HEADER.byteLength + bytes.byteLength)
  stream.set(HEADER)
  stream.set(bytes, HEADER.byteLength)
  try {
    output.length = 0
    bzip.decodeBlock(stream, HEADER.byteLength * 8 + bit, output)
    return output.bytes.slice(0, output.length)
  } catch (cause) {
    // Whatever it trips over in damaged bytes, they are what is wrong: the same block always gives the same answer.
    const damage = cause instanceof Error ? cause.message : String(cause)
    const message = `the bzip2 file is damaged in the block at byte ${offset}: ${damage}`
    throw new FailedError(message, 'fetch the file again', { cause })
  }
}
