/**
 * SentencePiece's `.model` file: pieces with score and type, and the settings an encoder must obey.
 * Reads any SentencePiece model as data (which of them we can encode with is encoder.ts's question) and writes
 * the same bytes for the same model: no paths, no times.
 */

import { FailedError } from '../pipeline/contract.ts'
import { createMessageWriter, type Field, readFields } from './protobuf.ts'

/** SentencePiece's stand-in for a space inside pieces. */
export const SPACE_MARK = '\u2581'

const PIECE_TYPES = { normal: 1, unknown: 2, control: 3, 'user-defined': 4, unused: 5, byte: 6 } as const
export type PieceType = keyof typeof PIECE_TYPES

const ALGORITHMS = { unigram: 1, bpe: 2, word: 3, char: 4 } as const

export interface Piece {
  /** As stored: with U+2581 for a space, and `<0x0A>` for a byte. */
  readonly text: string
  readonly score: number
  readonly type: PieceType
}

/** TrainerSpec, the fields that change what an encoder does or say how the pieces came about. */
export interface TrainerSettings {
  readonly algorithm: keyof typeof ALGORITHMS
  readonly byteFallback: boolean
  readonly characterCoverage: number
  readonly maxPieceLength: number
  readonly splitByUnicodeScript: boolean
  readonly splitByNumber: boolean
  readonly splitByWhitespace: boolean
  readonly treatWhitespaceAsSuffix: boolean
  /** -1 where the model has none. */
  readonly unk: number
  readonly bos: number
  readonly eos: number
  readonly pad: number
}

export interface NormalizerSettings {
  readonly name: string
  /** Empty = identity. */
  readonly charsMap: Uint8Array
  readonly addDummyPrefix: boolean
  readonly removeExtraWhitespaces: boolean
  readonly escapeWhitespaces: boolean
}

export interface PieceModel {
  readonly pieces: readonly Piece[]
  readonly trainer: TrainerSettings
  readonly normalizer: NormalizerSettings
}

/** Bytes of a model file (message ModelProto of sentencepiece_model.proto). */
export function writeModel(model: PieceModel): Uint8Array {
  const file = createMessageWriter()
  for (const piece of model.pieces) {
    const message = createMessageWriter()
    message.string(1, piece.text)
    message.float(2, piece.score)
    if (piece.type !== 'normal') message.integer(3, PIECE_TYPES[piece.type])
    file.bytes(1, message.finish())
  }
  const { trainer, normalizer } = model
  const settings = createMessageWriter()
  settings.integer(3, ALGORITHMS[trainer.algorithm])
  settings.integer(4, model.pieces.length)
  settings.float(10, trainer.characterCoverage)
  settings.integer(20, trainer.maxPieceLength)
  settings.boolean(21, trainer.splitByUnicodeScript)
  settings.boolean(22, trainer.splitByWhitespace)
  settings.boolean(23, trainer.splitByNumber)
  settings.boolean(24, trainer.treatWhitespaceAsSuffix)
  settings.boolean(35, trainer.byteFallback)
  settings.integer(40, trainer.unk)
  settings.integer(41, trainer.bos)
  settings.integer(42, trainer.eos)
  settings.integer(43, trainer.pad)
  file.bytes(2, settings.finish())
  const normalisation = createMessageWriter()
  normalisation.string(1, normalizer.name)
  normalisation.bytes(2, normalizer.charsMap)
  normalisation.boolean(3, normalizer.addDummyPrefix)
  normalisation.boolean(4, normalizer.removeExtraWhitespaces)
  normalisation.boolean(5, normalizer.escapeWhitespaces)
  file.bytes(3, normalisation.finish())
  return file.finish()
}

/** A model file as data. Throws FailedError where the bytes are no SentencePiece model. */
export function readModel(bytes: Uint8Array): PieceModel {
  try {
    return parseModel(bytes)
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error
    throw new FailedError(
      `not a SentencePiece model: ${error.message}`,
      'give a .model file that SentencePiece or Malmoi wrote; it may be cut or altered',
      { cause: error },
    )
  }
}

