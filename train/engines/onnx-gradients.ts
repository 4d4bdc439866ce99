/**
 * Gradients of a batch on onnxruntime: the training graph of one micro-batch, run as often as the batch needs.
 * Knows nothing of steps, the optimizer or files.
 */
import { gradientName, trainingGraph } from '../../model/model.ts'
import type { Values } from '../../model/session.ts'
import { openSession } from '../../model/session.ts'
import type { TrainConfig } from '../../pipeline/contract.ts'
import type { ComputeGradients } from '../loop.ts'

/** Tokens that one run of the graph holds at most (one sequence at least): bounds memory, at no loss of speed. */
const MICRO_BATCH_TOKENS = 2048

/** Sequences of a micro-batch: the largest divisor of the batch that stays within the limit. */
export function microBatch(batch: number, sequence: number): number {
  for (let rows = batch; rows > 1; rows--) {
    if (batch % rows === 0 && rows * sequence <= MICRO_BATCH_TOKENS) return rows
  }
  return 1
}

/** Opens the training graph of a configuration on `config.threads` threads. */
export async function openGradients(
  config: TrainConfig,
): Promise<{ compute: ComputeGradients; close(): Promise<void> }> {
  const rows = microBatch(config.batch, config.sequence)
  const size = rows * config.sequence
  const parts = config.batch / rows
  const session = await openSession(trainingGraph(config.model, rows, config.sequence), config.threads)
  return {
    async compute(weights, { tokens, targets, mask }) {
      // The graph divides by all targets, the mean by those that have a loss. Where all have, nothing is rounded anew.
      const share =
        mask.length /
        Math.max(
          1,
          mask.reduce((sum, one) => sum + one, 0),
        )
      const feeds = new Map<string, Values>([...weights].map(([name, { data }]) => [name, data]))
      let loss = 0
      const gradients = new Map<string, Float32Array>()
      for (let part = 0; part < parts; part++) {
        feeds.set('tokens', tokens.subarray(part * size, (part + 1) * size))
        feeds.set('targets', targets.subarray(part * size, (part + 1) * size))
        feeds.set('mask', mask.subarray(part * size, (part + 1) * size))
        const results = await session.run(feeds)
        loss += ((results.get('loss')?.[0] ?? Number.NaN) / parts) * share
        for (const name of weights.keys()) {
          const gradient = results.get(gradientName(name))
          if (gradient === undefined) throw new Error(`the training graph returned no gradient of ${name}`)
          addScaled(gradients, name, gradient, (1 / parts) * share)
        }
      }
      return { loss, gradients }
    },
    close: () => session.close(),
  }
}

/** Adds factor · gradient to what is kept under the name; keeps the array itself where it is the first. */
function addScaled(sums: Map<string, Float32Array>, name: string, gradient: Float32Array, factor: number): void {
  const total = sums.get(name)
  if (total === undefined) {
    if (factor !== 1) for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor
    sums.set(name, gradient)
  } else {
    for (let i = 0; i < gradient.length; i++) total[i]! += gradient[i]! * factor
  }
}
