/**
 * The files a path stands for (a file, a folder, a glob), sorted; and their state as a value that changes when one of
 * them does.
 */
import { glob, readdir, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { type Json, UsageError } from '../../pipeline/contract.ts'

export interface FoundFile {
  readonly path: string
  /** From the folder that `path` names, with `/`; the file's name where it names a file. */
  readonly name: string
  readonly bytes: number
  readonly state: Json
}

/** Throws UsageError where there is none, naming the source. */
export async function findFiles(source: string, path: string): Promise<readonly FoundFile[]> {
  const paths = await expand(path)
  const root = commonFolder(path)
  const found: FoundFile[] = []
  for (const each of paths.toSorted()) {
    const file = await stat(each, { bigint: true })
    if (!file.isFile()) continue
    const { size, mtimeNs, ctimeNs, ino } = file
    const name = relative(root, each).split(sep).join('/') || basename(each)
    found.push({ path: each, name, bytes: Number(size), state: [each, ...[size, mtimeNs, ctimeNs, ino].map(String)] })
  }
  if (found.length === 0) throw new UsageError(`source ${source}: there is no file ${path}`)
  return found
}

async function expand(path: string): Promise<readonly string[]> {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (there === null) return await Array.fromAsync(glob(path))
  if (!there.isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** The folder before the first wildcard; a folder is its own. */
function commonFolder(path: string): string {
  const wild = path.search(/[*?[{]/)
  if (wild < 0) return path
  return path.slice(0, Math.max(0, path.lastIndexOf(sep, wild)))
}
