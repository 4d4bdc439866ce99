/**
 * Text to token ids and back, with the ids that SentencePiece gives for the same model file. Accepts what our
 * trainer makes: BPE with byte fallback, identity normalisation, no dummy prefix, a space only at a piece's front.
 *
 * U+2581 stands for a space in SentencePiece: in a text it is encoded as a space and comes back as one. Every other
 * well-formed text survives encode and decode unchanged; lone surrogates come back as U+FFFD.
 */

import { TextDecoder } from 'node:util'
import { FailedError, type Tokenizer } from '../pipeline/contract.ts'
import { createMergeTable, type MergeTable } from './merge-table.ts'
import { type Piece, type PieceModel, readModel, SPACE_MARK } from './model-file.ts'
import { createSegmentEncoder } from './segment-encoder.ts'
import { ALONE, createSegmenter, FIRST_CLASS, JOINS } from './segments.ts'
import { createWordTable } from './word-table.ts'

/** A tokenizer that also shows its pieces' bytes, which streaming needs. */
export interface PieceTokenizer extends Tokenizer {
  /** What a token decodes to, in UTF-8: a space for U+2581, one byte for a byte piece, nothing for bos and eos. */
  bytesOf(id: number): Uint8Array
}

/** The cache starts afresh beyond this many segments or ids; a segment longer than LONGEST is not cached. */
const CACHED_SEGMENTS = 1 << 18
const CACHED_IDS = 1 << 21
const LONGEST = 64

/** Throws FailedError for bytes that are no model, and for a model of a kind not supported. */
export function createTokenizer(modelFile: Uint8Array): PieceTokenizer {
  const model = readModel(modelFile)
  requireSupported(model)
  const { pieces, trainer } = model
  const table = createMergeTable(pieces)
  const segment = createSegmenter(segmentClasses(pieces, table))
  const encodeSegment = createSegmentEncoder(table, pieces)
  const bytes = pieces.map(bytesOfPiece)
  const lengths = pieces.map((piece, id) => (piece.type === 'unknown' ? 0 : bytes[id]!.length))
  const bufferBytes = bytes.reduce((most, piece) => Math.max(most, piece.length), 1024)

  let cache = createWordTable()
  let cachedIds = new Uint16Array(1 << 12)
  let cachedEnds = new Int32Array(1 << 12)
  let output = new Uint16Array(1 << 12)
  let size = 0

  function visit(units: Uint16Array, length: number): void {
    if (length > LONGEST) {
      size += encodeSegment(units, length, output, size)
      return
    }
    const known = cache.size()
    const index = cache.intern(units, length)
    if (index < known) {
      const end = cachedEnds[index]!
      for (let at = index === 0 ? 0 : cachedEnds[index - 1]!; at < end; at++) output[size++] = cachedIds[at]!
      return
    }
    const count = encodeSegment(units, length, output, size)
    const start = known === 0 ? 0 : cachedEnds[known - 1]!
    if (start + count > cachedIds.length) cachedIds = grown(cachedIds, start + count)
    if (known === cachedEnds.length) {
      const more = new Int32Array(known * 2)
      more.set(cachedEnds)
      cachedEnds = more
    }
    cachedIds.set(output.subarray(size, size + count), start)
    cachedEnds[known] = start + count
    size += count
    if (known + 1 === CACHED_SEGMENTS || start + count > CACHED_IDS) cache = createWordTable()
  }

  function bytesOf(id: number): Uint8Array {
    const found = bytes[id]
    if (found === undefined)
      throw new FailedError(`token ${id} is not of this tokenizer: it has ${bytes.length} pieces`)
    return found
  }

  return {
    vocabSize: pieces.length,
    bos: trainer.bos,
    eos: trainer.eos,
    unk: trainer.unk,
    encode(text) {
      size = 0
      // At most three bytes, so three tokens, a UTF-16 unit.
      if (output.length < text.length * 3) output = grown(output, text.length * 3)
      segment(text, visit)
      return output.slice(0, size)
    },
    decode(ids) {
      const decoder = createDecoder()
      let text = ''
      const buffer = new Uint8Array(bufferBytes)
      let filled = 0
      for (const id of ids) {
        const piece = bytesOf(id)
        if (filled + piece.length > buffer.length) {
          text += decoder.decode(buffer.subarray(0, filled), { stream: true })
          filled = 0
        }
        buffer.set(piece, filled)
        filled += piece.length
      }
      return text + decoder.decode(buffer.subarray(0, filled))
    },
    pieceBytes(id) {
      bytesOf(id)
      return lengths[id]!
    },
    bytesOf,
  }
}

export interface StreamDecoder {
  /** Text that is complete with this token; a character whose bytes are still coming is held back. */
  push(id: number): string
  /** What was held back, broken bytes as U+FFFD. The decoder can then start anew. */
  end(): string
}

