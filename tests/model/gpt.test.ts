import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parameterCount, presets, validateModel } from '../../model/config.ts'
import { meanOfAll } from '../../model/graph/composites.ts'
import { gradients } from '../../model/graph/gradient.ts'
import { type Node, topologicalOrder } from '../../model/graph/node.ts'
import { evaluate } from '../../model/graph/reference.ts'
import { gradientName, parametersOf, scoringGraph, trainingGraph } from '../../model/model.ts'
import { openSession } from '../../model/session.ts'
import { initialWeights } from '../../model/weights.ts'
import type { ModelConfig } from '../../pipeline/contract.ts'
import { UsageError } from '../../pipeline/contract.ts'

const tiny: ModelConfig = {
  architecture: 'gpt',
  vocabSize: 7,
  context: 4,
  layers: 2,
  width: 4,
  heads: 2,
  ffn: 6,
  dropout: 0,
}
const tokens = Int32Array.of(1, 3, 5, 0, 2, 6)
const targets = Int32Array.of(3, 5, 2, 2, 6, 1)

/** Weights far from their small start, so that no gradient is too small to compare. */
function livelyFeeds(): Map<string, Float64Array> {
  const feeds = new Map<string, Float64Array>()
  for (const [name, { data }] of initialWeights(tiny, 3)) {
    feeds.set(
      name,
      Float64Array.from(data, (w, i) => w * 20 + Math.sin(i + name.length) * 0.3),
    )
  }
  return feeds
    .set('tokens', Float64Array.from(tokens))
    .set('targets', Float64Array.from(targets))
    .set('mask', new Float64Array(6).fill(1))
}

test('the gradient of a whole gpt equals finite differences, for every parameter, where targets are masked too', () => {
  const graph = trainingGraph(tiny, 2, 3)
  const feeds = livelyFeeds().set('mask', Float64Array.of(1, 1, 0, 1, 0, 1))
  const loss = (values: ReadonlyMap<string, Float64Array>): number => evaluate([graph.loss!], values)[0]![0]!
  const names = parametersOf(tiny).map(({ name }) => name)
  const analytic = evaluate(
    names.map((name) => graph[gradientName(name)]!),
    feeds,
  )
  names.forEach((name, n) => {
    const values = feeds.get(name)!
    // Some elements of each parameter, spread over it; all would take minutes.
    for (let i = 0; i < values.length; i += Math.ceil(values.length / 3)) {
      const moved = (delta: number) => loss(new Map(feeds).set(name, values.with(i, values[i]! + delta)))
      const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5
      assert.ok(
        Math.abs(analytic[n]![i]! - slope) < 1e-7 + 1e-6 * Math.abs(slope),
        `${name}[${i}]: ${analytic[n]![i]} is not ${slope}`,
      )
    }
  })
})

test('onnxruntime computes the loss and every gradient of a gpt as the reference does', async () => {
  const graph = trainingGraph(tiny, 2, 3)
  const feeds = new Map<string, Float32Array | Int32Array>(
    [...livelyFeeds()].map(([name, values]) => [name, Float32Array.from(values)]),
  )
  feeds
    .set('tokens', tokens)
    .set('targets', targets)
    .set('mask', Float32Array.of(1, 0, 1, 1, 1, 0))
  const session = await openSession(graph, 2)
  const results = await session.run(feeds)
  await session.close()
  const expected = evaluate(Object.values(graph), feeds)
  Object.keys(graph).forEach((name, n) => {
    expected[n]!.forEach((value, i) => {
      assert.ok(Math.abs(results.get(name)![i]! - value) < 2e-5 * Math.max(1, Math.abs(value)), `${name}[${i}]`)
    })
  })
})

test('a mask without a zero changes no bit of the loss and of any gradient', async () => {
  const masked = trainingGraph(tiny, 2, 3)
  const { loss: tokenLoss } = scoringGraph(tiny, 2, 3)
  const loss = meanOfAll(tokenLoss!)
  const names = parametersOf(tiny).map(({ name }) => name)
  const inputs = new Map<string, Node>()
  for (const node of topologicalOrder([loss])) if (node.op.kind === 'input') inputs.set(node.op.name, node)
  const plain = Object.fromEntries(
    gradients(
      loss,
      names.map((name) => inputs.get(name)!),
    ).map((gradient, i) => [gradientName(names[i]!), gradient]),
  )
  const feeds = new Map<string, Float32Array | Int32Array>(
    [...livelyFeeds()].map(([name, values]) => [name, Float32Array.from(values)]),
  )
  feeds.set('tokens', tokens).set('targets', targets)
  const sessions = await Promise.all([openSession(masked, 1), openSession({ loss, ...plain }, 1)])
  const [one, other] = await Promise.all(sessions.map((session) => session.run(feeds)))
  assert.deepEqual(one, other)
  for (const session of sessions) await session.close()
})

test('a position does not see what comes after it', () => {
  const { loss } = scoringGraph(tiny, 1, 4)
  const score = (ids: number[]) =>
    evaluate([loss!], livelyFeeds().set('tokens', Float64Array.from(ids)).set('targets', new Float64Array(4)))[0]!
  const [one, other] = [score([1, 2, 3, 4]), score([1, 2, 6, 5])]
  assert.deepEqual(one.subarray(0, 2), other.subarray(0, 2))
  assert.notEqual(one[2], other[2])
})

test('a model starts at the loss of a guess, and the same from the same seed', () => {
  const config: ModelConfig = { ...tiny, vocabSize: 50, width: 8 }
  const weights = initialWeights(config, 1)
  assert.deepEqual(weights, initialWeights(config, 1))
  assert.notDeepEqual(weights, initialWeights(config, 2))
  const feeds = new Map<string, ArrayLike<number>>([...weights].map(([name, { data }]) => [name, data]))
  const { loss } = trainingGraph(config, 1, 4)
  const [value] = evaluate(
    [loss!],
    feeds.set('tokens', [1, 2, 3, 4]).set('targets', [2, 3, 4, 5]).set('mask', [1, 1, 1, 1]),
  )
  assert.ok(Math.abs(value![0]! - Math.log(50)) < 0.05)
})

test('the presets have the sizes they are named for', () => {
  const count = (preset: keyof typeof presets, vocabSize: number) => parameterCount({ ...presets[preset], vocabSize })
  assert.equal(count('seed', 16_000), 42_112_000)
  for (const [preset, millions, vocabSize] of [
    ['test', 1, 4000],
    ['mini', 50, 16_000],
    ['small', 110, 16_000],
    ['base', 150, 16_000],
  ] as const) {
    const ratio = count(preset, vocabSize) / (millions * 1e6)
    assert.ok(ratio > 0.8 && ratio < 1.25, `${preset} has ${count(preset, vocabSize)} parameters`)
    validateModel({ ...presets[preset], vocabSize })
  }
})

test('a model that cannot be is refused with the value named', () => {
  const refused = (change: Partial<ModelConfig>, what: RegExp) =>
    assert.throws(
      () => validateModel({ ...tiny, ...change }),
      (error) => error instanceof UsageError && what.test(error.message),
    )
  refused({ width: 6, heads: 4 }, /width 6 is not divisible by model.heads 4/)
  refused({ vocabSize: 65_536 }, /below 65,536/)
  refused({ layers: 0 }, /model.layers is 0/)
  refused({ dropout: 0.1 }, /dropout is 0.1/)
})
