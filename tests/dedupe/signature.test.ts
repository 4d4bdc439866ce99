/** What is remembered of a text, and what is compared of two. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nearDuplicates } from '../../dedupe/config.ts'
import { canBeSimilar, isSimilar, similarIntersection } from '../../dedupe/jaccard.ts'
import { lettersOf } from '../../dedupe/letters.ts'
import { bandKeys } from '../../dedupe/minhash.ts'
import { shinglesOf } from '../../dedupe/shingles.ts'
import { sign } from '../../dedupe/signature.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('가', 'ᄀ', 'ᅡ', 'ᆨ', ' ', '\u3000', 'é', '\ud800') }),
)

test('letters are those of NFC without what \\s matches, for any text, lone surrogates too', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const expected = text.normalize('NFC').replaceAll(/\s/g, '')
      assert.deepEqual(
        [...lettersOf(text)],
        Array.from({ length: expected.length }, (_, i) => expected.charCodeAt(i)),
      )
    }),
    { numRuns: 2000 },
  )
})

test('a long text has the same letters composed and decomposed, though it is normalised in pieces', () => {
  const text = '한글날에는 글을 읽고 씁니다. '.repeat(3000)
  assert.deepEqual(lettersOf(text.normalize('NFD')), lettersOf(text))
})

test('a text has one shingle for every run of letters, whatever else it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (units, size) => {
      const runs = new Set(units.flatMap((_, i) => (i + size <= units.length ? [units.slice(i, i + size).join()] : [])))
      const hashes = shinglesOf(Uint16Array.from(units), size)
      assert.equal(hashes.length, runs.size)
      assert.deepEqual(
        [...hashes],
        [...new Set(hashes)].toSorted((a, b) => a - b),
      )
    }),
  )
})

const set = fc.uniqueArray(fc.nat(60), { maxLength: 40 }).map((values) => Uint32Array.from(values).sort())

test('the intersection is exact where two sets are similar, and refused exactly where they are not', () => {
  fc.assert(
    fc.property(set, set, fc.integer({ min: 1, max: 1000 }), (a, b, perMille) => {
      const common = [...a].filter((value) => b.includes(value)).length
      const union = a.length + b.length - common
      const similar = common * 1000 >= perMille * union
      assert.equal(isSimilar(common, union, perMille), similar)
      assert.equal(similarIntersection(a, b, perMille), similar ? common : -1)
      if (similar) assert.ok(canBeSimilar(a.length, b.length, perMille), 'no pair is ruled out by its sizes alone')
    }),
    { numRuns: 3000 },
  )
})

test('sets agree in a minimum as often as they are similar, however small or large they are', () => {
  const single = { ...nearDuplicates, bands: 64, rows: 1 }
  for (const size of [10, 60, 200, 2000]) {
    let agreed = 0
    const rounds = 150
    for (let round = 0; round < rounds; round++) {
      const all = Uint32Array.from({ length: size }, (_, i) => spread(round * size + i))
      const a = all.slice(0, size * 0.9).sort()
      const b = all.slice(size * 0.1).sort()
      const [x, y] = [bandKeys(a, single), bandKeys(b, single)]
      agreed += x.filter((key, i) => key === y[i]).length
    }
    const share = agreed / (rounds * 64)
    assert.ok(Math.abs(share - 0.8) < 0.03, `${share} of the minima agree at J = .8, size ${size}`)
  }
})

/** A bijection of 32-bit integers, other than the one under test. */
function spread(value: number): number {
  let bits = Math.imul(value ^ 0x5bf03635, 0x2c1b3c6d)
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39)
  return (bits ^ (bits >>> 15)) >>> 0
}

test('white space and composition do not change a signature; a letter does', () => {
  const text = '가나다라마바사아자차카타파하 한글날에는 글을 읽고 씁니다. 겨울에는 도루묵과 양미리가 많이 팔린다.'
  assert.deepEqual(sign(text.normalize('NFD').replaceAll(' ', '\n\n'), nearDuplicates), sign(text, nearDuplicates))
  assert.notDeepEqual(sign(`${text}!`, nearDuplicates), sign(text, nearDuplicates))
})

test('a text of too few shingles counts as none, and one of many marks or a single long line is signed', () => {
  const { leastShingles, shingle } = nearDuplicates
  const letters = Array.from({ length: leastShingles + shingle - 1 }, (_, i) =>
    String.fromCharCode(0xac00 + i * 7),
  ).join('')
  assert.equal(sign(letters, nearDuplicates)[3], leastShingles)
  assert.equal(sign(letters.slice(1), nearDuplicates)[3], 0)
  assert.equal(sign('', nearDuplicates)[3], 0)
  assert.ok(sign(`가${'\u0301\u0316'.repeat(20_000)}`, { ...nearDuplicates, leastShingles: 1 })[3]! > 0)
  assert.equal(sign('가'.repeat(5_000_000), { ...nearDuplicates, leastShingles: 1 })[3], 1)
})
