/** Texts and helpers that the tokenizer's tests share: small made-up Korean, hard cases, and the shared corpus. */

import { existsSync, readFileSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { createTokenizer, type PieceTokenizer } from '../../tokenize/encoder.ts'
import { writeModel } from '../../tokenize/model-file.ts'
import { trainBpe } from '../../tokenize/trainer/bpe.ts'

const SUBJECTS = ['우리는', '할머니께서', '그 학생이', '서울시가', '바람이', 'GPT 모델이', '2024년에', '아무도']
const OBJECTS = [
  '말을 모아',
  '사전을',
  '긴 편지를',
  '김치 3포기를',
  '“새 노래”를',
  'data/set을',
  '漢字를',
  'カタカナ를',
]
const VERBS = [
  '만들었다.',
  '읽습니다!',
  '보냈어요ㅋㅋㅋ',
  '담갔을까?',
  '불렀다…',
  '정리하였으며,',
  '배웠다 😀',
  '잊지 않는다.',
]

/** A few hundred sentences in which some pairs are frequent and others are not. */
export const SENTENCES: readonly string[] = SUBJECTS.flatMap((subject, i) =>
  OBJECTS.flatMap((object, j) => VERBS.map((verb, k) => `${subject} ${object} ${VERBS[(i + j * k) % 8]} ${verb}`)),
)

/** What encoders stumble over. */
export const HARD_TEXTS: readonly string[] = [
  '',
  ' ',
  '   앞과  뒤에   빈칸 ',
  '\t탭\t과\n줄바꿈\r\n끝\n\n',
  'ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ ㅠㅠ ㅎㄷㄷ',
  '한글'.normalize('NFD'),
  '각'.normalize('NFD').repeat(40),
  '👨‍👩‍👧‍👦 👍🏽 🇰🇷 😀😀',
  '가e\u0301나\u0301 e\u0301\u0302',
  '2024년 1월 3일, 3.14% (약 1/2)',
  'https://example.com/경로?q=말모이&x=1#절',
  '한국語とカタカナーと中文',
  '\u0000\u0001\u007f\u0080\u200b\ufeff\ufffd',
  '<s></s><unk><0x0A>',
  '가'.repeat(1000),
  'abab'.repeat(300),
  '.'.repeat(777),
]

/** Well-formed Unicode without U+2581, and often of the kind that the sample tokenizer has pieces for. */
export const anyText: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom(...SENTENCES, ...HARD_TEXTS, ' ', '\n', '다', '▲'), { maxLength: 5 })
      .map((parts) => parts.join('')),
    fc.string({ unit: fc.constantFrom(...'습니다하고 .ab1\n가을ㅋ漢'), maxLength: 60 }),
  )
  .map((text) => text.replaceAll('\u2581', ''))

/** Pieces of the sample tokenizer: a few fewer than the sentences yield. */
export const SAMPLE_SIZE = 420

export async function sampleModel(vocabSize: number | 'auto' = SAMPLE_SIZE): Promise<Uint8Array> {
  return writeModel(await trainBpe(SENTENCES, { vocabSize }))
}

export async function sampleTokenizer(): Promise<PieceTokenizer> {
  return createTokenizer(await sampleModel())
}

const CORPUS = new URL('../../../shared/data/corpus/', import.meta.url)

/** Texts of a shared corpus file, or undefined where the shared data is not beside the repository. */
export function corpusTexts(name: string): string[] | undefined {
  const file = new URL(`${name}.jsonl.zst`, CORPUS)
  if (!existsSync(file)) return undefined
  return zstdDecompressSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => textOf(JSON.parse(line)))
}

export const NO_CORPUS = `the shared corpus is not at ${CORPUS.pathname}`

function textOf(record: unknown): string {
  if (typeof record === 'object' && record !== null && 'text' in record && typeof record.text === 'string')
    return record.text
  throw new TypeError('a corpus record without text')
}
