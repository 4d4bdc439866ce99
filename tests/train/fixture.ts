/** A small training: a native shard of a repeating text, its selection, and a job to train on it. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenSourceSpec, TrainConfig, TrainJob } from '../../pipeline/contract.ts'

export const config: TrainConfig = {
  model: { architecture: 'gpt', vocabSize: 40, context: 32, layers: 2, width: 48, heads: 2, ffn: 192, dropout: 0 },
  steps: 30,
  batch: 8,
  sequence: 32,
  learningRate: 3e-3,
  warmupSteps: 3,
  minLearningRateShare: 0.1,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  clipNorm: 1,
  seed: 1,
  threads: 1,
}

/** Two documents of `1, 3, 4, …, 39, 2` again and again, in one shard. */
export async function writeShard(folder: string): Promise<TokenSourceSpec> {
  await mkdir(folder, { recursive: true })
  const document = Uint16Array.from({ length: 390 }, (_, i) => (i % 39 === 0 ? 1 : i % 39 === 38 ? 2 : 2 + (i % 39)))
  const header = new Int32Array(256)
  header.set([20240520, 1, 2 * document.length])
  const shard = Buffer.concat([header, document, document].map((part) => Buffer.from(part.buffer)))
  const selection = Buffer.from(BigUint64Array.from([390n, 390n, 0n, 390n]).buffer)
  const put = async (name: string, bytes: Buffer) => {
    const path = join(folder, name)
    await writeFile(path, bytes)
    return { path, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
  return { shards: [await put('tokens.bin', shard)], selection: await put('selection.bin', selection) }
}

export function jobIn(folder: string, data: TokenSourceSpec, change: Partial<TrainConfig> = {}): TrainJob {
  return { config: { ...config, ...change }, trainingSet: 'a'.repeat(64), data, directory: folder, saveEverySteps: 10 }
}
