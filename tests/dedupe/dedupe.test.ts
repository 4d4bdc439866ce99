/** Exact duplicates in a collection. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dedupe, type RankedDocument } from '../../dedupe/dedupe.ts'

test('texts that differ in white space or composition are one text; the lowest rank owns the others', async () => {
  const duplicates = await dedupe([
    { id: 'c', rank: 30, text: '한글\n날' },
    { id: 'a', rank: 10, text: '한글 날' },
    { id: 'd', rank: 40, text: '한글날.' },
    { id: 'b', rank: 20, text: '한글날'.normalize('NFD') },
  ])
  const one = { owner: 'a', intersection: 1, union: 1 }
  assert.deepEqual(
    [...duplicates],
    [
      ['b', one],
      ['c', one],
    ],
  )
})

test('the result does not depend on the order or the portions in which documents arrive', async () => {
  const documents = fc
    .array(fc.constantFrom('가', '가 ', '나', '다', ' 다', '라'), { maxLength: 12 })
    .map((texts) => texts.map((text, rank): RankedDocument => ({ id: `d${rank}`, text, rank })))
  const shuffled = documents.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.nat(12)),
  )
  await fc.assert(
    fc.asyncProperty(shuffled, async ([inOrder, arrived, cut]) => {
      async function* portions(): AsyncIterable<RankedDocument> {
        for (const portion of [arrived.slice(cut), arrived.slice(0, cut)]) {
          await Promise.resolve()
          yield* portion
        }
      }
      assert.deepEqual([...(await dedupe(portions()))], [...(await dedupe(inOrder))])
      const naive = inOrder.flatMap(({ id, text, rank }) => {
        const owner = inOrder.find((other) => other.rank < rank && other.text.trim() === text.trim())
        return owner === undefined ? [] : [[id, owner.id]]
      })
      assert.deepEqual(
        [...(await dedupe(inOrder))].map(([id, { owner }]) => [id, owner]),
        naive,
      )
    }),
  )
})

test('two documents of one rank are refused', async () => {
  await assert.rejects(
    dedupe([
      { id: 'a', rank: 1, text: '가' },
      { id: 'b', rank: 1, text: '나' },
    ]),
    /same rank/,
  )
})
