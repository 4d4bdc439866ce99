/**
 * The graphs a model is used through: training (loss and gradients), scoring (loss of every token), and the next
 * token's logits. The same for every architecture; what differs is in its Definition. Weights are inputs, by name.
 */
import type { Architecture, ModelConfig } from '../pipeline/contract.ts'
import { UsageError } from '../pipeline/contract.ts'
import type { Definition, Lookup, Parameter } from './definition.ts'
import { gpt } from './gpt.ts'
import { crossEntropy, meanOfAll } from './graph/composites.ts'
import { gradients } from './graph/gradient.ts'
import type { Node } from './graph/node.ts'
import { gather, input, mul, reshape } from './graph/ops.ts'

const definitions: Readonly<Record<Architecture, Definition>> = { gpt }

/** Every weight tensor of the model, in the order files keep them. */
export function parametersOf(config: ModelConfig): readonly Parameter[] {
  return definitions[config.architecture].parameters(config)
}

export type Outputs = Readonly<Record<string, Node>>

/** The name under which trainingGraph returns a parameter's gradient. */
export function gradientName(parameter: string): string {
  return `gradient.${parameter}`
}

/**
 * Inputs `tokens`, `targets` int [batch · length] and `mask` [batch · length, 1], 0 where a target has no loss, else 1;
 * outputs `loss`, its sum over the batch divided by batch · length, and every gradient of that.
 */
export function trainingGraph(config: ModelConfig, batch: number, length: number): Outputs {
  const { nodes, lookup } = weightInputs(config)
  const loss = meanOfAll(mul(tokenLoss(config, lookup, batch, length), input('mask', [batch * length, 1])))
  const outputs: Record<string, Node> = { loss }
  const names = [...nodes.keys()]
  gradients(loss, [...nodes.values()]).forEach((gradient, i) => {
    outputs[gradientName(names[i] ?? '')] = gradient
  })
  return outputs
}

/** Inputs `tokens`, `targets` int [batch · length]; output `loss` [batch · length, 1]: −ln p of each target, in nats. */
export function scoringGraph(config: ModelConfig, batch: number, length: number): Outputs {
  return { loss: tokenLoss(config, weightInputs(config).lookup, batch, length) }
}

/** Inputs `tokens` int [length], `last` int [1]; output `logits` [vocabulary] of what follows position `last`. */
export function nextTokenGraph(config: ModelConfig, length: number): Outputs {
  const { lookup } = weightInputs(config)
  const features = featuresOf(config, lookup, 1, length)
  const logits = definitions[config.architecture].logits(config, lookup, gather(features, input('last', [1], 'int')))
  return { logits: reshape(logits, [config.vocabSize]) }
}

function weightInputs(config: ModelConfig): { readonly nodes: ReadonlyMap<string, Node>; readonly lookup: Lookup } {
  const nodes = new Map(parametersOf(config).map(({ name, shape }) => [name, input(name, shape)]))
  return {
    nodes,
    lookup(name) {
      const node = nodes.get(name)
      if (node === undefined) throw new Error(`the ${config.architecture} architecture has no parameter ${name}`)
      return node
    },
  }
}

function featuresOf(config: ModelConfig, lookup: Lookup, batch: number, length: number): Node {
  if (length > config.context) {
    throw new UsageError(`a sequence of ${length} tokens is longer than the model's context of ${config.context}`)
  }
  const tokens = input('tokens', [batch * length], 'int')
  return definitions[config.architecture].features(config, lookup, { tokens, batch, length })
}

function tokenLoss(config: ModelConfig, lookup: Lookup, batch: number, length: number): Node {
  const features = featuresOf(config, lookup, batch, length)
  const logits = definitions[config.architecture].logits(config, lookup, features)
  return crossEntropy(logits, input('targets', [batch * length], 'int'))
}
