import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scoringGraph } from '../../model/model.ts'
import { openSession, type Values } from '../../model/session.ts'
import type { TokenSource, TrainConfig } from '../../pipeline/contract.ts'
import { FailedError } from '../../pipeline/contract.ts'
import { TAKEN_DOWN } from '../../tokenize/shards/format.ts'
import { openGradients } from '../../train/engines/onnx-gradients.ts'
import type { ComputeGradients, Gradients } from '../../train/loop.ts'
import { batchAt, initialState, trainingSteps } from '../../train/loop.ts'
import { config } from './fixture.ts'

/** Counts 3, 4, …, 39 again and again; window i begins at i · length. */
const counting: TokenSource = {
  tokens: 37,
  window: (index, length) => Uint16Array.from({ length: length + 1 }, (_, i) => 3 + ((index * length + i) % 37)),
}

async function lossesOf(change: Partial<TrainConfig>, source = counting): Promise<number[]> {
  const whole = { ...config, ...change }
  const engine = await openGradients(whole)
  const losses: number[] = []
  for await (const { loss } of trainingSteps(whole, initialState(whole), source, engine.compute)) losses.push(loss)
  await engine.close()
  return losses
}

test('the loss falls from a guess to almost nothing on a text that repeats', async () => {
  const losses = await lossesOf({ steps: 100 })
  assert.ok(Math.abs(losses[0]! - Math.log(40)) < 0.1, `starts at ${losses[0]}`)
  assert.ok(losses.at(-1)! < 0.2, `ends at ${losses.at(-1)}`)
})

test('one thread and two give the same losses, bit by bit', async () => {
  assert.deepEqual(await lossesOf({ steps: 5, threads: 2 }), await lossesOf({ steps: 5, threads: 1 }))
})

test('a step reads its windows by its own number alone, each token followed by its target', () => {
  const { tokens, targets } = batchAt(3, config, counting)
  assert.deepEqual([...tokens.subarray(32, 64)], [...counting.window(25, 32).subarray(0, 32)])
  assert.deepEqual([...targets.subarray(32, 64)], [...counting.window(25, 32).subarray(1)])
})

