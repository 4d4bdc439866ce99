import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenSource, TrainConfig } from '../../pipeline/contract.ts'
import { FailedError } from '../../pipeline/contract.ts'
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
