/**
 * Where the blocks of a .bz2 file begin and end, without decoding them. Blocks are not aligned to bytes and carry no
 * length, so they are found by their 48-bit magic at any bit. What is inside a block is bzip2.ts's affair.
 */
import { FailedError } from '../../pipeline/contract.ts'

/** One block, cut out of the file from its magic to the next. */
export interface CompressedBlock {
  /** Bytes of its own, which can cross to another thread. */
  readonly bytes: Uint8Array
  /** Of the first byte, how many bits belong to what was before: 0 to 7. */
  readonly bit: number
  /** Of the first byte in the file. */
  readonly offset: number
}

type Magic = readonly [high: number, low: number]
/** π and √π in decimal digits, as two halves of 24 bits. */
const BLOCK: Magic = [0x314159, 0x265359]
const END: Magic = [0x177245, 0x385090]
const MAGIC_BITS = 48
/** 900,000 symbols of at most 20 bits, and room for the code tables. More without a magic is no block. */
const MAX_BLOCK_BYTES = 3_000_000
/** Of a chunk, so much is taken at a time, however long it is. */
const PIECE_BYTES = 1 << 18
/** From one byte that is looked at to the next. Wherever a magic begins, five bytes are inside it whole. */
const STRIDE = 4

interface Candidate {
  readonly magic: Magic
  /** Where the magic begins, in bits from the byte looked at: zero or less. */
  readonly bits: number
}

/** What a pair of bytes inside a magic can be part of: a list's number for each of the 65,536 pairs, 0 for nothing. */
const { listOf, lists } = pairsOfMagics()

function pairsOfMagics() {
  const byPair = new Map<number, Candidate[]>()
  for (const magic of [BLOCK, END]) {
    const digits = BigInt(magic[0] * 2 ** 24 + magic[1])
    for (let before = 0; before < 8; before++) {
      for (let byte = 0; byte < STRIDE; byte++) {
        const begin = before + byte * 8
        const pair = Number((digits >> BigInt(MAGIC_BITS - 16 - begin)) & 0xffffn)
        byPair.set(pair, [...(byPair.get(pair) ?? []), { magic, bits: -begin }])
      }
    }
  }
  const listOf = new Uint8Array(1 << 16)
  const lists: (readonly Candidate[])[] = [[]]
  for (const [pair, candidates] of byPair) {
    listOf[pair] = lists.length
    lists.push(candidates.toSorted((a, b) => a.bits - b.bits))
  }
  return { listOf, lists }
}

/** `count` bits from `bit` on, at most 32, first bit highest. */
function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  let value = 0
  const last = (bit + count - 1) >>> 3
  for (let index = bit >>> 3; index <= last; index++) value = value * 256 + bytes[index]!
  const after = (last + 1) * 8 - bit - count
  return Math.floor(value / 2 ** after) % 2 ** count
}

function isMagic(bytes: Uint8Array, bit: number, [high, low]: Magic): boolean {
  return bitsAt(bytes, bit, 24) === high && bitsAt(bytes, bit + 24, 24) === low
}

/**
 * First bit at or after `from` where a magic of a block or of a stream's end begins; -1 where none is whole in `bytes`.
 * Looks up two bytes of every four, the way a text search skips by the length of its word; the rest is verification.
 */
export function findMagic(bytes: Uint8Array, from: number): number {
  const end = bytes.byteLength * 8
  const last = bytes.byteLength - 2
  for (let index = from >>> 3; index <= last; index += STRIDE) {
    const list = listOf[(bytes[index]! << 8) | bytes[index + 1]!]!
    if (list === 0) continue
    for (const { magic, bits } of lists[list]!) {
      const begin = index * 8 + bits
      if (begin >= from && begin + MAGIC_BITS <= end && isMagic(bytes, begin, magic)) return begin
    }
  }
  return -1
}

/**
 * The blocks of one or more bzip2 streams on end, in order; holds one block and a piece of what follows. Throws
 * FailedError where the file is no bzip2, is damaged between blocks, lacks a block, or ends before a stream's end.
 * The format as bzip2 1.0.8 writes it: `BZh1`..`BZh9`, blocks, end magic, CRC of the block CRCs, filled up to a byte.
 */
