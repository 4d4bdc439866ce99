/**
 * Trains a tokenizer: text in, a SentencePiece BPE model out, with the pieces that spm_train would find (identity
 * normalisation, byte fallback, no dummy prefix, pieces of at most 16 characters that keep to one script and take a
 * space only at their front). Same texts, same pieces, whatever the order of the texts.
 */

import { setImmediate as breathe } from 'node:timers/promises'
import { FailedError, type TokenizerConfig, UsageError } from '../../pipeline/contract.ts'
import type { Piece, PieceModel } from '../model-file.ts'
import { JOINS, SPACE_MARK_CODE } from '../segments.ts'
import { chooseAlphabet, countWords } from './count.ts'
import { createMerges, MAX_PIECE_LENGTH } from './merges.ts'
import { scriptClass } from './scripts.ts'

/** 'auto' trains at most this many pieces… */
export const AUTO_VOCAB_SIZE = 16_000
/** …and stops before a pair that occurs fewer times than this. */
export const AUTO_MIN_PAIR_COUNT = 5
/** Token ids are uint16, and the shard format wants fewer than 65,536. */
export const MAX_VOCAB_SIZE = 65_535

/** SentencePiece's default character_coverage. */
const CHARACTER_COVERAGE = 0.9995
const MERGES_BETWEEN_BREATHS = 256

export interface BpeConfig extends Pick<TokenizerConfig, 'vocabSize'> {
  /** For 'auto': the rarest pair worth a piece. Default AUTO_MIN_PAIR_COUNT. */
  readonly minPairCount?: number
  /** Merges done, of how many at most. */
  onProgress?(done: number, of: number): void
}

/**
 * Pieces: unk, bos, eos, 256 bytes, merges by falling frequency (scores 0, -1, -2…), characters by falling frequency.
 * Throws UsageError for a size that is no vocabulary, FailedError for a text that is empty, that needs more pieces
 * (names the least) or that cannot fill as many (names the most).
 */
export async function trainBpe(
  texts: Iterable<string> | AsyncIterable<string>,
  config: BpeConfig,
): Promise<PieceModel> {
  const { vocabSize } = config
  if (vocabSize !== 'auto' && !(Number.isInteger(vocabSize) && vocabSize > 0 && vocabSize <= MAX_VOCAB_SIZE))
    throw new UsageError(`a vocabulary of ${vocabSize} pieces: give a whole number up to ${MAX_VOCAB_SIZE}, or auto`)

  const counted = await countWords(texts)
  const alphabet = chooseAlphabet(counted, CHARACTER_COVERAGE)
  if (alphabet.length === 0)
    throw new FailedError('no text to train a tokenizer on', 'check that the version holds documents')
  // Even where the text has none: SentencePiece would give a space back as U+2581.
  if (!alphabet.includes(SPACE_MARK_CODE)) alphabet.push(SPACE_MARK_CODE)
  const fixed = fixedPieces()
  const limit = vocabSize === 'auto' ? AUTO_VOCAB_SIZE : vocabSize
  const least = fixed.length + alphabet.length
  if (limit < least) {
    throw new FailedError(
      `a vocabulary of ${limit} pieces is too small: the text's characters alone need ${least}`,
      `set vocabSize to at least ${least}`,
    )
  }

  const rarest = vocabSize === 'auto' ? (config.minPairCount ?? AUTO_MIN_PAIR_COUNT) : 1
  const classOf = (codePoint: number): number => {
    const script = scriptClass(codePoint)
    return script === JOINS ? 0 : script
  }
  const merges = createMerges(counted, alphabet, limit - fixed.length, classOf)
  const found: string[] = []
  while (found.length < limit - least) {
    const piece = merges.next(rarest)
    if (piece === undefined) break
    found.push(piece)
    if (found.length % MERGES_BETWEEN_BREATHS === 0) {
      config.onProgress?.(found.length, limit - least)
      await breathe()
    }
  }
  const most = least + found.length
  if (vocabSize !== 'auto' && most < vocabSize) {
    throw new FailedError(
      `the text cannot fill a vocabulary of ${vocabSize} pieces: it yields ${most} at most`,
      `set vocabSize to ${most} or less, or to auto`,
    )
  }
  config.onProgress?.(found.length, found.length)
  const characters = alphabet.map((codePoint) => String.fromCodePoint(codePoint))
  const scored = [...found, ...characters].map((text, rank): Piece => ({ text, score: 0 - rank, type: 'normal' }))
  return { pieces: [...fixed, ...scored], ...SETTINGS }
}

function fixedPieces(): Piece[] {
  const hexadecimal = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')
  return [
    { text: '<unk>', score: 0, type: 'unknown' },
    { text: '<s>', score: 0, type: 'control' },
    { text: '</s>', score: 0, type: 'control' },
    ...Array.from({ length: 256 }, (_, byte): Piece => ({ text: `<0x${hexadecimal(byte)}>`, score: 0, type: 'byte' })),
  ]
}

const SETTINGS: Pick<PieceModel, 'trainer' | 'normalizer'> = {
  trainer: {
    algorithm: 'bpe',
    byteFallback: true,
    characterCoverage: CHARACTER_COVERAGE,
    maxPieceLength: MAX_PIECE_LENGTH,
    splitByUnicodeScript: true,
    splitByNumber: true,
    splitByWhitespace: true,
    treatWhitespaceAsSuffix: false,
    unk: 0,
    bos: 1,
    eos: 2,
    pad: -1,
  },
  normalizer: {
    name: 'identity',
    charsMap: new Uint8Array(),
    addDummyPrefix: false,
    removeExtraWhitespaces: false,
    escapeWhitespaces: true,
  },
}
