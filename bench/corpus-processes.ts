/** Seconds of processor time and of the clock that a command and the database behind it take. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMAND } from '../tests/support/command.ts'

/** Linux counts processor time in hundredths of a second (proc(5), sysconf _SC_CLK_TCK). */
const TICKS_A_SECOND = 100

export interface Cost {
  readonly wall: number
  /** Of the command with its threads. */
  readonly node: number
  /** Of the server with all its processes. */
  readonly postgres: number
  /** Most memory the command had resident, in MB. */
  readonly peak: number
  /** Seconds from the last word of a stage to the end: the freezing of the version, and taking leave of the server. */
  readonly last: number
}

export interface Finished extends Cost {
  readonly stdout: string
}

/** utime, stime, cutime and cstime of a process (fields 14 to 17 of its stat); null where it is gone. */
function ticksOf(pid: number | 'self'): readonly number[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields.slice(11, 15).map(Number)
  } catch (error) {
    if (error instanceof Error && /ENOENT|ESRCH/.test(error.message)) return null
    throw error
  }
}

/** Processor seconds of a server: its postmaster with the children it has reaped, and those that live. */
export function serverSeconds(postmaster: number): number {
  const own = ticksOf(postmaster) ?? []
  const living = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === postmaster)
    .flatMap((pid) => (ticksOf(pid) ?? []).slice(0, 2))
  return [...own, ...living].reduce((sum, ticks) => sum + ticks, 0) / TICKS_A_SECOND
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch (error) {
    if (error instanceof Error && /ENOENT|ESRCH/.test(error.message)) return null
    throw error
  }
}

/** The process that is the server, by the file in its data folder. */
export function postmasterOf(dataFolder: string): number {
  return Number(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0])
}

/** Processor seconds of the children of this process that have ended. */
export function childrenSeconds(): number {
  const [, , user = 0, system = 0] = ticksOf('self') ?? []
  return (user + system) / TICKS_A_SECOND
}

export interface Given {
  readonly folder: string
  readonly postmaster: number
  /** For node itself: --cpu-prof. */
  readonly flags?: readonly string[]
}

/** Runs the command to its end. @throws Error with what it said, where it fails. */
export async function measured({ folder, postmaster, flags = [] }: Given, ...args: string[]): Promise<Finished> {
  const before = { node: childrenSeconds(), postgres: serverSeconds(postmaster), clock: performance.now() }
  const child = spawn(process.execPath, [...flags, COMMAND, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr, peak, spoke] = ['', '', 0, before.clock]
  child.stdout.setEncoding('utf8').on('data', (part) => {
    stdout += part
  })
  child.stderr.setEncoding('utf8').on('data', (part) => {
    stderr = (stderr + part).slice(-5000)
    spoke = performance.now()
  })
  const watch = setInterval(() => {
    peak = Math.max(peak, residentOf(child.pid))
  }, 100)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearInterval(watch)
  if (code !== 0) throw new Error(`malmoi ${args.join(' ')} ended with ${code}: ${stderr}`)
  return {
    stdout,
    wall: (performance.now() - before.clock) / 1000,
    last: (performance.now() - spoke) / 1000,
    node: childrenSeconds() - before.node,
    postgres: serverSeconds(postmaster) - before.postgres,
    peak,
  }
}

function residentOf(pid: number | undefined): number {
  try {
    return (Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024) / 1e6
  } catch (error) {
    if (error instanceof Error && /ENOENT|ESRCH/.test(error.message)) return 0
    throw error
  }
}
