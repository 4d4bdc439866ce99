import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { createStreamDecoder, createTokenizer, type PieceTokenizer } from '../../tokenize/encoder.ts'
import { writeModel } from '../../tokenize/model-file.ts'
import { trainBpe } from '../../tokenize/trainer/bpe.ts'
import { loadReference, type Reference } from './reference.ts'
import { anyText, corpusTexts, HARD_TEXTS, NO_CORPUS, SAMPLE_SIZE, SENTENCES, sampleModel } from './samples.ts'

let tokenizer: PieceTokenizer
let reference: Reference

before(async () => {
  const model = await sampleModel()
  tokenizer = createTokenizer(model)
  reference = await loadReference(model)
})

/** SentencePiece's own C string ends at NUL on the way into WebAssembly; ours does not. */
const comparable = (text: string): boolean => !text.includes('\0')

test('ids are those of SentencePiece on every sentence and hard case', () => {
  for (const text of [...SENTENCES, ...HARD_TEXTS].filter(comparable))
    assert.deepEqual([...tokenizer.encode(text)], reference.encodeIds(text), JSON.stringify(text))
})

test('ids are those of SentencePiece on any Unicode text', () => {
  fc.assert(
    fc.property(anyText.filter(comparable), (text) => {
      assert.deepEqual([...tokenizer.encode(text)], reference.encodeIds(text))
    }),
    { numRuns: 1500 },
  )
})

test('ids are those of SentencePiece on news and novels, with a model trained on the news', async (t) => {
  const texts = corpusTexts('wikinews')
  const sentences = corpusTexts('ud_kaist')
  if (texts === undefined || sentences === undefined) return t.skip(NO_CORPUS)
  const model = writeModel(await trainBpe(texts, { vocabSize: 8000 }))
  const ours = createTokenizer(model)
  const theirs = await loadReference(model)
  const lines = [...texts, ...sentences].flatMap((text) => text.split('\n'))
  assert.ok(lines.length > 4000)
  for (const line of lines) {
    const ids = ours.encode(line)
    assert.deepEqual([...ids], theirs.encodeIds(line), line)
    assert.equal(ours.decode(ids), line)
  }
})

test('decoding gives any text back that has no U+2581', () => {
  for (const text of HARD_TEXTS) assert.equal(tokenizer.decode(tokenizer.encode(text)), text)
  fc.assert(fc.property(anyText, (text) => assert.equal(tokenizer.decode(tokenizer.encode(text)), text)))
})

test('U+2581 is a space, and a lone surrogate U+FFFD', () => {
  assert.deepEqual(tokenizer.encode('말\u2581모아'), tokenizer.encode('말 모아'))
  assert.equal(tokenizer.decode(tokenizer.encode('가\ud800나')), '가\ufffd나')
})

test('the cache changes no id: a text encodes alike first, again, and after much else', () => {
  const first = SENTENCES.map((text) => tokenizer.encode(text))
  for (let round = 0; round < 2; round++)
    for (const [i, text] of SENTENCES.entries()) assert.deepEqual(tokenizer.encode(text), first[i])
})

test('a text is encoded as its pieces add up: bytes of the tokens are the bytes of the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const bytes = [...tokenizer.encode(text)].reduce((sum, id) => sum + tokenizer.pieceBytes(id), 0)
      assert.equal(bytes, Buffer.byteLength(text.toWellFormed()))
    }),
  )
  assert.deepEqual([0, 1, 2].map(tokenizer.pieceBytes), [0, 0, 0])
})

test('an eojeol of a hundred thousand syllables takes no quadratic time', () => {
  const text = '다니습'.repeat(33_333)
  const started = process.cpuUsage()
  assert.equal(tokenizer.decode(tokenizer.encode(text)), text)
  assert.ok(process.cpuUsage(started).user < 2e6)
})

test('control tokens decode to nothing, and an id that is no token is refused', () => {
  const ids = [tokenizer.bos, ...tokenizer.encode('말을 모아'), tokenizer.eos]
  assert.equal(tokenizer.decode(ids), '말을 모아')
  assert.throws(() => tokenizer.decode([tokenizer.vocabSize]), /token 420 is not of this tokenizer/u)
})

test('a byte that is no UTF-8 becomes U+FFFD, the characters around it stay', () => {
  const byte = (value: number): number => 3 + value
  assert.equal(tokenizer.decode([byte(0xed), byte(0x95), byte(0x9c), byte(0xea), byte(0xb0), byte(0x41)]), '한\ufffdA')
})

test('a stream shows only whole characters, and in the end the same text', () => {
  const ids = fc.array(fc.nat(SAMPLE_SIZE - 1), { maxLength: 40 })
  fc.assert(
    fc.property(
      fc.oneof(
        anyText.map((text) => [...tokenizer.encode(text)]),
        ids,
      ),
      (tokens) => {
        const decoder = createStreamDecoder(tokenizer)
        const shown = tokens.map((id) => decoder.push(id))
        assert.equal(shown.join('') + decoder.end(), tokenizer.decode(tokens))
      },
    ),
  )
  const decoder = createStreamDecoder(tokenizer)
  assert.deepEqual(
    [...tokenizer.encode('쀍')].map((id) => decoder.push(id)),
    ['', '', '쀍'],
  )
})
