/** The bytes of postings, and the lists in them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createBuilder } from '../../../store/search/builder.ts'
import { decodePlaces, encodePlaces, intersect, unite } from '../../../store/search/places.ts'
import { lookupOf, termsOf } from '../../../store/search/terms.ts'

const places = fc
  .uniqueArray(fc.oneof(fc.nat(300), fc.nat(2 ** 20)))
  .map((list) => Uint32Array.from(list.sort((a, b) => a - b)))

test('places come back as they were', () => {
  fc.assert(fc.property(places, (list) => assert.deepEqual(decodePlaces(encodePlaces(list), list.length), list)))
})

test('lists are met and united as sets are', () => {
  fc.assert(
    fc.property(places, places, places, (a, b, c) => {
      const sorted = (set: ReadonlySet<number>) => Uint32Array.from([...set].sort((x, y) => x - y))
      assert.deepEqual(Uint32Array.from(intersect(a, b)), sorted(new Set(a).intersection(new Set(b))))
      assert.deepEqual(unite([a, b, c].filter(({ length }) => length > 0)), sorted(new Set([...a, ...b, ...c])))
    }),
  )
})

const character = fc.constantFrom(...'가나다각힣漢字aAzZ19ß ſKΣς.,\n-𠮷😀é')
const text = fc.array(character, { maxLength: 60 }).map((list) => list.join(''))

test('a segment in memory holds each text under each of its terms, once', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 300, size: 'max' }), (texts) => {
      const builder = createBuilder()
      const expected = new Map<number, number[]>()
      for (const [index, body] of texts.entries()) {
        builder.add(7 + index * 3, body)
        for (const term of termsOf(body)) expected.set(term, [...(expected.get(term) ?? []), 7 + index * 3])
      }
      const built = [...builder.postings()].map((posting): [number, number[]] => [
        posting.term,
        Array.from(decodePlaces(posting.places, posting.texts), (place) => place + builder.first),
      ])
      assert.deepEqual(
        built,
        [...expected].sort(([a], [b]) => a - b),
      )
    }),
    { numRuns: 30 },
  )
})

test('many terms in many texts are all there', () => {
  const builder = createBuilder()
  const letter = (at: number) => String.fromCharCode(0xac00 + (at % 11_172))
  const count = 12_000
  for (let at = 0; at < count; at++) builder.add(at, `가나 ${letter(at)}${letter(at * 7 + 1)}`)
  const postings = [...builder.postings()]
  assert.equal(
    postings.reduce((sum, { texts }) => sum + texts, 0),
    Array.from({ length: count }, (_, at) => termsOf(`가나 ${letter(at)}${letter(at * 7 + 1)}`).size).reduce(
      (sum, size) => sum + size,
      0,
    ),
  )
  const everywhere = postings.filter(({ texts }) => texts === count)
  assert.equal(everywhere.length, 2)
  for (const { texts, places } of everywhere)
    assert.deepEqual(
      decodePlaces(places, texts),
      Uint32Array.from({ length: count }, (_, at) => at),
    )
})

test('a piece is looked up only by what every text around it has', () => {
  fc.assert(
    fc.property(text, text, text, (before, piece, after) => {
      const lookup = lookupOf(piece)
      if (!lookup) return
      const terms = termsOf(before + piece + after)
      if (lookup.kind === 'terms') assert.ok(lookup.terms.every((term) => terms.has(term)))
      else assert.ok([...terms].some((term) => term >= lookup.from && term <= lookup.to))
    }),
    { numRuns: 2_000 },
  )
})

test('letters that a pattern takes for the same but for case have the same term', () => {
  const cased = Array.from({ length: 0x1ffff }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((letter) => letter.toLowerCase() !== letter || letter.toUpperCase() !== letter)
  const all = cased.join('')
  const termOf = (letter: string) => [...termsOf(letter)].join()
  const different = cased.filter((letter) =>
    (all.match(new RegExp(letter, 'giu')) ?? []).some((same) => termOf(same) !== termOf(letter)),
  )
  assert.deepEqual(different, [])
})
