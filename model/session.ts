/**
 * Runs a lowered graph on onnxruntime-node: the one place that knows the runtime and its settings.
 * Inputs are read where they lie; outputs are copied into fresh memory by the runtime. A run blocks the event loop.
 */
import type { InferenceSession as Session } from 'onnxruntime-node'
import ort from 'onnxruntime-node'
import { FailedError } from '../pipeline/contract.ts'
import type { Node } from './graph/node.ts'
import { topologicalOrder } from './graph/node.ts'
import { toOnnx } from './graph/onnx.ts'

export type Values = Float32Array | Int32Array

export interface GraphSession {
  /** Computes the outputs by name. Every input of the graph must be fed. */
  run(feeds: ReadonlyMap<string, Values>): Promise<ReadonlyMap<string, Float32Array>>
  close(): Promise<void>
}

/** A session for the float outputs of a graph on `threads` threads of the CPU. Throws FailedError where it cannot be made. */
export async function openSession(outputs: Readonly<Record<string, Node>>, threads: number): Promise<GraphSession> {
  const shapes = new Map<string, readonly number[]>()
  for (const node of topologicalOrder(Object.values(outputs))) {
    if (node.op.kind === 'input') shapes.set(node.op.name, node.shape)
  }
  const session = await createSession(toOnnx(outputs), threads)
  return {
    async run(feeds) {
      const tensors: Record<string, ort.Tensor> = {}
      for (const [name, shape] of shapes) {
        const data = feeds.get(name)
        if (data === undefined) throw new Error(`the graph input ${name} was not fed`)
        tensors[name] =
          data instanceof Int32Array ? new ort.Tensor('int32', data, shape) : new ort.Tensor('float32', data, shape)
      }
      const results = new Map<string, Float32Array>()
      for (const [name, value] of Object.entries(await session.run(tensors))) {
        if (!(value.data instanceof Float32Array)) throw new Error(`the graph output ${name} is ${value.type}`)
        results.set(name, value.data)
      }
      return results
    },
    close: () => session.release(),
  }
}

async function createSession(model: Uint8Array, threads: number): Promise<Session> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // The pattern allocates every activation at once: 29 M parameters took 3.3 GB with it, 2.0 without.
      enableMemPattern: false,
      logSeverityLevel: 3,
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FailedError(`onnxruntime could not load the model graph: ${reason}`, 'Reinstall with npm ci.', { cause })
  }
}
