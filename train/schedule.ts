/**
 * What a training configuration must hold, and the learning rate it gives each step.
 * Pure functions of the configuration and the step's number.
 */
import { validateModel } from '../model/config.ts'
import type { TrainConfig } from '../pipeline/contract.ts'
import { UsageError } from '../pipeline/contract.ts'

/** Linear warm-up to the full rate, then a cosine down to minLearningRateShare of it. Step counts from 0. */
export function learningRateAt(step: number, config: TrainConfig): number {
  const { learningRate, warmupSteps, minLearningRateShare, steps } = config
  if (step < warmupSteps) return learningRate * ((step + 1) / warmupSteps)
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps)
  const cosine = (1 + Math.cos(Math.PI * progress)) / 2
  return learningRate * (minLearningRateShare + (1 - minLearningRateShare) * cosine)
}

/** Throws UsageError that names the first value that cannot be, and what it could be. */
export function validateTraining(config: TrainConfig): void {
  validateModel(config.model)
  const check = (name: keyof TrainConfig, holds: boolean, rule: string): void => {
    if (!holds) throw new UsageError(`train.${name} is ${String(config[name])}: it must be ${rule}`)
  }
  for (const name of ['steps', 'batch', 'sequence', 'threads'] as const) {
    check(name, Number.isInteger(config[name]) && config[name] >= 1, 'a whole number of at least 1')
  }
  check('sequence', config.sequence <= config.model.context, `at most the model's context, ${config.model.context}`)
  check('warmupSteps', Number.isInteger(config.warmupSteps) && config.warmupSteps >= 0, 'a whole number, 0 or more')
  check('seed', Number.isSafeInteger(config.seed), 'a whole number')
  for (const name of ['learningRate', 'epsilon', 'clipNorm'] as const) {
    check(name, Number.isFinite(config[name]) && config[name] > 0, 'a number above 0')
  }
  check('weightDecay', Number.isFinite(config.weightDecay) && config.weightDecay >= 0, 'a number, 0 or more')
  for (const name of ['beta1', 'beta2'] as const)
    check(name, config[name] >= 0 && config[name] < 1, 'at least 0 and below 1')
  const share = config.minLearningRateShare
  check('minLearningRateShare', share >= 0 && share <= 1, 'between 0 and 1')
}
