/**
 * Claim: a training step of ours is as fast as PyTorch's on the same CPU, with the same losses.
 *   node bench/train-step.ts                      our tokens a second at preset `test`
 *   node bench/train-step.ts --torch python3      the same steps by PyTorch (train-step.py) from the same weights and batches
 * Also --preset, --vocab, --batch, --sequence, --steps, --threads. Prints one JSON object.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Preset } from '../model/config.ts'
import { parameterCount, presets } from '../model/config.ts'
import { randomStream } from '../model/random.ts'
import { writeWeights } from '../model/weights.ts'
import type { TokenSource, TrainConfig } from '../pipeline/contract.ts'
import { UsageError } from '../pipeline/contract.ts'
import { openGradients } from '../train/engines/onnx-gradients.ts'
import { batchAt, initialState, trainingSteps } from '../train/loop.ts'

const { values } = parseArgs({
  options: {
    torch: { type: 'string' },
    preset: { type: 'string', default: 'test' },
    vocab: { type: 'string', default: '4000' },
    batch: { type: 'string', default: '16' },
    sequence: { type: 'string', default: '128' },
    steps: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
  },
})

const isPreset = (name: string): name is Preset => name in presets
if (!isPreset(values.preset)) throw new UsageError(`--preset is one of ${Object.keys(presets).join(', ')}`)
const config: TrainConfig = {
  model: { ...presets[values.preset], vocabSize: Number(values.vocab) },
  steps: Number(values.steps),
  batch: Number(values.batch),
  sequence: Number(values.sequence),
  learningRate: 3e-4,
  warmupSteps: 2,
  minLearningRateShare: 0.1,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  clipNorm: 1,
  seed: 1,
  threads: Number(values.threads),
}

// Tokens drawn unevenly, as a text's are, so that there is something to learn.
const random = randomStream(1, 'text')
const text = Uint16Array.from({ length: 65_536 }, () => Math.floor(config.model.vocabSize * random.uniform() ** 4))
const source: TokenSource = {
  tokens: text.length,
  window: (index, length) =>
    Uint16Array.from({ length: length + 1 }, (_, i) => text[(index * length + i) % text.length]!),
}
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
try {
  const state = initialState(config)
  await writeWeights(join(folder, 'weights.safetensors'), state.weights)
  const engine = await openGradients(config)
  const losses: number[] = []
  const speeds: number[] = []
  for await (const { loss, tokensPerSecond } of trainingSteps(config, state, source, engine.compute)) {
    losses.push(loss)
    speeds.push(tokensPerSecond)
  }
  await engine.close()
  const ours = {
    parameters: parameterCount(config.model),
    tokensPerSecond: Math.round(median(speeds)),
    loss: losses.at(-1),
  }
  if (values.torch === undefined) {
    console.log(JSON.stringify(ours))
  } else {
    const batches = Array.from({ length: config.steps }, (_, step) => batchAt(step, config, source))
    const parts = batches.flatMap(({ tokens, targets }) => [Buffer.from(tokens.buffer), Buffer.from(targets.buffer)])
    writeFileSync(join(folder, 'batches.i32'), Buffer.concat(parts))
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
    const script = new URL('train-step.py', import.meta.url).pathname
    const peer: { losses: number[]; speeds: number[]; version: string } = JSON.parse(
      execFileSync(values.torch, [script, folder], { encoding: 'utf8' }),
    )
    const difference = Math.max(...losses.map((loss, step) => Math.abs(loss - peer.losses[step]!)))
    const torch = { version: peer.version, tokensPerSecond: Math.round(median(peer.speeds)) }
    console.log(JSON.stringify({ ours, torch, largestLossDifference: difference }))
  }
} finally {
  rmSync(folder, { recursive: true })
}
