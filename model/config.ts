/**
 * Model sizes: the presets, what makes a configuration valid, and how many parameters one has.
 * Says nothing of how a model is computed; the vocabulary's size comes from the tokenizer.
 */
import type { ModelConfig } from '../pipeline/contract.ts'
import { UsageError } from '../pipeline/contract.ts'
import { elements } from './graph/node.ts'
import { parametersOf } from './model.ts'

export type Preset = 'test' | 'seed' | 'mini' | 'small' | 'base'

/** Sizes in the text are at the vocabulary named: 4,000 for `test`, 16,000 for the others. */
export const presets: Readonly<Record<Preset, Omit<ModelConfig, 'vocabSize'>>> = {
  /** 1.2 M: a minute on two cores. */
  test: { architecture: 'gpt', context: 128, layers: 4, width: 96, heads: 3, ffn: 384, dropout: 0 },
  /** 42 M. */
  seed: { architecture: 'gpt', context: 1024, layers: 8, width: 512, heads: 8, ffn: 2048, dropout: 0 },
  /** 51 M. */
  mini: { architecture: 'gpt', context: 1024, layers: 8, width: 576, heads: 9, ffn: 2304, dropout: 0 },
  /** 110 M. */
  small: { architecture: 'gpt', context: 1024, layers: 12, width: 768, heads: 12, ffn: 3072, dropout: 0 },
  /** 153 M. */
  base: { architecture: 'gpt', context: 1024, layers: 18, width: 768, heads: 12, ffn: 3072, dropout: 0 },
}

/** Throws UsageError that names the first value that cannot be, and says what it could be. */
export function validateModel(config: ModelConfig): void {
  for (const name of ['vocabSize', 'context', 'layers', 'width', 'heads', 'ffn'] as const) {
    const value = config[name]
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(`model.${name} is ${value}: it must be a whole number of at least 1`)
  }
  if (config.width % config.heads !== 0) {
    throw new UsageError(
      `model.width ${config.width} is not divisible by model.heads ${config.heads}: every head gets an equal share`,
    )
  }
  if (config.vocabSize >= 65_536) {
    throw new UsageError(
      `model.vocabSize is ${config.vocabSize}: tokens are stored in 16 bits, so it must be below 65,536`,
    )
  }
  if (config.dropout !== 0) {
    throw new UsageError(`model.dropout is ${config.dropout}: this engine trains without dropout, set it to 0`)
  }
}

/** How many numbers training adjusts. */
export function parameterCount(config: ModelConfig): number {
  return parametersOf(config).reduce((total, parameter) => total + elements(parameter.shape), 0)
}
