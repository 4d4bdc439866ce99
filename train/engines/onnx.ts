/**
 * Trains on onnxruntime in a child process, and passes on what it reports.
 * The steps, the saved states and resuming are the child's; here is only the life of the process.
 */
import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StepMetrics, TrainedFiles, TrainJob } from '../../pipeline/contract.ts'
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import { validateTraining } from '../schedule.ts'
import type { FromChild, ToChild } from './messages.ts'

export interface TrainHooks {
  /** Called at every step. */
  onMetrics(metrics: StepMetrics): void
  /** Called for what a person should know that does not end the training, such as a damaged state set aside. */
  onNotice?(text: string): void
  /** The process's id, once it runs. */
  onStart?(pid: number): void
  /** Saves the state, ends the process and rejects. */
  readonly signal?: AbortSignal
}

const GO_ON = 'Run it again: it goes on from the last saved state.'

/**
 * Trains until `config.steps`, going on from the newest whole state in `directory`, and returns the last state's files.
 * Throws UsageError for a configuration that cannot be, or a folder that holds another training; FailedError where
 * the loss diverges, data is damaged, the process is killed, or `signal` aborts.
 */
export async function trainOnnx(job: TrainJob, hooks: TrainHooks): Promise<TrainedFiles> {
  validateTraining(job.config)
  if (!Number.isInteger(job.saveEverySteps) || job.saveEverySteps < 1) {
    throw new UsageError(`saveEverySteps is ${job.saveEverySteps}: it must be a whole number of at least 1`)
  }
  if (hooks.signal?.aborted) throw new FailedError('training was stopped before its first step', GO_ON)

  // The child is beside this file, with its extension: .ts as written, .js where the project was compiled.
  const path = fileURLToPath(new URL(`./onnx-child${extname(import.meta.url)}`, import.meta.url))
  const child = fork(path, { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000)
  })
  const tell = (message: ToChild): void => {
    if (child.connected) child.send(message)
  }
  const stop = (): void => tell({ kind: 'abort' })
  hooks.signal?.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<TrainedFiles>((resolve, reject) => {
      child.once('error', reject)
      // `close` comes after every message and all of stderr; a promise settled by then stays as it is.
      child.once('close', (code, signal) => {
        const end = signal === null ? `ended with code ${code}` : `was killed by ${signal}`
        reject(new FailedError(`the training process ${end}${errors === '' ? '' : `: ${errors.trim()}`}`, GO_ON))
      })
      child.on('message', (message: FromChild) => {
        try {
          receive(message, hooks, resolve, reject)
        } catch (error) {
          // A hook threw: its owner wants no more of this training.
          child.kill('SIGKILL')
          reject(error)
        }
      })
      if (child.pid !== undefined) hooks.onStart?.(child.pid)
      tell({ kind: 'start', job })
    })
  } finally {
    hooks.signal?.removeEventListener('abort', stop)
  }
}

function receive(
  message: FromChild,
  hooks: TrainHooks,
  resolve: (files: TrainedFiles) => void,
  reject: (error: Error) => void,
): void {
  switch (message.kind) {
    case 'metrics':
      hooks.onMetrics(message.metrics)
      break
    case 'notice':
      hooks.onNotice?.(message.text)
      break
    case 'done':
      resolve(message.files)
      break
    case 'aborted':
      reject(new FailedError(`training was stopped after step ${message.step}, its state is saved`, GO_ON))
      break
    case 'error':
      reject(
        message.usage ? new UsageError(message.message) : new FailedError(message.message, message.remedy ?? undefined),
      )
  }
}
