/**
 * The training loop: which tokens a step reads, clipping, the update, and what is reported.
 * Whoever computes gradients is passed in; files and processes are left to others. A step depends on the state and
 * the step's number alone, so a run that is resumed from a saved state continues exactly.
 */
import { parametersOf } from '../model/model.ts'
import type { Weights } from '../model/weights.ts'
import { initialWeights } from '../model/weights.ts'
import type { StepMetrics, TokenSource, TrainConfig } from '../pipeline/contract.ts'
import { FailedError } from '../pipeline/contract.ts'
import { TAKEN_DOWN } from '../tokenize/shards/format.ts'
import { adamw, clipFactor, globalNorm } from './optimizer.ts'
import { learningRateAt } from './schedule.ts'

/** Everything that changes while training; the tensors are updated in place. */
export interface TrainState {
  /** Steps done. */
  step: number
  readonly weights: Weights
  /** AdamW's running means of the gradients and of their squares, by parameter. */
  readonly first: Weights
  readonly second: Weights
}

export interface Batch {
  /** Ids of batch sequences one after another, and for each the id that follows. */
  readonly tokens: Int32Array
  readonly targets: Int32Array
  /** For each target 1, or 0 where it has no loss: it was taken down. */
  readonly mask: Float32Array
}

export interface Gradients {
  /** Mean of −ln p over the batch's targets that have a loss; 0 where none has. */
  readonly loss: number
  /** By parameter name, of the mean loss. */
  readonly gradients: ReadonlyMap<string, Float32Array>
}

export type ComputeGradients = (weights: Weights, batch: Batch) => Promise<Gradients>

/** The state before the first step. */
export function initialState(config: TrainConfig): TrainState {
  const weights = initialWeights(config.model, config.seed)
  const zeros = (): Weights =>
    new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }]))
  return { step: 0, weights, first: zeros(), second: zeros() }
}

/**
 * Runs the steps that `state` has yet to do, updating it before each report.
 * Throws FailedError where the loss or the gradient is no longer a number, or a token is not of the vocabulary.
 */
export async function* trainingSteps(
  config: TrainConfig,
  state: TrainState,
  source: TokenSource,
  compute: ComputeGradients,
): AsyncGenerator<StepMetrics, void, void> {
  const decayed = new Set(parametersOf(config.model).flatMap(({ name, decay }) => (decay ? [name] : [])))
  while (state.step < config.steps) {
    const started = performance.now()
    const { step } = state
    const batch = batchAt(step, config, source)
    const { loss, gradients } = await compute(state.weights, batch)
    const gradientNorm = globalNorm(gradients.values())
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw new FailedError(
        `training diverged at step ${step + 1}: the loss is ${loss}, the gradient's norm ${gradientNorm}`,
        'Lower learningRate or raise warmupSteps, and train again.',
      )
    }
    const learningRate = learningRateAt(step, config)
    for (const [name, { data: weight }] of state.weights) {
      const [gradient, first, second] = [gradients.get(name), state.first.get(name)?.data, state.second.get(name)?.data]
      if (!gradient || !first || !second) throw new Error(`the parameter ${name} has no gradient or no moments`)
      adamw(
        { weight, gradient, first, second },
        {
          learningRate,
          beta1: config.beta1,
          beta2: config.beta2,
          epsilon: config.epsilon,
          weightDecay: decayed.has(name) ? config.weightDecay : 0,
          gradientScale: clipFactor(gradientNorm, config.clipNorm),
          update: step + 1,
        },
      )
    }
    state.step = step + 1
    const tokensPerSecond = (1000 * batch.tokens.length) / (performance.now() - started)
    yield { step: state.step, loss, learningRate, gradientNorm, tokensPerSecond }
  }
}

/** The batch of a step (from 0): windows step · batch … of the source, each cut into inputs and what follows them. */
export function batchAt(step: number, config: TrainConfig, source: TokenSource): Batch {
  const { batch, sequence, model } = config
  const tokens = new Int32Array(batch * sequence)
  const targets = new Int32Array(batch * sequence)
  const mask = new Float32Array(batch * sequence).fill(1)
  for (let row = 0; row < batch; row++) {
    const window = source.window(step * batch + row, sequence)
    const foreign = window.find((id) => id >= model.vocabSize)
    if (foreign !== undefined) {
      throw new FailedError(
        `window ${step * batch + row} holds the token ${foreign}, the model's vocabulary has ${model.vocabSize}`,
        'Train with the vocabulary size of the tokenizer that encoded the training set.',
      )
    }
    tokens.set(window.subarray(0, sequence), row * sequence)
    targets.set(window.subarray(1, sequence + 1), row * sequence)
  }
  for (const [at, target] of targets.entries()) if (target === TAKEN_DOWN) mask[at] = 0
  return { tokens, targets, mask }
}