test('a batch in micro-batches has the loss and gradients of the batch in one', async () => {
  const long = { ...config, batch: 4, sequence: 1024, model: { ...config.model, context: 1024 } }
  const batch = batchAt(0, long, counting)
  const { weights } = initialState(long)
  const split = await openGradients(long)
  const { loss, gradients } = await split.compute(weights, batch)
  await split.close()
  const single = await openGradients({ ...long, batch: 1 })
  const row = (i: number) => ({
    tokens: batch.tokens.slice(i * 1024, (i + 1) * 1024),
    targets: batch.targets.slice(i * 1024, (i + 1) * 1024),
    mask: batch.mask.slice(i * 1024, (i + 1) * 1024),
  })
  const rows: Gradients[] = []
  for (let i = 0; i < 4; i++) rows.push(await single.compute(weights, row(i)))
  await single.close()
  const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`)
  close(
    loss,
    rows.reduce((total, one) => total + one.loss / 4, 0),
  )
  for (const [name, gradient] of gradients) {
    gradient.forEach((value, i) => {
      close(
        value,
        rows.reduce((total, one) => total + one.gradients.get(name)![i]! / 4, 0),
      )
    })
  }
})

/** As `counting`, with what was taken down from token 40 to 60 and from 70 to 75. */
const redacted: TokenSource = {
  tokens: 37,
  window: (index, length) =>
    counting.window(index, length).map((id, i) => {
      const at = index * length + i
      return (at >= 40 && at < 60) || (at >= 70 && at < 75) ? TAKEN_DOWN : id
    }),
}

test('what was taken down is no target: the mean and its gradients are over the others', async () => {
  const small = { ...config, batch: 4 }
  const batch = batchAt(0, small, redacted)
  const counted = [...batch.mask.keys()].filter((at) => batch.mask[at] === 1)
  assert.equal(counted.length, 4 * 32 - 25)
  assert.ok(batch.targets.every((target, at) => (target === TAKEN_DOWN) === (batch.mask[at] === 0)))

  const { weights } = initialState(small)
  const engine = await openGradients(small)
  const { loss, gradients } = await engine.compute(weights, batch)
  const scoring = await openSession(scoringGraph(small.model, 4, 32), 1)
  const feeds = new Map<string, Values>([...weights].map(([name, { data }]) => [name, data]))
  const losses = (await scoring.run(feeds.set('tokens', batch.tokens).set('targets', batch.targets))).get('loss')!
  await scoring.close()
  const mean = counted.reduce((sum, at) => sum + losses[at]!, 0) / counted.length
  assert.ok(Math.abs(loss - mean) < 1e-6, `${loss} is not ${mean}`)

  // Of two halves of the targets, each weighted by how many it has.
  const halves = [counted.slice(0, 50), counted.slice(50)].map((half) => ({
    share: half.length / counted.length,
    mask: batch.mask.map((_, at) => (half.includes(at) ? 1 : 0)),
  }))
  const parts: (Gradients & { readonly share: number })[] = []
  for (const { share, mask } of halves) parts.push({ share, ...(await engine.compute(weights, { ...batch, mask })) })
  await engine.close()
  for (const [name, gradient] of gradients) {
    gradient.forEach((value, i) => {
      const sum = parts.reduce((total, part) => total + part.share * part.gradients.get(name)![i]!, 0)
      assert.ok(Math.abs(value - sum) < 1e-6, `${name}[${i}]: ${value} is not ${sum}`)
    })
  }
})

test('in micro-batches the mean is over the batch: a part of which nothing counts adds nothing', async () => {
  const long = { ...config, batch: 3, sequence: 1024, model: { ...config.model, context: 1024 } }
  const whole = batchAt(0, long, counting)
  const { weights } = initialState(long)
  const engine = await openGradients(long)
  const all = await engine.compute(weights, whole)
  const mask = whole.mask.map((_, at) => (at < 1024 ? 0 : 1))
  const rest = await engine.compute(weights, { ...whole, mask })
  const first = await engine.compute(weights, { ...whole, mask: mask.map((one) => 1 - one) })
  await engine.close()
  assert.ok(Math.abs(all.loss * 3 - rest.loss * 2 - first.loss) < 1e-5)
})

test('a batch of which everything was taken down has loss 0 and gradients of 0, and training goes on', async () => {
  const nothing: TokenSource = { tokens: 1, window: (_, length) => new Uint16Array(length + 1).fill(TAKEN_DOWN) }
  const engine = await openGradients(config)
  const state = initialState(config)
  const { loss, gradients } = await engine.compute(state.weights, batchAt(0, config, nothing))
  await engine.close()
  assert.equal(loss, 0)
  for (const [name, gradient] of gradients)
    assert.ok(
      gradient.every((value) => Math.abs(value) === 0),
      name,
    )
  assert.deepEqual(await lossesOf({ steps: 3 }, nothing), [0, 0, 0])
})

test('a loss that is no number ends the training and names the step', async () => {
  let calls = 0
  const failing: ComputeGradients = async (weights) => ({
    loss: ++calls === 3 ? Number.NaN : 1,
    gradients: new Map([...weights].map(([name, { data }]) => [name, new Float32Array(data.length)])),
  })
  const run = Array.fromAsync(trainingSteps(config, initialState(config), counting, failing))
  await assert.rejects(
    run,
    (error) => error instanceof FailedError && /diverged at step 3: the loss is NaN/.test(error.message),
  )
})

test('a token outside the vocabulary ends the training and is named', async () => {
  const foreign: TokenSource = { tokens: 1, window: (_, length) => new Uint16Array(length + 1).fill(40) }
  await assert.rejects(lossesOf({}, foreign), /holds the token 40, the model's vocabulary has 40/)
})
