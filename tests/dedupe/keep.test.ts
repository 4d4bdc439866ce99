/** The rule of deduplication, for any relation between documents. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Edge, type KeptIndex, keeper } from '../../dedupe/keep.ts'

type Relation = (u: number, v: number) => boolean

/** keep(v) ⇔ no u < v with an edge that is kept; owner(v) is the lowest: the definition, word for word. */
function byDefinition(count: number, edge: Relation): (number | null)[] {
  const ranks = Array.from({ length: count }, (_, rank) => rank)
  const keep = (v: number): boolean => owner(v) === null
  const owner = (v: number): number | null => ranks.find((u) => u < v && edge(u, v) && keep(u)) ?? null
  return ranks.map(owner)
}

/** An index of any relation; edges come in an order of its own. */
function indexOf(edge: Relation, reversed: boolean): KeptIndex<number> {
  const kept: number[] = []
  return {
    edges: (v) => {
      const edges: Edge[] = kept.filter((u) => edge(u, v)).map((rank) => ({ rank, intersection: 1, union: 2 }))
      return reversed ? edges.toReversed() : edges
    },
    add: (_, rank) => {
      kept.push(rank)
    },
  }
}

const relation = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 20 }))
  .map(([count, pairs]) => {
    const edges = new Set(pairs.flatMap(([u, v]) => [`${u} ${v}`, `${v} ${u}`]))
    return { count, edge: (u: number, v: number) => edges.has(`${u} ${v}`) }
  })

test('what is kept and who owns what equals the definition, for any symmetric relation and order of edges', () => {
  fc.assert(
    fc.property(relation, fc.boolean(), ({ count, edge }, reversed) => {
      const ownerOf = keeper(indexOf(edge, reversed))
      const found = Array.from({ length: count }, (_, v) => ownerOf(v)?.rank ?? null)
      assert.deepEqual(found, byDefinition(count, edge))
    }),
    { numRuns: 1000 },
  )
})

test('a chain a~b~c drops b and keeps c', () => {
  const ownerOf = keeper(indexOf((u, v) => Math.abs(u - v) === 1, false))
  assert.deepEqual(
    [0, 1, 2].map((v) => ownerOf(v)?.rank ?? null),
    [null, 0, null],
  )
})
