import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import {
  buildSelection,
  documentIdentity,
  inValidation,
  orderKey,
  readSelection,
  type SelectableDocument,
} from '../../tokenize/training-set.ts'

/** Every document a length of its own, so that entries can be told apart. */
function corpus(documents: number, from = 0): SelectableDocument[] {
  return Array.from({ length: documents }, (_, index) => ({
    identity: documentIdentity('news', `https://example.com/${from + index}`),
    shard: (from + index) % 3,
    start: (from + index) * 1000,
    length: 1 + from + index,
  }))
}

const OPTIONS = { seed: 42, validationShare: 0.1 }
const lengthsOf = (selection: Uint8Array): number[] => readSelection(selection).map(({ length }) => length)

test('every document is in one of the two splits, once, with its place', () => {
  const documents = corpus(500)
  const { train, validation, ...counts } = buildSelection(documents, OPTIONS)
  const entries = [...readSelection(train), ...readSelection(validation)]
  const places = documents.map(({ shard, start, length }) => ({ shard, start, length }))
  const byStart = (a: { start: number }, b: { start: number }): number => a.start - b.start
  assert.deepEqual(entries.sort(byStart), places)
  assert.equal(counts.trainDocuments + counts.validationDocuments, 500)
  assert.equal(counts.trainTokens + counts.validationTokens, (500 * 501) / 2)
  assert.ok(counts.validationDocuments > 25 && counts.validationDocuments < 75, String(counts.validationDocuments))
})

test('the layout is uint64 (shard << 40 | start), uint64 tokens, little-endian', () => {
  const start = 2 ** 39 + 5
  const { train } = buildSelection([{ identity: 'a', shard: 70_000, start, length: 9 }], {
    seed: 1,
    validationShare: 0,
  })
  const view = new DataView(train.buffer)
  assert.equal(view.getBigUint64(0, true), (70_000n << 40n) | BigInt(start))
  assert.equal(view.getBigUint64(8, true), 9n)
  assert.deepEqual(readSelection(train), [{ shard: 70_000, start, length: 9 }])
})

test('the order in which documents are given changes no byte', () => {
  const documents = corpus(200)
  fc.assert(
    fc.property(fc.shuffledSubarray(documents, { minLength: 200, maxLength: 200 }), (shuffled) => {
      assert.deepEqual(buildSelection(shuffled, OPTIONS), buildSelection(documents, OPTIONS))
    }),
    { numRuns: 10 },
  )
})

test('documents that come later move no other: not across the split, nor past each other', () => {
  const before = buildSelection(corpus(300), OPTIONS)
  const after = buildSelection([...corpus(100, 300), ...corpus(300)], OPTIONS)
  for (const side of ['train', 'validation'] as const)
    assert.deepEqual(
      lengthsOf(after[side]).filter((length) => length <= 300),
      lengthsOf(before[side]),
    )
})

test('a revision keeps its side and its turn: only identity is asked', () => {
  const documents = corpus(300)
  const revised = documents.map((document) => ({ ...document, shard: 7, start: document.start + 5e6 }))
  for (const side of ['train', 'validation'] as const)
    assert.deepEqual(
      lengthsOf(buildSelection(revised, OPTIONS)[side]),
      lengthsOf(buildSelection(documents, OPTIONS)[side]),
    )
})

test('a larger share only adds to validation; share 0 holds out none, 1 all', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (identity, seed, share) => {
      if (inValidation(identity, seed, share / 2)) assert.ok(inValidation(identity, seed, share))
      assert.ok(!inValidation(identity, seed, 0))
      assert.ok(inValidation(identity, seed, 1))
    }),
  )
})

test('another seed or epoch is another order; the split depends on the seed alone', () => {
  const documents = corpus(100)
  const orders = [
    buildSelection(documents, { seed: 1, validationShare: 0 }),
    buildSelection(documents, { seed: 2, validationShare: 0 }),
    buildSelection(documents, { seed: 1, validationShare: 0, epoch: 1 }),
  ].map(({ train }) => lengthsOf(train).join())
  assert.equal(new Set(orders).size, 3)
  const sides = [0, 1].map((epoch) => lengthsOf(buildSelection(documents, { ...OPTIONS, epoch }).validation).sort())
  assert.deepEqual(sides[0], sides[1])
})

test('the verdicts are the same on every machine', () => {
  // First 48 bits of SHA-256 over the length-prefixed fields, worked out with Python's hashlib.
  assert.equal(orderKey('news\nhttps://example.com/1', 42), 83_088_731_677_162)
  assert.equal(inValidation('news\nhttps://example.com/1', 42, 0.1), false)
})

test('what the layout cannot hold, and a share or seed that is none, are refused', () => {
  const place = { identity: 'a', shard: 0, start: 0, length: 1 }
  for (const wrong of [{ shard: 2 ** 24 }, { start: 2 ** 40 }, { start: 0.5 }, { length: 0 }])
    assert.throws(() => buildSelection([{ ...place, ...wrong }], OPTIONS), FailedError)
  assert.throws(() => inValidation('a', 1, 1.5), UsageError)
  assert.throws(() => inValidation('a', 0.5, 0.5), UsageError)
  assert.throws(() => readSelection(new Uint8Array(17)), /cut/u)
})
