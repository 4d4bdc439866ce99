/** How much of each source a dataset takes: the laws of caps and shares, for any documents. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type LeftOut, leftOutOf, type Mixed, type Mixture } from '../../dedupe/mixture.ts'

const SOURCES = ['hani', 'town', 'wiki'] as const
const document = fc.record({
  source: fc.constantFrom(...SOURCES),
  identity: fc.integer({ min: 0, max: 100_000 }).map(String),
  bytes: fc.integer({ min: 1, max: 3_000 }),
})
const documents = fc.uniqueArray(document, { selector: ({ identity }) => identity, minLength: 1, maxLength: 60 })
const cap = fc.record(
  { documents: fc.integer({ min: 1, max: 20 }), bytes: fc.integer({ min: 1, max: 20_000 }) },
  {
    requiredKeys: [],
  },
)
const caps = fc.record({ hani: cap, town: cap, wiki: cap }, { requiredKeys: [] }).map(defined)
const shares = fc.tuple(...SOURCES.map(() => fc.integer({ min: 1, max: 100 }))).map((parts) => {
  const sum = parts.reduce((total, part) => total + part, 0)
  return Object.fromEntries(SOURCES.map((source, index) => [source, (parts[index] ?? 0) / sum]))
})
const seed = fc.nat(1000)

/** Without the fields that are not there. */
function defined(
  record: Readonly<Record<string, { documents?: number; bytes?: number } | undefined>>,
): Mixture['caps'] {
  return Object.fromEntries(Object.entries(record).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

interface Portion {
  readonly taken: readonly Mixed[]
  readonly bytes: number
}

function portion(all: readonly Mixed[], left: ReadonlyMap<number, LeftOut>, source: string): Portion {
  const taken = all.filter((each, place) => each.source === source && !left.has(place))
  return { taken, bytes: bytesOf(taken) }
}

const bytesOf = (all: readonly Mixed[]) => all.reduce((sum, { bytes }) => sum + bytes, 0)
const identities = (all: readonly Mixed[], left: ReadonlyMap<number, LeftOut>) =>
  new Map(all.map(({ identity }, place) => [identity, left.get(place) ?? null]))

test('no cap is ever exceeded, and what is left out for a cap would exceed it', () => {
  fc.assert(
    fc.property(documents, caps, seed, (all, caps, seed) => {
      const left = leftOutOf(all, { caps, shares: null, seed })
      for (const source of SOURCES) {
        const { documents: most = Infinity, bytes: mostBytes = Infinity } = caps[source] ?? {}
        const { taken, bytes } = portion(all, left, source)
        const lost = all.filter((each, place) => each.source === source && left.has(place))
        assert.ok(taken.length <= most && bytes <= mostBytes)
        if (lost.length === 0) continue
        const next = Math.max(...lost.map((each) => each.bytes))
        assert.ok(taken.length === most || bytes + next > mostBytes, 'not even the next one had a place')
      }
      assert.ok([...left.values()].every((reason) => reason === 'cap'))
    }),
  )
})

test('with shares each source gives its part of what the scarcest allows, short of it by less than one document', () => {
  fc.assert(
    fc.property(documents, caps, shares, seed, (all, caps, shares, seed) => {
      const capped = leftOutOf(all, { caps, shares: null, seed })
      const left = leftOutOf(all, { caps, shares, seed })
      const sizes = SOURCES.map((source) => portion(all, capped, source).bytes)
      const total = Math.min(...SOURCES.map((source, index) => sizes[index]! / shares[source]!))
      for (const source of SOURCES) {
        const { bytes } = portion(all, left, source)
        const part = total * shares[source]!
        assert.ok(bytes <= part + 1e-6, `${source} has ${bytes} of ${part}`)
        const lost = all.filter((each, place) => each.source === source && left.get(place) === 'mixture')
        if (lost.length > 0) assert.ok(bytes + Math.max(...lost.map((each) => each.bytes)) > part - 1)
      }
    }),
  )
})

test('the scarcest source is taken whole', () => {
  fc.assert(
    fc.property(documents, shares, seed, (all, shares, seed) => {
      const left = leftOutOf(all, { caps: {}, shares, seed })
      const sizes = SOURCES.map((source) => bytesOf(all.filter((each) => each.source === source)))
      const needs = SOURCES.map((source, index) => sizes[index]! / shares[source]!)
      const scarcest = SOURCES[needs.indexOf(Math.min(...needs))]!
      assert.ok(all.every((each, place) => each.source !== scarcest || !left.has(place)))
    }),
  )
})

test('a source that has nothing leaves nothing of the others', () => {
  const all = [{ source: 'hani', identity: '1', bytes: 10 }]
  const left = leftOutOf(all, { caps: {}, shares: { hani: 0.5, wiki: 0.5 }, seed: 0 })
  assert.deepEqual([...left], [[0, 'mixture']])
})

test('the order in which documents are given changes nothing', () => {
  const shuffled = documents.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
  )
  fc.assert(
    fc.property(shuffled, caps, fc.option(shares), seed, ([all, other], caps, shares, seed) => {
      const rule = { caps, shares, seed }
      const byIdentity = identities(other, leftOutOf(other, rule))
      for (const [identity, reason] of identities(all, leftOutOf(all, rule)))
        assert.equal(byIdentity.get(identity), reason)
    }),
  )
})

test('documents that come to a capped source move at most as many out, none in, and none of another source', () => {
  const law = fc.property(documents, fc.integer({ min: 1, max: 20 }), seed, (all, most, seed) => {
    const old = all.filter((_, place) => place % 4 !== 0)
    const come = all.length - old.length
    const rule = {
      caps: Object.fromEntries(SOURCES.map((source) => [source, { documents: most }])),
      shares: null,
      seed,
    }
    const [before, after] = [identities(old, leftOutOf(old, rule)), identities(all, leftOutOf(all, rule))]
    const moved = old.filter(({ identity }) => before.get(identity) !== after.get(identity))
    assert.ok(moved.length <= come && moved.every(({ identity }) => before.get(identity) === null))
    const touched = new Set(all.filter((_, place) => place % 4 === 0).map(({ source }) => source))
    assert.ok(moved.every(({ source }) => touched.has(source)))
  })
  fc.assert(law)
})

test('with shares a night moves documents of another source only one way: in where there is more room, else out', () => {
  fc.assert(
    fc.property(documents, documents, shares, seed, (first, second, shares, seed) => {
      const known = new Set(first.map(({ identity }) => identity))
      const come = second.filter(({ source, identity }) => source === 'hani' && !known.has(identity))
      const all = [...first, ...come]
      const rule = { caps: {}, shares, seed }
      const [before, after] = [identities(first, leftOutOf(first, rule)), identities(all, leftOutOf(all, rule))]
      for (const source of ['town', 'wiki']) {
        const own = first.filter((each) => each.source === source)
        const gained = own.filter(({ identity }) => before.get(identity) !== null && after.get(identity) === null)
        const lost = own.filter(({ identity }) => before.get(identity) === null && after.get(identity) !== null)
        assert.ok(lost.length === 0, 'more of one source leaves no less room for the others')
        assert.ok(gained.length === 0 || come.length > 0)
      }
    }),
  )
})

test('another seed takes others', () => {
  const all = Array.from({ length: 40 }, (_, index) => ({ source: 'wiki', identity: `${index}`, bytes: 10 }))
  const taken = (seed: number) => [...leftOutOf(all, { caps: { wiki: { documents: 20 } }, shares: null, seed }).keys()]
  assert.notDeepEqual(taken(0).toSorted(), taken(1).toSorted())
})