/** Decodes tokens one at a time; everything it returns, joined, equals `decode` of all tokens. */
export function createStreamDecoder(tokenizer: PieceTokenizer): StreamDecoder {
  const decoder = createDecoder()
  return {
    push: (id) => decoder.decode(tokenizer.bytesOf(id), { stream: true }),
    end: () => decoder.decode(),
  }
}

/** Broken UTF-8 becomes U+FFFD, one for each longest valid beginning (the WHATWG encoding standard); BOMs stay. */
const createDecoder = (): TextDecoder => new TextDecoder('utf-8', { ignoreBOM: true })

function grown(array: Uint16Array<ArrayBuffer>, least: number): Uint16Array<ArrayBuffer> {
  const more = new Uint16Array(Math.max(array.length * 2, least))
  more.set(array)
  return more
}

function bytesOfPiece(piece: Piece): Uint8Array {
  if (piece.type === 'control') return new Uint8Array()
  if (piece.type === 'byte') return Uint8Array.of(byteOfPiece(piece.text))
  // As SentencePiece shows it: unk_surface.
  if (piece.type === 'unknown') return new TextEncoder().encode(' \u2047 ')
  return new TextEncoder().encode(piece.text.replaceAll(SPACE_MARK, ' '))
}

const byteOfPiece = (text: string): number => Number.parseInt(text.slice(3, 5), 16)

/**
 * Characters that stand side by side in some piece are of one class, and so are those linked through others
 * (union-find): between two classes no piece can reach across.
 */
function segmentClasses(pieces: readonly Piece[], table: MergeTable): (codePoint: number) => number {
  const parents = new Map<number, number>()
  function find(codePoint: number): number {
    let root = codePoint
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent
    if (root !== codePoint) parents.set(codePoint, root)
    return root
  }
  for (const { text, type } of pieces) {
    if (type !== 'normal') continue
    const points = [...text.replaceAll(SPACE_MARK, '')].map((point) => point.codePointAt(0)!)
    for (const point of points.slice(1)) {
      const root = find(points[0]!)
      const other = find(point)
      if (root !== other) parents.set(other, root)
    }
  }
  // Classes are bytes; past the last one they are shared, which only makes segments longer.
  const classes = new Map<number, number>()
  const mark = SPACE_MARK.codePointAt(0)
  return (codePoint) => {
    if (codePoint === mark) return JOINS
    if (table.character(codePoint) < 0) return ALONE
    const root = find(codePoint)
    const known = classes.get(root)
    if (known !== undefined) return known
    const next = FIRST_CLASS + (classes.size % (256 - FIRST_CLASS))
    classes.set(root, next)
    return next
  }
}

function requireSupported({ pieces, trainer, normalizer }: PieceModel): void {
  const byteTexts = pieces.filter((piece) => piece.type === 'byte').map((piece) => piece.text)
  const misplaced = pieces.find(({ text, type }) => type === 'normal' && text.lastIndexOf(SPACE_MARK) > 0)
  const foreign = pieces.find(({ type }) => type === 'user-defined' || type === 'unused')
  const reasons: [found: boolean, what: string][] = [
    [trainer.algorithm !== 'bpe', `its algorithm is ${trainer.algorithm}, not bpe`],
    [normalizer.charsMap.length > 0, `it normalises text (${normalizer.name}), not identity`],
    [normalizer.addDummyPrefix, 'it puts a space before every text (add_dummy_prefix)'],
    [normalizer.removeExtraWhitespaces, 'it drops spaces (remove_extra_whitespaces)'],
    [!normalizer.escapeWhitespaces || trainer.treatWhitespaceAsSuffix, 'it does not write spaces as a leading U+2581'],
    [!trainer.byteFallback || new Set(byteTexts).size !== 256, 'it has no byte fallback'],
    [byteTexts.some((text) => !/^<0x[0-9A-F]{2}>$/u.test(text)), 'its byte pieces are not named <0x00> to <0xFF>'],
    [misplaced !== undefined, `piece "${misplaced?.text}" has a space elsewhere than at its front`],
    [!pieces.some(({ text }) => text === SPACE_MARK), 'it has no piece for a space'],
    [foreign !== undefined, `piece "${foreign?.text}" is ${foreign?.type}`],
    [pieces[trainer.unk]?.type !== 'unknown', `piece ${trainer.unk} is not the unknown one`],
    [pieces[trainer.bos]?.type !== 'control' || pieces[trainer.eos]?.type !== 'control', 'it lacks bos or eos'],
  ]
  const reason = reasons.find(([found]) => found)
  if (reason === undefined) return
  throw new FailedError(
    `this SentencePiece model is of a kind Malmoi does not encode with: ${reason[1]}`,
    'train one with Malmoi, or with spm_train --model_type=bpe --byte_fallback --normalization_rule_name=identity ' +
      '--remove_extra_whitespaces=false --add_dummy_prefix=false',
  )
}
