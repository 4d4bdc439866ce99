/** bin/malmoi.js under an older Node: it hands over to a newer one, and the two live and die together. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { COMMAND, createWorkspace, type TestWorkspace } from '../support/command.ts'
import { writeNotes } from '../support/notes.ts'

const oldNode = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((path) => existsSync(path) && majorOf(path) < 24)
const withoutOldNode = oldNode ? false : 'no Node older than 24 is in PATH'

function majorOf(node: string): number {
  return Number(spawnSync(node, ['-p', "process.versions.node.split('.')[0]"], { encoding: 'utf8' }).stdout)
}

interface Run {
  readonly state: string
  readonly stage: string
}

describe('the launcher', { skip: withoutOldNode }, () => {
  let workspace: TestWorkspace
  const launcher = oldNode ?? ''

  before(() => {
    workspace = createWorkspace()
    workspace.configure({
      sources: [writeNotes(workspace.folder)],
      datasets: { notes: { validation: 0.2, train: { preset: 'test', steps: 1_000_000, batch: 2, threads: 1 } } },
    })
  })
  after(() => workspace.remove())

  /** Starts a run that would train for hours, and waits until it trains. */
  async function training() {
    const child = spawn(launcher, [COMMAND, 'run', '--night', '2026-11-01'], {
      cwd: workspace.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const end = new Promise<number | string | null>((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal))
    })
    const trainer = () => descendants(child.pid).find((pid) => commandLine(pid).includes('onnx-child'))
    while (trainer() === undefined && child.exitCode === null) await sleep(20)
    assert.equal(child.exitCode, null, said)
    await sleep(500)
    const ours = descendants(child.pid).filter((pid) => /malmoi\.js|onnx-child/.test(commandLine(pid)))
    assert.ok(ours.length >= 2, 'the newer Node, and the training process')
    return { child, end, ours, said: () => said }
  }

  const lastTraining = async () => {
    const [status] = await workspace.json<{ readonly runs: readonly Run[] }>('status')
    return status?.runs.find(({ stage }) => stage === 'train')?.state
  }

  afterEach(async () => {
    assert.ok(await lastTraining(), 'the next command works')
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} to the launcher ends the command in order, with its state saved and exit code 130`, async () => {
      const { child, end, ours, said } = await training()
      child.kill(signal)
      assert.equal(await end, 130)
      assert.match(said(), /stopped after step \d+, its state is saved/)
      assert.deepEqual(ours.filter(isRunning), [])
      assert.equal(await lastTraining(), 'interrupted')
    })
  }

  test('Ctrl-C, which reaches every process of the terminal, is one interrupt and not several', async () => {
    const { child, end, ours, said } = await training()
    for (const pid of ours) process.kill(pid, 'SIGINT')
    child.kill('SIGINT')
    assert.equal(await end, 130)
    assert.match(said(), /stopped after step \d+, its state is saved/)
  })

  test('kill -9 of the launcher leaves nothing running but the database, also in the middle of a training step', async () => {
    const { child, end, ours } = await training()
    child.kill('SIGKILL')
    assert.equal(await end, 'SIGKILL')
    for (let waited = 0; ours.some(isRunning) && waited < 2_000; waited += 50) await sleep(50)
    assert.deepEqual(ours.filter(isRunning), [])
  })

  test('exit codes pass through', () => {
    const code = (...args: readonly string[]) =>
      spawnSync(launcher, [COMMAND, ...args], { cwd: workspace.folder, stdio: 'ignore' }).status
    assert.deepEqual([code('--help'), code('status', 'extra', '--unknown'), code('why', 'http://nowhere/')], [0, 2, 1])
  })

  test('without a newer Node in reach the message says what to do', () => {
    const folder = mkdtempSync(join(tmpdir(), 'malmoi-launcher-'))
    cpSync(COMMAND, join(folder, 'malmoi.mjs'))
    const { status, stderr } = spawnSync(launcher, [join(folder, 'malmoi.mjs'), 'status'], { encoding: 'utf8' })
    rmSync(folder, { recursive: true })
    assert.equal(status, 1)
    assert.match(stderr, /^malmoi: Node 24 or newer is needed, this is v\d+\.\d+\.\d+; install .*\n$/)
  })
})

/** The processes that this one started, and those they started. */
function descendants(pid: number | undefined): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const)
  const below = (of: number): number[] => parents.flatMap(([id, parent]) => (parent === of ? [id, ...below(id)] : []))
  return pid === undefined ? [] : below(pid)
}

/** proc(5): pid, name in parentheses, state, parent. */
function parentOf(pid: number): number | null {
  const stat = readProc(pid, 'stat')
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

function commandLine(pid: number): string {
  return readProc(pid, 'cmdline')?.replaceAll('\0', ' ') ?? ''
}

/** A process that ended and waits to be collected has no command line any more. */
function isRunning(pid: number): boolean {
  return commandLine(pid) !== ''
}

function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code))) return null
    throw error
  }
}
