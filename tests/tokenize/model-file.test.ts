import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FailedError } from '../../pipeline/contract.ts'
import { createTokenizer } from '../../tokenize/encoder.ts'
import { type PieceModel, readModel, writeModel } from '../../tokenize/model-file.ts'
import { SAMPLE_SIZE, sampleModel } from './samples.ts'

test('a model read and written again has the same bytes', async () => {
  const bytes = await sampleModel()
  assert.deepEqual(writeModel(readModel(bytes)), bytes)
})

test('a model says what it was trained with, and nothing of where or when', async () => {
  const { trainer, normalizer, pieces } = readModel(await sampleModel())
  assert.equal(pieces.length, SAMPLE_SIZE)
  assert.deepEqual([trainer.algorithm, trainer.byteFallback, trainer.pad], ['bpe', true, -1])
  assert.deepEqual(
    [normalizer.name, normalizer.charsMap.length, normalizer.addDummyPrefix, normalizer.removeExtraWhitespaces],
    ['identity', 0, false, false],
  )
})

test('bytes that are no model, and a model cut anywhere, fail with a clear error or lose whole pieces only', async () => {
  const bytes = await sampleModel()
  assert.throws(() => readModel(new TextEncoder().encode('<!doctype html>')), FailedError)
  assert.throws(() => readModel(new Uint8Array()), /holds no pieces/u)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), (length) => {
      try {
        createTokenizer(bytes.subarray(0, length))
      } catch (error) {
        assert.ok(error instanceof FailedError, String(error))
        return
      }
      assert.fail(`a model cut to ${length} bytes was taken`)
    }),
  )
})

test('a model whose settings we do not encode with is refused, and the setting named', async () => {
  const model = readModel(await sampleModel())
  const variants: [RegExp, PieceModel][] = [
    [/unigram/u, { ...model, trainer: { ...model.trainer, algorithm: 'unigram' } }],
    [/byte fallback/u, { ...model, trainer: { ...model.trainer, byteFallback: false } }],
    [/add_dummy_prefix/u, { ...model, normalizer: { ...model.normalizer, addDummyPrefix: true } }],
    [/remove_extra/u, { ...model, normalizer: { ...model.normalizer, removeExtraWhitespaces: true } }],
    [/nmt_nfkc/u, { ...model, normalizer: { ...model.normalizer, name: 'nmt_nfkc', charsMap: new Uint8Array(8) } }],
    [/user-defined/u, { ...model, pieces: [...model.pieces, { text: '[전화]', score: 0, type: 'user-defined' }] }],
    [/elsewhere/u, { ...model, pieces: [...model.pieces, { text: '가▁', score: -999, type: 'normal' }] }],
  ]
  for (const [reason, variant] of variants) assert.throws(() => createTokenizer(writeModel(variant)), reason)
})
