/**
 * manifest.json, which makes a folder an export: the version, and every file with its digest. Its own digest names the
 * export. Reading one back for an import is the crawler's (crawler/import/manifest.ts).
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { UsageError } from '../pipeline/contract.ts'
import type { Format } from './formats.ts'
import type { WrittenFile, WrittenShard } from './shards.ts'
import type { Share } from './tally.ts'

export const MANIFEST = 'manifest.json'
const KIND = 'malmoi export'

export interface Manifest {
  /** `news@7`, and the digest of that version. */
  readonly version: string
  readonly digest: string
  readonly format: Format
  readonly documents: number
  /** UTF-8 bytes of the texts. */
  readonly textBytes: number
  readonly shares: readonly Share[]
  readonly files: readonly WrittenShard[]
  /** Card and metadata. */
  readonly about: readonly WrittenFile[]
}

/** The file's content: the same export gives the same bytes. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ kind: KIND, ...manifest }, null, 2)}\n`
}

export function manifestDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * Whether `folder` may be replaced by an export of `dataset`: it is not there, is empty, or is an export of this dataset
 * and holds nothing else. @throws UsageError that says what it holds otherwise
 */
export async function checkReplaceable(folder: string, dataset: string): Promise<void> {
  const remedy = 'choose another folder with --to, or move it away'
  const there = await stat(folder).catch(absent)
  if (there === null) return
  if (!there.isDirectory()) throw new UsageError(`${folder} is a file: ${remedy}`)
  const names = await filesOf(folder)
  if (names.length === 0) return
  const manifest = await readManifest(folder)
  if (manifest === null) throw new UsageError(`${folder} is no export (it holds ${names[0]}): ${remedy}`)
  if (manifest.version.slice(0, manifest.version.lastIndexOf('@')) !== dataset)
    throw new UsageError(`${folder} is an export of ${manifest.version}, not of ${dataset}: ${remedy}`)
  const own = new Set([MANIFEST, ...manifest.paths])
  const other = names.find((name) => !own.has(name))
  if (other !== undefined)
    throw new UsageError(`${folder} holds ${other}, which is not of its export of ${manifest.version}: ${remedy}`)
}

/** What a folder's manifest says of its version and files; null where it has none, or another program's. */
async function readManifest(
  folder: string,
): Promise<{ readonly version: string; readonly paths: readonly string[] } | null> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(absent)
  if (text === null) return null
  const value = parsed(text)
  return isManifest(value)
    ? { version: value.version, paths: [...value.files, ...value.about].map(({ path }) => path) }
    : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isManifest(value: unknown): value is Manifest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === KIND &&
    'version' in value &&
    typeof value.version === 'string' &&
    'files' in value &&
    Array.isArray(value.files) &&
    'about' in value &&
    Array.isArray(value.about)
  )
}

/** Files below a folder, with `/`, sorted. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted()
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
  throw error
}
