import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { after, before, test } from 'node:test'
import type { StepMetrics, TokenSourceSpec, TrainedFiles, TrainJob } from '../../pipeline/contract.ts'
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import type { TrainHooks } from '../../train/engines/onnx.ts'
import { trainOnnx } from '../../train/engines/onnx.ts'
import { jobIn, writeShard } from './fixture.ts'

let folder = ''
let data: TokenSourceSpec
let whole: { files: TrainedFiles; losses: number[] }
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malmoi-train-'))
  data = await writeShard(join(folder, 'data'))
  whole = await run(jobIn(join(folder, 'whole'), data))
})
after(() => rm(folder, { recursive: true }))

async function run(
  job: TrainJob,
  hooks: Partial<TrainHooks> = {},
): Promise<{ files: TrainedFiles; losses: number[]; metrics: StepMetrics[] }> {
  const metrics: StepMetrics[] = []
  const files = await trainOnnx(job, {
    ...hooks,
    onMetrics: (one) => {
      metrics.push(one)
      hooks.onMetrics?.(one)
    },
  })
  return { files, losses: metrics.map(({ loss }) => loss), metrics }
}

async function bytesOf(files: TrainedFiles): Promise<Buffer[]> {
  return Promise.all([files.weights, files.optimizer, files.state].map((path) => readFile(path)))
}

test('a training reports every step, ends in its last state, and keeps the last two', async () => {
  assert.equal(whole.losses.length, 30)
  assert.ok(whole.losses.at(-1)! < whole.losses[0]! / 2)
  assert.equal(whole.files.weights, join(folder, 'whole', 'step-000030', 'weights.safetensors'))
  assert.deepEqual((await readdir(join(folder, 'whole'))).sort(), ['step-000020', 'step-000030'])
})

test('a training killed with SIGKILL and run again ends in the same bytes, with the same losses from there on', async () => {
  const job = jobIn(join(folder, 'killed'), data)
  let pid = 0
  const seen: number[] = []
  const killed = run(job, {
    onStart: (id) => {
      pid = id
    },
    onMetrics: ({ step, loss }) => {
      seen.push(loss)
      if (step === 14) process.kill(pid, 'SIGKILL')
    },
  })
  await assert.rejects(killed, (error) => error instanceof FailedError && /killed by SIGKILL/.test(error.message))
  assert.deepEqual(seen, whole.losses.slice(0, seen.length))

  const resumed = await run(job)
  // It was killed some steps after the report of step 14 was on its way.
  const done = (resumed.metrics[0]?.step ?? 0) - 1
  assert.ok(done === 10 || done === 20, `went on from step ${done}`)
  assert.deepEqual(resumed.losses, whole.losses.slice(done))
  assert.deepEqual(await bytesOf(resumed.files), await bytesOf(whole.files))
})

test('a training stopped by its signal saves where it is, and continues from there to the same bytes', async () => {
  const job = jobIn(join(folder, 'stopped'), data)
  const stop = new AbortController()
  const stopped = run(job, { signal: stop.signal, onMetrics: ({ step }) => step === 4 && stop.abort() })
  const error = await stopped.then(
    () => assert.fail('it ran to its end'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof FailedError)
  const step = Number(/stopped after step (\d+), its state is saved/.exec(error.message)?.[1])
  assert.ok(step >= 4 && step < 30)
  const resumed = await run(job)
  assert.equal(resumed.metrics[0]?.step, step + 1)
  assert.deepEqual(await bytesOf(resumed.files), await bytesOf(whole.files))
})

test('a training that is done is not run again', async () => {
  const again = await run(jobIn(join(folder, 'whole'), data))
  assert.deepEqual(again.losses, [])
  assert.deepEqual(again.files, whole.files)
})

test('a damaged state is set aside, and the one before it is gone on from', async () => {
  const job = jobIn(join(folder, 'damaged'), data)
  const first = await run(job)
  await truncate(first.files.optimizer, 100)
  const notices: string[] = []
  const again = await run(job, { onNotice: (text) => notices.push(text) })
  assert.equal(again.metrics[0]?.step, 21)
  assert.match(notices.join(), /optimizer.safetensors is not what .* names; set aside as step-000030.damaged/)
  assert.deepEqual(await bytesOf(again.files), await bytesOf(whole.files))
})

test('a folder with a training of another configuration or training set is refused', async () => {
  const directory = join(folder, 'whole')
  await assert.rejects(
    run(jobIn(directory, data, { learningRate: 0.02 })),
    (error) => error instanceof UsageError && /another configuration/.test(error.message),
  )
  await assert.rejects(
    run({ ...jobIn(directory, data), trainingSet: 'b'.repeat(64) }),
    (error) => error instanceof UsageError && /the training set aaaa/.test(error.message),
  )
})

test('a configuration that cannot be, or data that is not what the job names, is refused before the first step', async () => {
  await assert.rejects(run(jobIn(join(folder, 'wrong'), data, { batch: 0 })), UsageError)
  const other = { ...data, selection: { ...data.selection, sha256: '0'.repeat(64) } }
  await assert.rejects(run(jobIn(join(folder, 'wrong'), other)), FailedError)
})

test('the training process ends when its parent is killed', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  const job = { ...jobIn(join(folder, 'orphan'), data, { steps: 1_000_000 }), saveEverySteps: 1_000_000 }
  const script = join(folder, 'parent.mjs')
  const engine = new URL(`../../train/engines/onnx${extname(import.meta.url)}`, import.meta.url).href
  await writeFile(
    script,
    `import { trainOnnx } from ${JSON.stringify(engine)}
    let pid
    await trainOnnx(${JSON.stringify(job)}, { onStart(id) { pid = id }, onMetrics({ step }) { if (step === 3) console.log(pid) } })`,
  )
  const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(parent, 'exit').then(() => assert.fail('the parent ended before its third step'))
  const [line] = await Promise.race([once(parent.stdout, 'data'), ended])
  parent.kill('SIGKILL')
  const state = async () => {
    const stat = await readFile(`/proc/${Number(line)}/stat`, 'utf8').catch(
      (error: NodeJS.ErrnoException) => error.code ?? 'error',
    )
    return /\) (\w)/.exec(stat)?.[1] ?? stat
  }
  const deadline = Date.now() + 5000
  while (!['ENOENT', 'ESRCH', 'Z'].includes(await state())) {
    if (Date.now() > deadline) {
      process.kill(Number(line), 'SIGKILL')
      assert.fail('the training process was still there after 5 seconds')
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
})
