/**
 * What an architecture has to say of itself: its parameters and its forward pass.
 * gpt.ts is one; model.ts turns any of them into graphs to train, score and generate with.
 */
import type { ModelConfig } from '../pipeline/contract.ts'
import type { Node, Shape } from './graph/node.ts'

/** One weight tensor: what it is called in files, how it starts, and whether weight decay pulls at it. */
export interface Parameter {
  readonly name: string
  readonly shape: Shape
  readonly start: { readonly constant: number } | { readonly deviation: number }
  readonly decay: boolean
}

/** A batch of sequences of equal length; `tokens` holds their ids one sequence after another, int [batch · length]. */
export interface Sequences {
  readonly tokens: Node
  readonly batch: number
  readonly length: number
}

/** The graph's node of a parameter, by name. */
export type Lookup = (name: string) => Node

export interface Definition {
  /** In the order files keep them. */
  parameters(config: ModelConfig): readonly Parameter[]
  /** The normalised features of every position, [batch · length, width]. */
  features(config: ModelConfig, weights: Lookup, sequences: Sequences): Node
  /** Scores of every piece of the vocabulary from n features, [n, vocabulary]. */
  logits(config: ModelConfig, weights: Lookup, features: Node): Node
}