export async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CompressedBlock> {
  const scanner = createScanner()
  for await (const chunk of chunks) {
    for (let begin = 0; begin < chunk.byteLength; begin += PIECE_BYTES) {
      yield* scanner.read(chunk.subarray(begin, begin + PIECE_BYTES))
    }
  }
  scanner.end()
}

function createScanner() {
  let buffer = new Uint8Array(4 * PIECE_BYTES)
  let filled = 0
  /** Offset in the file of the buffer's first byte. */
  let base = 0
  let expected: 'header' | 'magic' | 'block' | 'sum' = 'header'
  /** The bit of the buffer where that begins; everything before is done with. */
  let at = 0
  /** Up to this bit no magic begins. */
  let searched = 0
  let sum = 0

  const place = (): number => base + (at >>> 3)
  const failed = (what: string): FailedError => new FailedError(`the bzip2 file is ${what}`, 'fetch the file again')
  const damaged = (what: string): FailedError => failed(`damaged at byte ${place()}: ${what}`)
  const here = (bits: number): boolean => at + bits <= filled * 8

  function add(piece: Uint8Array): void {
    if (filled + piece.byteLength > buffer.byteLength) {
      const done = at >>> 3
      const kept = buffer.subarray(done, filled)
      const needed = kept.byteLength + piece.byteLength
      const target = needed > buffer.byteLength ? new Uint8Array(buffer.byteLength * 2) : buffer
      target.set(kept)
      buffer = target
      filled -= done
      base += done
      at -= done * 8
      searched -= done * 8
    }
    buffer.set(piece, filled)
    filled += piece.byteLength
  }

  /** These four go one step on and say whether they could. */
  function readHeader(): boolean {
    if (!here(32)) return false
    const [b, z, h, level = 0] = buffer.subarray(at >>> 3, (at >>> 3) + 4)
    if (b !== 0x42 || z !== 0x5a || h !== 0x68 || level < 0x31 || level > 0x39) {
      if (place() === 0) throw new FailedError('not a bzip2 file: it does not begin with BZh1 to BZh9')
      throw damaged('no stream begins where the one before ended')
    }
    at += 32
    sum = 0
    expected = 'magic'
    return true
  }

  function readMagic(): boolean {
    if (!here(MAGIC_BITS)) return false
    if (isMagic(buffer, at, BLOCK)) {
      searched = at + MAGIC_BITS
      expected = 'block'
      return true
    }
    if (!isMagic(buffer, at, END)) throw damaged('neither a block nor the end of a stream')
    at += MAGIC_BITS
    expected = 'sum'
    return true
  }

  function* readBlock(): Generator<CompressedBlock, boolean> {
    const end = findMagic(buffer.subarray(0, filled), searched)
    if (end < 0) {
      searched = Math.max(searched, filled * 8 - MAGIC_BITS + 1)
      if (filled - (at >>> 3) > MAX_BLOCK_BYTES) throw damaged('a block without an end')
      return false
    }
    if (end - at < MAGIC_BITS + 32) throw damaged('a block too short')
    yield { bytes: buffer.slice(at >>> 3, ((end - 1) >>> 3) + 1), bit: at & 7, offset: place() }
    sum = (((sum << 1) | (sum >>> 31)) ^ bitsAt(buffer, at + MAGIC_BITS, 32)) >>> 0
    at = end
    expected = 'magic'
    return true
  }

  function readSum(): boolean {
    if (!here(32)) return false
    if (bitsAt(buffer, at, 32) !== sum) throw damaged('the stream that ends here lacks a block or has one too many')
    at = ((at + 32 + 7) >>> 3) * 8
    expected = 'header'
    return true
  }

  return {
    /** The blocks that end in this piece. */
    *read(piece: Uint8Array): Generator<CompressedBlock> {
      add(piece)
      let more = true
      while (more) {
        if (expected === 'header') more = readHeader()
        else if (expected === 'magic') more = readMagic()
        else if (expected === 'block') more = yield* readBlock()
        else more = readSum()
      }
    },
    /** Throws unless the last stream is whole and nothing follows it. */
    end(): void {
      if (expected === 'block') throw failed(`cut short in the block at byte ${place()}`)
      const size = base + filled
      if (expected !== 'header' || place() < size || size === 0) throw failed(`cut short at byte ${size}`)
    },
  }
}
