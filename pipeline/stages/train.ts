/**
 * train: a training set → a checkpoint, pinned to the training set's digest. Input: the training set.
 * The state of an interrupted attempt is found in the scratch folder of the same key, and goes on from there.
 */

import type { Objects } from '../../store/objects.ts'
import { addMetric } from '../../store/runs.ts'
import { markCheckpoint } from '../../store/takedown/affected.ts'
import { addCheckpoint } from '../../store/tokens.ts'
import { trainOnnx } from '../../train/engines/onnx.ts'
import type { Digest, StepMetrics, TrainConfig } from '../contract.ts'
import { canonicalJson } from '../digest.ts'
import type { Stage } from '../stage.ts'
import { readTrainingSet, splitFiles } from './training-set.ts'

type Config = { readonly engine: 'onnx'; readonly train: TrainConfig }
type Outside = { readonly onMetrics: (metrics: StepMetrics) => void }

export interface CheckpointManifest {
  readonly engine: 'onnx'
  readonly trainingSet: Digest
  readonly tokenizer: Digest
  readonly config: TrainConfig
  readonly weights: Digest
  readonly optimizer: Digest
  readonly state: Digest
}

const SAVES_A_TRAINING = 20
const LOGGED_STEPS = 200

export const train: Stage<Config, Outside> = {
  name: 'train',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, outside, objects, connection, key, scratch, signal, progress }) {
    const [set] = inputs
    if (!set) throw new Error('train needs a training set')
    const manifest = await readTrainingSet(objects, set.digest)
    const { steps } = config.train
    const logEvery = Math.max(1, Math.floor(steps / LOGGED_STEPS))
    let logged: Promise<void> = Promise.resolve()
    const files = await trainOnnx(
      {
        config: config.train,
        trainingSet: set.digest,
        data: splitFiles(objects, manifest, 'train'),
        directory: scratch,
        saveEverySteps: Math.max(1, Math.ceil(steps / SAVES_A_TRAINING)),
      },
      {
        signal,
        onMetrics: (metrics) => {
          progress(metrics.step, steps, `loss ${metrics.loss.toFixed(3)}, ${Math.round(metrics.tokensPerSecond)} tok/s`)
          if (metrics.step % logEvery !== 0 && metrics.step !== steps && metrics.step !== 1) return
          outside.onMetrics(metrics)
          logged = logged.then(() => addMetric(connection.db, key, metrics))
        },
      },
    )
    await logged
    const checkpoint: CheckpointManifest = {
      engine: config.engine,
      trainingSet: set.digest,
      tokenizer: manifest.tokenizer,
      config: config.train,
      weights: (await objects.adopt(files.weights)).digest,
      optimizer: (await objects.adopt(files.optimizer)).digest,
      state: (await objects.adopt(files.state)).digest,
    }
    const stored = await objects.putLines([canonicalJson(checkpoint)])
    return {
      artifact: {
        kind: 'checkpoint',
        ...stored,
        meta: { steps },
        parts: [checkpoint.weights, checkpoint.optimizer, checkpoint.state],
      },
      record: async (trx) => {
        await addCheckpoint(trx, {
          digest: stored.digest,
          trainingSet: set.digest,
          step: steps,
          config: { engine: config.engine, ...config.train },
        })
        await markCheckpoint(trx, stored.digest, key)
      },
    }
  },
}

export async function readCheckpoint(objects: Objects, digest: Digest): Promise<CheckpointManifest> {
  return JSON.parse(await objects.text(digest))
}
