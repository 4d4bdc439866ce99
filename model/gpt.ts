/**
 * The `gpt` architecture: learned positions, LayerNorm before each block, exact GELU, attention projections without
 * bias, FFN with, a head of its own. Weights multiply from the right (x W), so they are [in, out].
 * After Radford et al., Language Models are Unsupervised Multitask Learners (2019), section 2.3.
 */
import type { ModelConfig } from '../pipeline/contract.ts'
import type { Definition, Lookup, Parameter, Sequences } from './definition.ts'
import { causalAttention, causalMask, gelu, layerNorm } from './graph/composites.ts'
import type { Node } from './graph/node.ts'
import { add, constant, gather, matmul } from './graph/ops.ts'

const EPSILON = 1e-5
const DEVIATION = 0.02

export const gpt: Definition = { parameters, features, logits }

function parameters(config: ModelConfig): readonly Parameter[] {
  const { vocabSize, context, layers, width, ffn } = config
  // Each layer adds two outputs to the residual stream: their scale keeps its variance from growing with depth.
  const residual = DEVIATION / Math.sqrt(2 * layers)
  const matrix = (name: string, rows: number, columns: number, deviation = DEVIATION): Parameter => ({
    name: `${name}.weight`,
    shape: [rows, columns],
    start: { deviation },
    decay: true,
  })
  const bias = (name: string, size: number): Parameter => ({
    name: `${name}.bias`,
    shape: [size],
    start: { constant: 0 },
    decay: false,
  })
  const norm = (name: string): Parameter[] => [
    { name: `${name}.weight`, shape: [width], start: { constant: 1 }, decay: false },
    bias(name, width),
  ]
  const layer = (i: number): Parameter[] => [
    ...norm(`layers.${i}.attention_norm`),
    matrix(`layers.${i}.attention.query`, width, width),
    matrix(`layers.${i}.attention.key`, width, width),
    matrix(`layers.${i}.attention.value`, width, width),
    matrix(`layers.${i}.attention.output`, width, width, residual),
    ...norm(`layers.${i}.ffn_norm`),
    matrix(`layers.${i}.ffn.up`, width, ffn),
    bias(`layers.${i}.ffn.up`, ffn),
    matrix(`layers.${i}.ffn.down`, ffn, width, residual),
    bias(`layers.${i}.ffn.down`, width),
  ]
  return [
    matrix('embedding.token', vocabSize, width),
    { ...matrix('embedding.position', context, width), decay: false },
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ...norm('norm'),
    matrix('head', width, vocabSize),
  ]
}

function features(config: ModelConfig, weights: Lookup, sequences: Sequences): Node {
  const { batch, length, tokens } = sequences
  const layout = { batch, length, heads: config.heads, mask: causalMask(length) }
  const normalised = (x: Node, name: string): Node =>
    layerNorm(x, weights(`${name}.weight`), weights(`${name}.bias`), EPSILON)
  const project = (x: Node, name: string): Node => matmul(x, weights(`${name}.weight`))
  const affine = (x: Node, name: string): Node => add(project(x, name), weights(`${name}.bias`))

  const positions = constant(
    Int32Array.from({ length: batch * length }, (_, i) => i % length),
    [batch * length],
  )
  let x = add(
    gather(weights('embedding.token.weight'), tokens),
    gather(weights('embedding.position.weight'), positions),
  )
  for (let i = 0; i < config.layers; i++) {
    const attention = `layers.${i}.attention`
    const seen = normalised(x, `layers.${i}.attention_norm`)
    const [q, k, v] = [
      project(seen, `${attention}.query`),
      project(seen, `${attention}.key`),
      project(seen, `${attention}.value`),
    ]
    x = add(x, project(causalAttention(q, k, v, layout), `${attention}.output`))
    const hidden = gelu(affine(normalised(x, `layers.${i}.ffn_norm`), `layers.${i}.ffn.up`))
    x = add(x, affine(hidden, `layers.${i}.ffn.down`))
  }
  return normalised(x, 'norm')
}

function logits(_config: ModelConfig, weights: Lookup, x: Node): Node {
  return matmul(x, weights('head.weight'))
}
