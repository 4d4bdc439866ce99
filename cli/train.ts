/** malmoi train: a checkpoint pinned to the digest of its training set. */
import { presets } from '../model/config.ts'
import { UsageError } from '../pipeline/contract.ts'
import { trainOn } from '../pipeline/plan.ts'
import type { Training } from '../pipeline/recipe.ts'
import { trainingOf } from './config-dataset.ts'
import { buildNamed } from './plan-run.ts'
import { onCorpus } from './takedown-deps.ts'
import { noteMarks, noteTakenDown } from './takedown-notes.ts'
import type { Call, Verb } from './verb.ts'

const ENGINES = ['onnx']

export const verb: Verb = {
  usage: 'DATASET[@N] --preset P (--steps S | --tokens T) [options]',
  details: `
Builds what is missing, then trains on that version's training set. The checkpoint pins the training set's digest, the
config, the engine and the thread count. A training that was cut off goes on exactly where its last saved state was; one
that is done is not done again.

presets: ${Object.keys(presets).join(', ')}

  malmoi train news --preset test --steps 300
  malmoi train news@7 --preset mini --tokens 200M`,
  options: {
    preset: { type: 'string', value: 'P', about: 'size of the model' },
    steps: { type: 'string', value: 'S', about: 'optimizer steps' },
    tokens: { type: 'string', value: 'T', about: 'tokens to see, instead of steps (k and M are understood)' },
    engine: { type: 'string', value: 'E', about: `what computes: ${ENGINES.join(', ')} (default: onnx)` },
    batch: { type: 'string', value: 'B', about: 'windows in one step (default: 8)' },
    sequence: { type: 'string', value: 'L', about: "tokens of a window (default: the preset's context)" },
    'learning-rate': { type: 'string', value: 'R', about: 'peak learning rate (default: by preset)' },
    seed: { type: 'string', value: 'N', about: 'seed of the initial weights (default: 0)' },
    threads: { type: 'string', value: 'N', about: 'threads that compute (default: the processors)' },
    resume: { type: 'boolean', about: 'go on with an interrupted training; what happens without it too' },
  },
  async run(call) {
    const [name, ...more] = call.positionals
    if (!name || more.length > 0)
      throw new UsageError('malmoi train takes one dataset: `malmoi train news --preset test --steps 300`')
    const training = readTraining(call)
    const config = await call.config()
    const workspace = await call.open()
    const built = await buildNamed(workspace, config, name)
    const version = `${built.version.dataset}@${built.version.number}`
    const { db } = workspace.connection
    const takenDown = await noteTakenDown(call, db, version)
    const checkpoint = await onCorpus(workspace, () =>
      trainOn(workspace.stages, built, training, (metrics) => {
        if (call.json) call.emit(metrics)
      }),
    )
    const takedowns = await noteMarks(call, db, checkpoint.digest)
    const outcome = {
      checkpoint: checkpoint.digest,
      trainingSet: built.trainingSet?.digest ?? null,
      version,
      takenDown,
      takedowns,
      executed: workspace.stages.executed,
    }
    if (call.json) call.emit(outcome)
    else call.print(`checkpoint ${outcome.checkpoint}  ${outcome.version}  training set ${outcome.trainingSet}`)
  },
}

function readTraining(call: Call): Training {
  const preset = call.text('preset')
  const known = (Object.keys(presets) as (keyof typeof presets)[]).find((each) => each === preset)
  if (!known) throw new UsageError(`--preset ${preset ?? 'is missing'}: give one of ${Object.keys(presets).join(', ')}`)
  const engine = call.text('engine') ?? 'onnx'
  if (!ENGINES.includes(engine))
    throw new UsageError(`--engine ${engine} is not known: give one of ${ENGINES.join(', ')}`)
  const steps = call.count('steps')
  const tokens = call.count('tokens')
  if ((steps === undefined) === (tokens === undefined))
    throw new UsageError('malmoi train needs either --steps or --tokens')
  const rate = call.text('learning-rate')
  if (rate !== undefined && !(Number(rate) > 0)) throw new UsageError(`--learning-rate ${rate}: give a number above 0`)
  return trainingOf({
    preset: known,
    length: steps === undefined ? { tokens: tokens ?? 0 } : { steps },
    batch: call.count('batch'),
    sequence: call.count('sequence'),
    learningRate: rate === undefined ? undefined : Number(rate),
    seed: call.count('seed', 0),
    threads: call.count('threads'),
  })
}
