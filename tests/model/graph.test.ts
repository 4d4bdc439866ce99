import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { gradients } from '../../model/graph/gradient.ts'
import type { Node } from '../../model/graph/node.ts'
import { topologicalOrder } from '../../model/graph/node.ts'
import * as ops from '../../model/graph/ops.ts'
import { evaluate } from '../../model/graph/reference.ts'
import { openSession } from '../../model/session.ts'
import { assemble, cases } from './cases.ts'
import { numericalGradient, weightedSum } from './numerical.ts'

describe('the gradient of every primitive and composite equals finite differences', () => {
  for (const one of cases) {
    test(one.name, () => {
      const { output, inputs, feeds } = assemble(one)
      const loss = weightedSum(output)
      const floats = [...inputs.values()].filter(({ type }) => type === 'float')
      const analytic = evaluate(gradients(loss, floats), feeds)
      floats.forEach((node, i) => {
        if (node.op.kind !== 'input') throw new Error('a case has inputs only')
        const numerical = numericalGradient(loss, feeds, node.op.name)
        numerical.forEach((slope, at) => {
          const found = analytic[i]?.[at] ?? Number.NaN
          assert.ok(Math.abs(found - slope) <= 1e-6 * Math.max(1, Math.abs(slope)), `${found} is not ${slope}`)
        })
      })
    })
  }

  test('every primitive has a case', () => {
    const all = {
      input: 0,
      constant: 0,
      fill: 0,
      neg: 0,
      exp: 0,
      log: 0,
      sqrt: 0,
      erf: 0,
      add: 0,
      sub: 0,
      mul: 0,
      div: 0,
      sum: 0,
      max: 0,
      softmax: 0,
      matmul: 0,
      reshape: 0,
      expand: 0,
      stop: 0,
      transpose: 0,
      gather: 0,
      scatter: 0,
      pick: 0,
      place: 0,
    } satisfies Record<Node['op']['kind'], 0>
    const covered = new Set(cases.map(({ kind }) => kind))
    assert.deepEqual(
      Object.keys(all).filter((kind) => !covered.has(kind as Node['op']['kind'])),
      [],
    )
  })
})

test('onnxruntime computes every primitive, composite and gradient as the reference does', async () => {
  for (const one of cases) {
    const { output, inputs, feeds } = assemble(one)
    const floats = [...inputs.values()].filter(({ type }) => type === 'float')
    const loss = weightedSum(output)
    const nodes: Record<string, Node> = { output }
    gradients(loss, floats).forEach((gradient, i) => {
      nodes[`gradient${i}`] = gradient
    })
    const session = await openSession(nodes, 1)
    const typed = new Map(
      [...feeds].map(([name, values]) => [
        name,
        inputs.get(name)?.type === 'int' ? Int32Array.from(values) : Float32Array.from(values),
      ]),
    )
    const results = await session.run(typed)
    const expected = evaluate(Object.values(nodes), typed)
    Object.keys(nodes).forEach((name, i) => {
      const found = results.get(name) ?? new Float32Array()
      assert.equal(found.length, expected[i]?.length, `${one.name}: ${name}`)
      expected[i]?.forEach((value, at) => {
        assert.ok(
          Math.abs((found[at] ?? Number.NaN) - value) <= 2e-6 * Math.max(1, Math.abs(value)),
          `${one.name}: ${name}[${at}] is ${found[at]}, not ${value}`,
        )
      })
    })
    await session.close()
  }
})

test('a graph ten thousand nodes deep is ordered and differentiated', () => {
  const x = ops.input('x', [])
  let y = x
  for (let i = 0; i < 10_000; i++) y = ops.add(y, ops.scalar(1))
  assert.equal(topologicalOrder([y]).at(-1), y)
  assert.deepEqual(evaluate(gradients(y, [x]), new Map([['x', [0]]])), [Float64Array.of(1)])
})

test('the gradient of a product of sums obeys the product rule, for any shapes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (rows, columns) => {
      const [a, b] = [ops.input('a', [rows, columns]), ops.input('b', [rows, 1])]
      const [da, db] = gradients(weightedSum(ops.mul(a, b)), [a, b])
      assert.deepEqual(da?.shape, a.shape)
      assert.deepEqual(db?.shape, b.shape)
    }),
  )
})

test('shapes that do not fit are refused when the graph is built', () => {
  assert.throws(
    () => ops.matmul(ops.input('a', [2, 3]), ops.input('b', [2, 3])),
    /matmul does not accept float\[2, 3\]/,
  )
  assert.throws(() => ops.add(ops.input('a', [2, 3]), ops.input('b', [2])), /add does not accept/)
  assert.throws(() => ops.gather(ops.input('a', [2, 3]), ops.input('b', [2])), /gather does not accept/)
})
