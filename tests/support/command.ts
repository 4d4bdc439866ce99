/** The command as another program runs it: a process of its own, in a workspace of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, lstatSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '../../store/connect.ts'
import { locateEmbedded } from '../../store/embedded-place.ts'

export const COMMAND = fileURLToPath(new URL('../../bin/malmoi.js', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

export interface TestWorkspace {
  readonly folder: string
  /** Writes malmoi.config.ts with this value. */
  configure(config: object): void
  /** Runs the command to its end. */
  run(...args: readonly string[]): Promise<Outcome>
  /** Runs it with --json, expects exit code 0, and gives the parsed lines. */
  json<Value>(...args: readonly string[]): Promise<Value[]>
  start(...args: readonly string[]): ChildProcess
  remove(): Promise<void>
}

export function createWorkspace(env: Readonly<Record<string, string>> = {}): TestWorkspace {
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-test-'))
  const { DATABASE_URL: _, ...inherited } = process.env
  const start = (args: readonly string[]) =>
    spawn(process.execPath, [COMMAND, ...args], {
      cwd: folder,
      env: { ...inherited, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })

  async function run(...args: readonly string[]): Promise<Outcome> {
    const began = performance.now()
    const child = start(args)
    child.stdin.end()
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, stdout: await stdout, stderr: await stderr, seconds: (performance.now() - began) / 1000 }
  }

  return {
    folder,
    configure: (config) =>
      writeFileSync(join(folder, 'malmoi.config.ts'), `export default ${JSON.stringify(config, null, 2)}\n`),
    run,
    async json<Value>(...args: readonly string[]) {
      const outcome = await run(...args, '--json')
      if (outcome.code !== 0) throw new Error(`malmoi ${args.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`)
      return outcome.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Value => JSON.parse(line))
    },
    start: (...args) => start(args),
    remove: () => removeWorkspace(folder),
  }
}

/** Removes a workspace and its database, which as root may lie elsewhere. */
export async function removeWorkspace(folder: string): Promise<void> {
  if (lstatSync(join(folder, '.malmoi', 'postgres'), { throwIfNoEntry: false })) {
    const { dataFolder } = locateEmbedded(folder)
    // A killed command leaves its database running; whoever connects last stops it.
    if (existsSync(join(dataFolder, 'postmaster.pid'))) await (await connect(folder, undefined)).close()
    await rm(dirname(dataFolder), { recursive: true, force: true })
  }
  await rm(folder, { recursive: true, force: true })
}

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
