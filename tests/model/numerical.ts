/** Gradients by central differences in float64, to hold the analytic ones against. */
import type { Node } from '../../model/graph/node.ts'
import { elements } from '../../model/graph/node.ts'
import * as ops from '../../model/graph/ops.ts'
import { evaluate } from '../../model/graph/reference.ts'
import { randomStream } from '../../model/random.ts'

/** Σ wᵢ yᵢ with fixed weights: a scalar whose gradient tells every element of y apart. */
export function weightedSum(y: Node): Node {
  const random = randomStream(1, 'weights')
  const weights = Float32Array.from({ length: elements(y.shape) }, () => random.normal())
  const product = ops.mul(y, ops.constant(weights, y.shape))
  return ops.reshape(
    ops.sum(
      product,
      y.shape.map((_, axis) => axis),
    ),
    [],
  )
}

export function numericalGradient(loss: Node, feeds: ReadonlyMap<string, Float64Array>, name: string): Float64Array {
  const step = 1e-5
  const values = feeds.get(name) ?? new Float64Array()
  const at = (i: number, delta: number): number => {
    const moved = values.slice()
    moved[i] = (moved[i] ?? 0) + delta
    return evaluate([loss], new Map(feeds).set(name, moved))[0]?.[0] ?? Number.NaN
  }
  return values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step))
}
