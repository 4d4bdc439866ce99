/**
 * Ends this process soon after the process that started it, however that one ended (kill -9 tells nobody).
 * A thread of its own watches, since the main thread may be busy for long: with a training step, with a tokenizer.
 */
import { Worker } from 'node:worker_threads'

const EVERY_MS = 250

/** The orphan's new parent has another id, which is all there is to see. `parent`: the id of that process at the start. */
export function endWithParent(parent: number): void {
  const watch = `setInterval(() => {
    if (process.ppid !== ${parent}) process.kill(process.pid, 'SIGKILL')
  }, ${EVERY_MS})`
  new Worker(watch, { eval: true, execArgv: [] }).unref()
}
