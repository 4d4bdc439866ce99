/**
 * Weights in memory and in safetensors files (float32 only), written so that a file is whole or absent.
 * Knows nothing of what the tensors mean, except where they are held against a model's parameters.
 * Format: github.com/huggingface/safetensors, "Format": u64 header size, JSON header, data in header order.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ModelConfig } from '../pipeline/contract.ts'
import { FailedError } from '../pipeline/contract.ts'
import type { Shape } from './graph/node.ts'
import { elements, sameShape } from './graph/node.ts'
import { parametersOf } from './model.ts'
import { randomStream } from './random.ts'

export interface Tensor {
  readonly shape: Shape
  readonly data: Float32Array
}
/** By parameter name, in file order. */
export type Weights = ReadonlyMap<string, Tensor>

/** The weights a model starts from: normal deviates from a stream of each parameter's own, so they depend on no order. */
export function initialWeights(config: ModelConfig, seed: number): Weights {
  return new Map(
    parametersOf(config).map(({ name, shape, start }) => {
      const data = new Float32Array(elements(shape))
      if ('constant' in start) {
        data.fill(start.constant)
      } else {
        const random = randomStream(seed, name)
        for (let i = 0; i < data.length; i++) data[i] = start.deviation * random.normal()
      }
      return [name, { shape, data }]
    }),
  )
}

/** Writes a safetensors file: a temporary file beside it, flushed, then renamed. */
export async function writeWeights(path: string, weights: Weights): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  let offset = 0
  for (const [name, { shape, data }] of weights) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  // Spaces fill the header up, so that the data begins on a multiple of 8.
  const start = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ')
  start.writeBigUInt64LE(BigInt(start.length - 8))
  json.copy(start, 8)

  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.partial`
  const file = await open(temporary, 'w')
  try {
    await file.writeFile(start)
    for (const { data } of weights.values()) {
      await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    }
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}

/** Reads a safetensors file of float32 tensors. Throws FailedError where it is cut, damaged, or of another type. */
export async function readWeights(path: string): Promise<Weights> {
  const bytes = await readBytes(path)
  const remedy = 'Use a whole file: train again, or restore this one.'
  const cut = (what: string): FailedError => new FailedError(`${path} is no whole safetensors file: ${what}`, remedy)
  if (bytes.length < 8) throw cut(`it has ${bytes.length} bytes`)
  const headerBytes = Number(bytes.readBigUInt64LE())
  if (headerBytes > bytes.length - 8) throw cut(`its header of ${headerBytes} bytes is cut at ${bytes.length - 8}`)
  const entries = parseHeader(bytes.subarray(8, 8 + headerBytes).toString(), cut)
  const data = bytes.subarray(8 + headerBytes)
  const weights = new Map<string, Tensor>()
  let used = 0
  for (const { name, dtype, shape, begin, end } of entries) {
    if (dtype !== 'F32')
      throw new FailedError(`${path} holds ${name} as ${dtype}`, 'Only F32 weights can be read: convert it.')
    if (end - begin !== 4 * elements(shape))
      throw cut(`${name} of shape [${shape.join(', ')}] has ${end - begin} bytes`)
    if (end > data.length) throw cut(`${name} ends at byte ${end} of the data, which has ${data.length}`)
    // Copied, since a Float32Array needs an offset that is a multiple of 4.
    weights.set(name, { shape, data: new Float32Array(Uint8Array.from(data.subarray(begin, end)).buffer) })
    used += end - begin
  }
  if (used !== data.length) throw cut(`its tensors use ${used} bytes of the ${data.length} that follow the header`)
  return weights
}

/** Reads the weights of a model. Throws FailedError where the file's tensors are not exactly the model's parameters. */
export async function readModelWeights(path: string, config: ModelConfig): Promise<Weights> {
  const weights = await readWeights(path)
  const expected = parametersOf(config)
  const remedy = 'Give the configuration the file was trained with.'
  for (const { name, shape } of expected) {
    const found = weights.get(name)
    if (found === undefined) throw new FailedError(`${path} has no tensor ${name}, which the model needs`, remedy)
    if (!sameShape(found.shape, shape)) {
      throw new FailedError(
        `${path} has ${name} of shape [${found.shape.join(', ')}], the model needs [${shape.join(', ')}]`,
        remedy,
      )
    }
  }
  if (weights.size !== expected.length) {
    throw new FailedError(`${path} has ${weights.size} tensors, the model ${expected.length}`, remedy)
  }
  return weights
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FailedError(`the weights ${path} cannot be read: ${reason}`, 'Check the path, or train first.', { cause })
  }
}

interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: Shape
  readonly begin: number
  readonly end: number
}

function parseHeader(text: string, cut: (what: string) => FailedError): Entry[] {
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch (cause) {
    throw cut(`its header is no JSON (${cause instanceof Error ? cause.message : String(cause)})`)
  }
  if (!isRecord(header)) throw cut('its header is no object')
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => {
      const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {}
      const [begin, end] = isSizes(offsets) ? offsets : []
      if (typeof dtype !== 'string' || !isSizes(shape) || begin === undefined || end === undefined) {
        throw cut(`its header does not describe ${name}`)
      }
      return { name, dtype, shape, begin, end }
    })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}
