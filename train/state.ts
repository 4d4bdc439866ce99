/**
 * The saved state of a training: `step-000100/` with weights, optimizer moments and state.json, whole or absent.
 * A state names its configuration, its training set and the digests of its files, and nothing that varies from
 * run to run, so an interrupted and an uninterrupted training end in the same bytes.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Weights } from '../model/weights.ts'
import { readModelWeights, readWeights, writeWeights } from '../model/weights.ts'
import type { Digest, TrainConfig, TrainedFiles } from '../pipeline/contract.ts'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import type { TrainState } from './loop.ts'

/** What a state may be resumed for: the same configuration on the same training set. */
export interface Identity {
  readonly config: TrainConfig
  readonly trainingSet: Digest
}

const KEPT = 2
const STEP = /^step-(\d{6,})$/

/** Where the state of a step lies. */
export function stateFiles(directory: string, step: number): TrainedFiles {
  return filesIn(join(directory, `step-${String(step).padStart(6, '0')}`))
}

function filesIn(folder: string): TrainedFiles {
  return {
    weights: join(folder, 'weights.safetensors'),
    optimizer: join(folder, 'optimizer.safetensors'),
    state: join(folder, 'state.json'),
  }
}

/** Saves a state, durable and whole once resolved, then removes all but the last two. */
export async function saveState(directory: string, identity: Identity, state: TrainState): Promise<TrainedFiles> {
  const name = `step-${String(state.step).padStart(6, '0')}`
  const partial = join(directory, `partial-${name}`)
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const files = filesIn(partial)
  await writeWeights(files.weights, state.weights)
  await writeWeights(files.optimizer, joinMoments(state))
  await writeDurably(files.state, {
    step: state.step,
    ...identity,
    weights: await digestOf(files.weights),
    optimizer: await digestOf(files.optimizer),
  })
  await flushFolder(partial)
  await rm(join(directory, name), { recursive: true, force: true })
  await rename(partial, join(directory, name))
  await flushFolder(directory)
  for (const { folder } of (await savedSteps(directory)).slice(KEPT)) {
    await rm(join(directory, folder), { recursive: true })
  }
  return stateFiles(directory, state.step)
}

/**
 * The newest whole state, or null where there is none. A damaged one is set aside as `….damaged` and reported.
 * Throws UsageError where the newest belongs to another configuration or training set.
 */
export async function loadState(
  directory: string,
  identity: Identity,
  notice: (text: string) => void,
): Promise<TrainState | null> {
  for (const { step, folder } of await savedSteps(directory)) {
    const path = join(directory, folder)
    try {
      return await readState(path, step, identity)
    } catch (error) {
      if (!(error instanceof FailedError)) throw error
      await rm(`${path}.damaged`, { recursive: true, force: true })
      await rename(path, `${path}.damaged`)
      notice(`${error.message}; set aside as ${folder}.damaged, going on from the state before it`)
    }
  }
  return null
}

async function readState(path: string, step: number, identity: Identity): Promise<TrainState> {
  const files = filesIn(path)
  const saved = await readRecord(files.state)
  // Through JSON, as the saved one went: it has no undefined and no -0.
  const wanted: unknown = JSON.parse(JSON.stringify(identity))
  const { config, trainingSet } = saved
  if (!isDeepStrictEqual({ config, trainingSet }, wanted)) {
    const what =
      trainingSet === identity.trainingSet ? 'another configuration' : `the training set ${String(trainingSet)}`
    throw new UsageError(
      `${path} is a training with ${what}, so it cannot be continued with this one. Choose another folder, or remove it.`,
    )
  }
  for (const part of ['weights', 'optimizer'] as const) {
    if (saved[part] !== (await digestOf(files[part])))
      throw new FailedError(`${files[part]} is not what ${files.state} names`)
  }
  const weights = await readModelWeights(files.weights, identity.config.model)
  const moments = await readWeights(files.optimizer)
  return { step, weights, first: splitMoments(moments, 'first', files), second: splitMoments(moments, 'second', files) }
}

function joinMoments(state: TrainState): Weights {
  const named = (moments: Weights, prefix: string): [string, { shape: readonly number[]; data: Float32Array }][] =>
    [...moments].map(([name, tensor]) => [`${prefix}.${name}`, tensor])
  return new Map([...named(state.first, 'first'), ...named(state.second, 'second')])
}

function splitMoments(moments: Weights, prefix: string, files: TrainedFiles): Weights {
  const part = [...moments].filter(([name]) => name.startsWith(`${prefix}.`))
  if (part.length * 2 !== moments.size) throw new FailedError(`${files.optimizer} lacks moments`)
  return new Map(part.map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]))
}

/** Saved states, the newest first. */
async function savedSteps(directory: string): Promise<{ readonly step: number; readonly folder: string }[]> {
  await mkdir(directory, { recursive: true })
  return (await readdir(directory))
    .flatMap((folder) => {
      const step = STEP.exec(folder)?.[1]
      return step === undefined ? [] : [{ step: Number(step), folder }]
    })
    .sort((a, b) => b.step - a.step)
}

async function readRecord(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return { ...JSON.parse(await readFile(path, 'utf8')) }
  } catch (cause) {
    throw new FailedError(
      `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      undefined,
      { cause },
    )
  }
}

async function writeDurably(path: string, value: unknown): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(`${JSON.stringify(sortKeys(value), null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The same value with every object's keys sorted, so that its bytes do not depend on who built it. */
function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  )
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function digestOf(path: string): Promise<Digest> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (cause) {
    throw new FailedError(
      `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      undefined,
      { cause },
    )
  }
  return hash.digest('hex')
}
