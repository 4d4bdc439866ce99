/** malmoi evaluate: a checkpoint on the validation split of its training set. */
import { availableParallelism } from 'node:os'
import { evaluateOn } from '../pipeline/plan.ts'
import { findCheckpoint } from './checkpoints.ts'
import { onCorpus } from './takedown-deps.ts'
import { noteMarks } from './takedown-notes.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'CHECKPOINT [--threads N]',
  details: `
Scores the documents that were held out of training: bits per byte of their original UTF-8 text, and perplexity per token.
An evaluation that is on record is not computed again.

  malmoi evaluate 3f9a01`,
  options: { threads: { type: 'string', value: 'N', about: 'threads that compute (default: the processors)' } },
  async run(call) {
    const workspace = await call.open()
    const { checkpoint, trainingSet } = await findCheckpoint(workspace.connection.db, call.positionals[0])
    const threads = call.count('threads') ?? Math.min(availableParallelism(), 16)
    const evaluation = await onCorpus(workspace, () => evaluateOn(workspace.stages, checkpoint, trainingSet, threads))
    await noteMarks(call, workspace.connection.db, checkpoint.digest)
    const metrics = JSON.parse(await workspace.objects.text(evaluation.digest))
    if (call.json) call.emit(metrics)
    else
      call.print(
        `${metrics.bitsPerByte.toFixed(4)} bits per byte, perplexity ${metrics.perplexity.toFixed(2)}, ${metrics.documents} documents, ${metrics.bytes} bytes`,
      )
  },
}
