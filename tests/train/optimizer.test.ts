import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { microBatch } from '../../train/engines/onnx-gradients.ts'
import { adamw, clipFactor, globalNorm } from '../../train/optimizer.ts'
import { learningRateAt, validateTraining } from '../../train/schedule.ts'
import { config } from './fixture.ts'

const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 0, weightDecay: 0, gradientScale: 1, update: 1 }
const slot = (weight: number, gradient: number) => ({
  weight: Float32Array.of(weight),
  gradient: Float32Array.of(gradient),
  first: new Float32Array(1),
  second: new Float32Array(1),
})

test('the first update moves each weight by the learning rate against its gradient, whatever the size of that', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.boolean(), (size, negative) => {
      const one = slot(2, negative ? -size : size)
      adamw(one, options)
      assert.ok(Math.abs(one.weight[0]! - (negative ? 2.1 : 1.9)) < 1e-5)
    }),
  )
})

test('decay is decoupled: it shrinks a weight that has no gradient, by learning rate times decay', () => {
  const one = slot(2, 0)
  adamw(one, { ...options, epsilon: 1e-8, weightDecay: 0.5 })
  assert.ok(Math.abs(one.weight[0]! - 2 * 0.95) < 1e-6)
})

test('two updates equal the formula worked by hand', () => {
  const one = slot(1, 0.5)
  adamw(one, options)
  one.gradient[0] = -1
  adamw(one, { ...options, update: 2 })
  const m = (0.9 * 0.05 - 0.1) / (1 - 0.81)
  const v = (0.99 * 0.0025 + 0.01) / (1 - 0.9801)
  assert.ok(Math.abs(one.weight[0]! - (0.9 - (0.1 * m) / Math.sqrt(v))) < 1e-6)
})

test('clipping brings a norm down to its limit and leaves a smaller one', () => {
  const gradients = [Float32Array.of(3), Float32Array.of(0, 4)]
  assert.equal(globalNorm(gradients), 5)
  assert.equal(clipFactor(5, 1), 0.2)
  assert.equal(clipFactor(0.5, 1), 1)
})

test('the learning rate rises to its full value and falls to its share, never outside', () => {
  const rates = Array.from({ length: config.steps }, (_, step) => learningRateAt(step, config))
  assert.equal(rates[2], config.learningRate)
  assert.equal(Math.max(...rates), config.learningRate)
  assert.ok(Math.abs(learningRateAt(config.steps, config) - 3e-4) < 1e-9)
  for (let step = 4; step < rates.length; step++) assert.ok(rates[step]! < rates[step - 1]!)
})

test('a micro-batch divides the batch', () => {
  assert.equal(microBatch(16, 128), 16)
  assert.equal(microBatch(8, 1024), 2)
  assert.equal(microBatch(7, 1024), 1)
  assert.equal(microBatch(3, 4096), 1)
})

test('a training that cannot be is refused with the value named', () => {
  assert.throws(() => validateTraining({ ...config, steps: 0 }), /train.steps is 0/)
  assert.throws(
    () => validateTraining({ ...config, sequence: 33 }),
    /train.sequence is 33: it must be at most the model's context, 32/,
  )
  assert.throws(() => validateTraining({ ...config, beta2: 1 }), /train.beta2 is 1/)
  assert.throws(() => validateTraining({ ...config, learningRate: Number.NaN }), /train.learningRate is NaN/)
})