function parseModel(bytes: Uint8Array): PieceModel {
  const pieces: Piece[] = []
  let trainer = readTrainer(new Uint8Array())
  let normalizer = readNormalizer(new Uint8Array())
  for (const field of readFields(bytes)) {
    if (field.number === 1) pieces.push(readPiece(bytesOf(field)))
    else if (field.number === 2) trainer = readTrainer(bytesOf(field))
    else if (field.number === 3) normalizer = readNormalizer(bytesOf(field))
  }
  if (pieces.length === 0) throw new RangeError('it holds no pieces')
  return { pieces, trainer, normalizer }
}

function readPiece(message: Uint8Array): Piece {
  let text = ''
  let score = 0
  let type: PieceType = 'normal'
  for (const field of readFields(message)) {
    if (field.number === 1) text = textOf(field)
    else if (field.number === 2) score = floatOf(field)
    else if (field.number === 3) type = nameOf(PIECE_TYPES, integerOf(field), 'piece type')
  }
  if (text === '') throw new RangeError('it holds an empty piece')
  return { text, score, type }
}

/** Absent fields have the defaults of sentencepiece_model.proto. */
function readTrainer(message: Uint8Array): TrainerSettings {
  const fields = new Map([...readFields(message)].map((field) => [field.number, field]))
  const integer = (number: number, absent: number): number => {
    const field = fields.get(number)
    return field === undefined ? absent : integerOf(field)
  }
  const coverage = fields.get(10)
  return {
    algorithm: nameOf(ALGORITHMS, integer(3, ALGORITHMS.unigram), 'model type'),
    characterCoverage: coverage === undefined ? 0.9995 : floatOf(coverage),
    maxPieceLength: integer(20, 16),
    splitByUnicodeScript: integer(21, 1) !== 0,
    splitByWhitespace: integer(22, 1) !== 0,
    splitByNumber: integer(23, 1) !== 0,
    treatWhitespaceAsSuffix: integer(24, 0) !== 0,
    byteFallback: integer(35, 0) !== 0,
    unk: integer(40, 0),
    bos: integer(41, 1),
    eos: integer(42, 2),
    pad: integer(43, -1),
  }
}

function readNormalizer(message: Uint8Array): NormalizerSettings {
  const fields = new Map([...readFields(message)].map((field) => [field.number, field]))
  const boolean = (number: number): boolean => {
    const field = fields.get(number)
    return field === undefined || integerOf(field) !== 0
  }
  const name = fields.get(1)
  const charsMap = fields.get(2)
  return {
    name: name === undefined ? '' : textOf(name),
    charsMap: charsMap === undefined ? new Uint8Array() : bytesOf(charsMap).slice(),
    addDummyPrefix: boolean(3),
    removeExtraWhitespaces: boolean(4),
    escapeWhitespaces: boolean(5),
  }
}

function nameOf<Names extends string>(names: Readonly<Record<Names, number>>, value: number, what: string): Names {
  for (const name in names) if (names[name] === value) return name
  throw new RangeError(`${what} ${value} is unknown`)
}

function bytesOf(field: Field): Uint8Array {
  if (field.wire !== 'bytes') throw new RangeError(`field ${field.number} is no message or text`)
  return field.value
}

const textOf = (field: Field): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(field))

function integerOf(field: Field): number {
  if (field.wire !== 'varint') throw new RangeError(`field ${field.number} is no integer`)
  return Number(BigInt.asIntN(32, field.value))
}

function floatOf(field: Field): number {
  if (field.wire !== 'fixed32') throw new RangeError(`field ${field.number} is no float`)
  return new DataView(field.value.buffer, field.value.byteOffset, 4).getFloat32(0, true)
}
