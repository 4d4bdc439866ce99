/**
 * The training process: one job, from the newest saved state to the last step. Started by onnx.ts alone.
 * onnxruntime blocks the event loop for the length of a step, which is why training has a process of its own.
 */
import type { TrainedFiles, TrainJob } from '../../pipeline/contract.ts'
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import { openTokenSource } from '../data-loader.ts'
import { initialState, trainingSteps } from '../loop.ts'
import { loadState, saveState, stateFiles } from '../state.ts'
import { endWithParent } from './end-with-parent.ts'
import type { FromChild, ToChild } from './messages.ts'
import { openGradients } from './onnx-gradients.ts'

const abort = new AbortController()

// Without its parent nobody would read the result, and a second training could start on the same folder.
endWithParent(process.ppid)
// Ctrl-C reaches every process of the terminal; when to end, and that the state is saved first, is the parent's to say.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
process.on('message', (message: ToChild) => {
  if (message.kind === 'abort') abort.abort()
  else void train(message.job, abort.signal).then(finish, (error: unknown) => finish(describe(error)))
})

async function train(job: TrainJob, signal: AbortSignal): Promise<FromChild> {
  const { config, trainingSet, directory } = job
  const identity = { config, trainingSet }
  const state = (await loadState(directory, identity, (text) => send({ kind: 'notice', text }))) ?? initialState(config)
  if (state.step >= config.steps) return { kind: 'done', files: stateFiles(directory, state.step) }

  const source = openTokenSource(job.data)
  const engine = await openGradients(config)
  let files: TrainedFiles | null = null
  for await (const metrics of trainingSteps(config, state, source, engine.compute)) {
    send({ kind: 'metrics', metrics })
    const last = metrics.step === config.steps
    if (last || signal.aborted || metrics.step % job.saveEverySteps === 0) {
      files = await saveState(directory, identity, state)
    }
    if (signal.aborted && !last) return { kind: 'aborted', step: state.step }
  }
  await engine.close()
  if (files === null) throw new Error('the last step was not saved')
  return { kind: 'done', files }
}

function send(message: FromChild): void {
  process.send?.(message)
}

/** Sends the last message and ends once it has left the process. */
function finish(message: FromChild): void {
  process.send?.(message, () => process.exit(0))
}

function describe(error: unknown): FromChild {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError) return { kind: 'error', usage: true, message, remedy: null }
  if (error instanceof FailedError) return { kind: 'error', usage: false, message, remedy: error.remedy ?? null }
  // A fault of ours: the stack says where.
  const stack = error instanceof Error ? error.stack : undefined
  return { kind: 'error', usage: false, message: stack ?? message, remedy: null }
}
