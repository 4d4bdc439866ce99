/**
 * The embedded PostgreSQL: makes its data folder, starts and stops the server.
 * It listens on a Unix socket in its own data folder (mode 0700) and on nothing else.
 * Knows nothing of tables; store/connect.ts decides when to start and when to stop.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FailedError } from '../pipeline/contract.ts'
import type { Embedded } from './embedded-place.ts'
import { codeOf } from './error-code.ts'

const PORT = 5432
const PID_FILE = 'postmaster.pid'
/** Linux allows 107 bytes for a socket's path (unix(7)). */
const SOCKET_PATH_LIMIT = 107

const SETTINGS = {
  listen_addresses: '',
  unix_socket_directories: '.',
  max_connections: '100',
  shared_buffers: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  // Disks without arms: reading here and there costs little more than reading on.
  random_page_cost: '1.1',
  // A segment that is used again keeps, behind its new end, what was written before: taken down texts among it.
  wal_recycle: 'off',
  // A command that was killed leaves its queries behind: they end within a second.
  client_connection_check_interval: '1s',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
}

/** Makes the data folder unless it is there; of two processes that make it at once the first one's stays. */
export async function makeDataFolder(server: Embedded): Promise<void> {
  mkdirSync(dirname(server.logFile), { recursive: true })
  await removeLeftovers(server)
  if (isDataFolder(server)) return
  const folder = mkdtempSync(`${server.dataFolder}.initdb-${process.pid}-`)
  const failed = (why: string, cause?: unknown) => {
    rmSync(folder, { recursive: true, force: true })
    return new FailedError(
      `the embedded PostgreSQL could not make its data folder ${server.dataFolder}: ${why}`,
      'use a workspace on a local disk with 100 MB to spare, or set DATABASE_URL to a PostgreSQL server of your own',
      { cause },
    )
  }
  let end: { readonly code: number | null; readonly stderr: string }
  try {
    if (server.owner) chownSync(folder, server.owner.uid, server.owner.gid)
    end = await initdb(server, folder)
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error), error)
  }
  if (end.code !== 0) throw failed(end.stderr.trim().split('\n').slice(-2).join(' '))
  try {
    renameSync(folder, server.dataFolder)
  } catch (error) {
    // Another process was first; its folder is as good as ours.
    if (!isDataFolder(server)) throw failed(String(error), error)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A server that was spawned, and that may yet refuse to start. */
export interface Starting {
  running(): boolean
  /** What it said as it ended by itself with an error; null where it runs, or was stopped. */
  refusal(): string | null
}

/** Starts the server; returns once it was spawned, not yet answering. Null where one of ours is running already. */
export async function startEmbedded(server: Embedded): Promise<Starting | null> {
  const pid = namedPid(server)
  if (pid !== null && isServer(pid, server)) return null
  if (isMisleading(server, pid)) rmSync(join(server.dataFolder, PID_FILE), { force: true })
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openSync(server.logFile, 'a')
  const logged = fstatSync(log).size
  let child: ChildProcess
  try {
    child = spawn(server.binaries.postgres, ['-D', server.dataFolder, ...settings], {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: server.dataFolder,
      env: {},
      ...identity(server),
    })
    await spawned(child)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new FailedError(`the embedded PostgreSQL could not be started: ${why}`, 'set DATABASE_URL', { cause })
  } finally {
    closeSync(log)
  }
  child.unref()
  return {
    running: () => child.exitCode === null && child.signalCode === null,
    refusal: () => ((child.exitCode ?? 0) === 0 ? null : complaintOf(server, child.pid, logged)),
  }
}

/**
 * Fast shutdown (SIGINT) of the server that a client is connected to; resolves once it is gone, or after ten seconds.
 * The client's connection is the proof that the pid file names this server.
 */
export async function stopEmbedded(server: Embedded): Promise<void> {
  const pid = namedPid(server)
  if (pid === null) return
  process.kill(pid, 'SIGINT')
  for (let waited = 0; waited < 10_000 && namedPid(server) === pid && isServer(pid, server); waited += 5) await sleep(5)
}

/** Where the server listens. Needs the data folder; asked for once, since a long path costs an open file. */
export function embeddedAddress(server: Embedded): { readonly host: string; readonly port: number } {
  const socket = join(server.dataFolder, `.s.PGSQL.${PORT}`)
  if (Buffer.byteLength(socket) <= SOCKET_PATH_LIMIT) return { host: server.dataFolder, port: PORT }
  // An open folder has a short name under /proc for as long as this process lives.
  return { host: `/proc/self/fd/${openSync(server.dataFolder, 'r')}`, port: PORT }
}

/** What a server process complained of, from a position in the log on that it shares with others. */
function complaintOf(server: Embedded, pid: number | undefined, from: number): string {
  const own = ` UTC [${pid}] `
  const lines = readFileSync(server.logFile).subarray(from).toString('utf8').trimEnd().split('\n')
  const complaint = lines.findLast((line) => line.includes(own) && /FATAL|PANIC/.test(line)) ?? lines.at(-1)
  return complaint?.split(own).at(-1) || 'it ended without a word'
}

function initdb(server: Embedded, folder: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(
    server.binaries.initdb,
    [
      ...['-D', folder, '-U', 'malmoi', '-A', 'trust', '-E', 'UTF8'],
      // The builtin provider sorts alike on every machine, and needs no locale of the system.
      ...['--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ],
    // Detached, so that Ctrl-C ends the command in order and not initdb in the middle.
    { cwd: folder, env: {}, stdio: ['ignore', 'ignore', 'pipe'], detached: true, ...identity(server) },
  )
  return new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stderr }))
  })
}

/** Half-made data folders of commands that were killed. */
async function removeLeftovers(server: Embedded): Promise<void> {
  const start = `${basename(server.dataFolder)}.initdb-`
  for (const name of readdirSync(dirname(server.dataFolder)).toSorted()) {
    if (!name.startsWith(start) || isAlive(Number.parseInt(name.slice(start.length), 10))) continue
    const folder = join(dirname(server.dataFolder), name)
    // An orphaned initdb may be writing still, and fill what is being emptied; it ends soon.
    for (let tries = 0; existsSync(folder) && tries < 40; tries++) {
      if (tries > 0) await sleep(50)
      removeIfQuiet(folder)
    }
  }
}

function removeIfQuiet(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY') throw error
  }
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
}

function identity({ owner }: Embedded): { readonly uid?: number; readonly gid?: number } {
  return owner ? { uid: owner.uid, gid: owner.gid } : {}
}

function isDataFolder(server: Embedded): boolean {
  return existsSync(join(server.dataFolder, 'PG_VERSION'))
}

/** The process that the pid file names. */
function namedPid(server: Embedded): number | null {
  const file = join(server.dataFolder, PID_FILE)
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0])
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/**
 * PostgreSQL itself overrides a pid file whose process is gone. But it believes one that names somebody else's process,
 * and an empty one, which a crash of the machine leaves, or for a moment a server that is just starting.
 */
function isMisleading(server: Embedded, pid: number | null): boolean {
  if (pid !== null) return isAlive(pid)
  const written = statSync(join(server.dataFolder, PID_FILE), { throwIfNoEntry: false })?.mtimeMs
  return written !== undefined && Date.now() - written > 5_000
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}

/** Told by its command line, which others may read too; a process that ended and waits to be collected has none. */
function isServer(pid: number, server: Embedded): boolean {
  try {
    const [, option, folder] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return option === '-D' && folder === server.dataFolder
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return false
    throw error
  }
}
