/**
 * AdamW, in place on plain arrays, and the norm that clipping needs.
 * Knows nothing of models or schedules; every sum is float64 in a fixed order, so a step is the same on any machine.
 */

export interface AdamW {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** 0 for a parameter that is not decayed. */
  readonly weightDecay: number
  /** Gradients are multiplied by this: clipping, and the mean over micro-batches. */
  readonly gradientScale: number
  /** 1 at the first update: moments start at zero and are corrected for it. */
  readonly update: number
}

/** One parameter's arrays, all of one length. */
export interface Slot {
  readonly weight: Float32Array
  readonly gradient: Float32Array
  readonly first: Float32Array
  readonly second: Float32Array
}

/**
 * w ← w − η λ w − η m̂ / (√v̂ + ε), with m and v the running means of g and g².
 * Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2.
 */
export function adamw({ weight, gradient, first, second }: Slot, options: AdamW): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, gradientScale, update } = options
  const shrink = 1 - learningRate * weightDecay
  const stride = learningRate / (1 - beta1 ** update)
  const correction = Math.sqrt(1 - beta2 ** update)
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i]! * gradientScale
    const m = beta1 * first[i]! + (1 - beta1) * g
    const v = beta2 * second[i]! + (1 - beta2) * g * g
    first[i] = m
    second[i] = v
    weight[i] = weight[i]! * shrink - (stride * m) / (Math.sqrt(v) / correction + epsilon)
  }
}

/** √Σ g² over all gradients, taken in the order given. */
export function globalNorm(gradients: Iterable<Float32Array>): number {
  let total = 0
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) total += gradient[i]! * gradient[i]!
  }
  return Math.sqrt(total)
}

/** The factor that brings a norm down to `limit`; 1 below it. Pascanu et al., On the difficulty of training RNNs (2013). */
export function clipFactor(norm: number, limit: number): number {
  return norm > limit ? limit / norm : 1
}
