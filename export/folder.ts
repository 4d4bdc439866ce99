/**
 * A folder that appears whole or not at all: written beside its place, synced, renamed. What stood there stands until
 * then, and stands again where a process died between the two renames. What the folder holds is not known here.
 */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FailedError } from '../pipeline/contract.ts'

/**
 * Writes the folder at `path` (absolute) by `build`, which is given an empty folder to fill; then `commit` is called, and
 * the folder takes its place. Where any of them fails, what was written is removed.
 * @throws FailedError that names the place and the remedy where the file system refuses
 */
export async function replaceFolder<Result>(
  path: string,
  build: (temporary: string) => Promise<Result>,
  commit: (built: Result) => Promise<void>,
): Promise<Result> {
  const temporary = `${path}.tmp-${process.pid}`
  try {
    await mkdir(dirname(path), { recursive: true })
    await clearLeftovers(path)
    await mkdir(temporary)
    const built = await build(temporary)
    await syncTree(temporary)
    await commit(built)
    await swap(temporary, path)
    return built
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw writingError(path, error)
  }
}

async function swap(temporary: string, path: string): Promise<void> {
  const old = `${path}.old-${process.pid}`
  const replaced = await exists(path)
  if (replaced) await rename(path, old)
  try {
    await rename(temporary, path)
  } catch (error) {
    if (replaced) await rename(old, path)
    throw error
  }
  await syncFolder(dirname(path))
  if (replaced) await rm(old, { recursive: true })
}

/** What processes that died left beside `path`. */
async function clearLeftovers(path: string): Promise<void> {
  const folder = dirname(path)
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue
    const [, kind, pid] = /^\.(tmp|old)-(\d+)$/.exec(name.slice(basename(path).length)) ?? []
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue
    if (kind === 'old' && !(await exists(path))) await rename(join(folder, name), path)
    else await rm(join(folder, name), { recursive: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH'
  }
}

async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) await syncFolder(join(entry.parentPath, entry.name))
  await syncFolder(folder)
}

/** Of a file too. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync()
  await handle.close()
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}

const REFUSALS: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'make room, or choose a folder on another disk with --to'],
  EDQUOT: ['the quota of the disk is used up', 'make room, or choose a folder on another disk with --to'],
  EFBIG: ['a file would be larger than is allowed', 'write smaller files with --shard-bytes'],
  EROFS: ['the file system is read-only', 'choose another folder with --to'],
  EACCES: ['writing there is not permitted', 'choose another folder with --to'],
  EPERM: ['writing there is not permitted', 'choose another folder with --to'],
  ENOTDIR: ['a part of the path is a file', 'choose another folder with --to'],
  EBUSY: ['it is the root of a file system', 'choose a folder inside it with --to'],
  EXDEV: ['it is the root of a file system', 'choose a folder inside it with --to'],
}

/** A refusal of the file system in words; other errors as they are. */
function writingError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const [what, remedy] = REFUSALS[error.code] ?? []
  if (what === undefined) return error
  return new FailedError(
    `${path} was not written: ${what} (${error.code})`,
    `${remedy}; nothing half-written was left`,
    {
      cause: error,
    },
  )
}
