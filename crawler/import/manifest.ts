/**
 * The manifest of an export of ours (export/manifest.ts writes it), for who reads the export back: which version it is of,
 * and whether its files are what they were.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FailedError } from '../../pipeline/contract.ts'
import { type Fields, isFields } from './record.ts'

const KIND = 'malmoi export'

export interface ExportOrigin {
  /** `news@7`. */
  readonly version: string
  /** Of the manifest's own bytes: it names the export. */
  readonly digest: string
  readonly format: string
  /** Absolute paths of its files of documents. */
  readonly files: readonly string[]
  /** Names of its sources, and licences of its documents. */
  readonly sources: readonly string[]
  readonly licences: readonly string[]
  /** @throws FailedError where a file is not one of the export, or not what it was */
  verify(file: string): Promise<void>
}

/** Whether this is the text of a manifest of ours. */
export function isManifest(text: string): boolean {
  return fieldsOf(text)?.kind === KIND
}

/** Opens a manifest by its path. @throws FailedError where it is none, or a file that it lists is not there */
export async function openManifest(path: string): Promise<ExportOrigin> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new FailedError(`the manifest ${path} cannot be read (${error.code})`, 'copy the export again, as a whole')
  })
  const fields = fieldsOf(text)
  if (fields?.kind !== KIND) throw new FailedError(`${path} is no manifest of an export`)
  const { version, format } = fields
  if (typeof version !== 'string' || typeof format !== 'string') throw broken(path)
  const digests = new Map(
    listOf(path, fields.files).map((file) => {
      if (typeof file.path !== 'string' || typeof file.sha256 !== 'string') throw broken(path)
      return [join(dirname(path), file.path), file.sha256]
    }),
  )
  for (const file of digests.keys())
    if (!existsSync(file)) throw new FailedError(`${file} is missing, which ${path} lists`, 'copy the export again')
  const shares = listOf(path, fields.shares)
  return {
    ...{ version, format, files: [...digests.keys()] },
    digest: createHash('sha256').update(text).digest('hex'),
    sources: distinct(shares.map(({ source }) => source)),
    licences: distinct(shares.map(({ licence }) => licence)),
    verify: (file) => verify(path, digests, resolve(file)),
  }
}

async function verify(manifest: string, digests: ReadonlyMap<string, string>, file: string): Promise<void> {
  const wanted = digests.get(file)
  if (wanted === undefined) throw new FailedError(`${file} is not among the files of ${manifest}`, 'move it away')
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  const found = hash.digest('hex')
  if (found !== wanted)
    throw new FailedError(
      `${file} is altered or cut: its SHA-256 is ${found.slice(0, 12)}, its manifest says ${wanted.slice(0, 12)}`,
      'copy the export again',
    )
}

function fieldsOf(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function listOf(path: string, value: unknown): readonly Fields[] {
  if (!Array.isArray(value) || !value.every(isFields)) throw broken(path)
  return value
}

function distinct(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((value) => typeof value === 'string'))]
}

function broken(path: string): FailedError {
  return new FailedError(`the manifest ${path} lacks fields that every manifest has`, 'copy the export again')
}
