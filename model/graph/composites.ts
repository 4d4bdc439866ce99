/**
 * What a Transformer is made of, as compositions of primitives: nothing here needs a gradient rule of its own.
 * Knows tensors and shapes, not parameters' names or architectures.
 */
import type { Node, Shape } from './node.ts'
import { elements } from './node.ts'
import {
  add,
  constant,
  div,
  erf,
  exp,
  log,
  matmul,
  max,
  mul,
  pick,
  reshape,
  scalar,
  softmax,
  sqrt,
  stop,
  sub,
  sum,
  transpose,
} from './ops.ts'

/** Mean over the axes, which stay with size 1. */
export function mean(x: Node, axes: readonly number[]): Node {
  const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1)
  return mul(sum(x, axes), scalar(1 / count))
}

/**
 * y = (x − μ) / √(σ² + ε) · weight + bias over the last axis; x [n, width], weight and bias [width].
 * Ba, Kiros & Hinton, Layer Normalization (2016).
 */
export function layerNorm(x: Node, weight: Node, bias: Node, epsilon: number): Node {
  const last = [x.shape.length - 1]
  const centred = sub(x, mean(x, last))
  const variance = mean(mul(centred, centred), last)
  const scale = div(scalar(1), sqrt(add(variance, scalar(epsilon))))
  return add(mul(mul(centred, scale), weight), bias)
}

/** y = x Φ(x) = x/2 · (1 + erf(x/√2)), the exact form. Hendrycks & Gimpel, Gaussian Error Linear Units (2016). */
export function gelu(x: Node): Node {
  return mul(mul(x, scalar(0.5)), add(erf(mul(x, scalar(Math.SQRT1_2))), scalar(1)))
}

/** [batch · length, heads · size] → [batch, heads, length, size]. */
function splitHeads(x: Node, batch: number, length: number, heads: number): Node {
  const width = x.shape[1] ?? 0
  return transpose(reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3])
}

/** What is added to attention scores [length, length] so that a position sees itself and what is before it. */
export function causalMask(length: number): Node {
  // Far below any score, yet finite: −∞ − (−∞) would be NaN in a row that is masked whole.
  const values = new Float32Array(length * length)
  for (let row = 0; row < length; row++) values.fill(-1e9, row * length + row + 1, (row + 1) * length)
  return constant(values, [length, length])
}

/**
 * softmax(Q Kᵀ / √size + mask) V for every head; q, k, v and the result are [batch · length, width].
 * Vaswani et al., Attention Is All You Need (2017), section 3.2.
 */
export function causalAttention(
  q: Node,
  k: Node,
  v: Node,
  layout: { readonly batch: number; readonly length: number; readonly heads: number; readonly mask: Node },
): Node {
  const { batch, length, heads, mask } = layout
  const [queries, keys, values] = [q, k, v].map((x) => splitHeads(x, batch, length, heads))
  if (queries === undefined || keys === undefined || values === undefined) throw new Error('unreachable')
  // The scale goes on Q, which is smaller than the scores.
  const size = queries.shape[3] ?? 1
  const scores = matmul(mul(queries, scalar(1 / Math.sqrt(size))), transpose(keys, [0, 1, 3, 2]))
  const mixed = matmul(softmax(add(scores, mask)), values)
  return reshape(transpose(mixed, [0, 2, 1, 3]), q.shape)
}

/** −ln softmax(logits)[target] of each row as [n, 1]; logits [n, vocabulary], int targets [n]. */
export function crossEntropy(logits: Node, targets: Node): Node {
  // ln Σ e^x = m + ln Σ e^(x − m); m cancels in the gradient, so none needs to flow through it.
  const largest = stop(max(logits, [1]))
  const logSumExp = add(log(sum(exp(sub(logits, largest)), [1])), largest)
  return sub(logSumExp, pick(logits, targets))
}

/** The mean of all elements, as a scalar. */
export function meanOfAll(x: Node): Node {
  const shape: Shape = []
  return reshape(
    mul(
      sum(
        x,
        x.shape.map((_, axis) => axis),
      ),
      scalar(1 / elements(x.shape)),
    ),
    shape,
  )
}
