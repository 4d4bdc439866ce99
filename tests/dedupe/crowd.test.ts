/** The kept rows of a crowded band key: no similar pair is ruled out, and most others are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCrowd } from '../../dedupe/crowd.ts'
import { isSimilar } from '../../dedupe/jaccard.ts'

/** Sets around a common core, so that similar pairs of all sizes are common. */
const sets = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.uniqueArray(fc.nat(80), { maxLength: 8 }))
    .map(([core, extra]) =>
      Uint32Array.from(new Set([...Array.from({ length: core }, (_, i) => i * 2), ...extra])).sort(),
    ),
  { minLength: 2, maxLength: 12 },
)

test('every pair that is similar is found, whatever the sample by which the crowd is ordered', () => {
  fc.assert(
    fc.property(sets, fc.integer({ min: 1, max: 1000 }), fc.nat(12), (all, perMille, sampled) => {
      const crowd = createCrowd(all.slice(0, sampled), perMille)
      for (const [row, set] of all.entries()) {
        const found = crowd.partners(set)
        const similar = all.slice(0, row).flatMap((other, i) => {
          const common = new Set(set).intersection(new Set(other)).size
          return isSimilar(common, set.length + other.length - common, perMille) ? [i] : []
        })
        assert.deepEqual(
          similar.filter((i) => !found.includes(i)),
          [],
        )
        crowd.add(row, set)
      }
    }),
    { numRuns: 3000 },
  )
})

test('pages of one template that differ in half of their text are no partners of each other', () => {
  const page = (number: number) =>
    Uint32Array.from({ length: 400 }, (_, i) =>
      i < 200 ? i * 1000 : Math.imul(number * 400 + i, 0x9e3779b1) >>> 0,
    ).sort()
  const pages = Array.from({ length: 300 }, (_, number) => page(number))
  const crowd = createCrowd(pages.slice(0, 50), 800)
  for (const [row, set] of pages.entries()) crowd.add(row, set)
  assert.deepEqual(
    pages.map((set) => crowd.partners(set)),
    pages.map((_, row) => [row]),
  )
})
