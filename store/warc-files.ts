/**
 * The WARC files of one batch: members are appended, a new file begins where one would grow too large, and what was
 * never committed is cut off when the files are opened again. Which rows name the members is settle.ts's; what stands in
 * place of one that was taken down is crawler/warc/takedown.ts's.
 */
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Kysely } from 'kysely'
import { FailedError } from '../pipeline/contract.ts'
import { syncFolder } from './durable.ts'
import type { Database } from './schema.ts'

/** The size that ISO 28500 annex C recommends. */
const WARC_FILE_BYTES = 1_000_000_000
const GZIP_MAGIC = 0x1f8b

export interface Place {
  readonly file: number
  readonly offset: number
}

/** Where the files end. */
interface End {
  readonly file: number
  readonly bytes: number
}

export interface Appended {
  /** Of each member. */
  readonly places: readonly Place[]
  /** The files that grew, with their new lengths. */
  readonly files: readonly { readonly number: number; readonly path: string; readonly bytes: number }[]
}

export interface WarcFiles {
  /** Writes and syncs behind what was appended before; the bytes count once the new lengths are committed. */
  append(members: readonly Uint8Array[]): Promise<Appended>
  close(): Promise<void>
}

export interface WarcOptions {
  readonly batchId: number
  /** The workspace's `.malmoi`. */
  readonly folder: string
  /** Of the first file, relative to `folder`, without its ending. */
  readonly stem: string
  /** The member at the head of a file, from the file's name. */
  readonly warcinfo: (name: string) => Uint8Array
  readonly fileBytes?: number
}

/** @throws FailedError where a file is shorter than what was recorded of it */
export async function openWarcFiles(db: Kysely<Database>, options: WarcOptions): Promise<WarcFiles> {
  const { batchId, folder, stem, warcinfo, fileBytes = WARC_FILE_BYTES } = options
  const pathOf = (number: number) => `${stem}${number === 0 ? '' : `-${String(number).padStart(5, '0')}`}.warc.gz`
  const last = await db
    .selectFrom('warc_file')
    .select(['number', 'bytes'])
    .where('batch_id', '=', batchId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  await mkdir(dirname(join(folder, stem)), { recursive: true })
  let end: End = last ? { file: last.number, bytes: last.bytes } : { file: 0, bytes: 0 }
  let current: { readonly number: number; readonly handle: FileHandle } | null = null
  await cut(join(folder, pathOf(end.file)), end.bytes)
  await rm(join(folder, pathOf(end.file + 1)), { force: true })

  async function handleOf(number: number): Promise<FileHandle> {
    if (current?.number === number) return current.handle
    await current?.handle.close()
    const path = join(folder, pathOf(number))
    const handle = await open(path, number === last?.number ? 'r+' : 'w+')
    await syncFolder(dirname(path))
    current = { number, handle }
    return handle
  }

  return {
    async append(members) {
      const places: Place[] = []
      const files = new Map<
        number,
        { number: number; path: string; bytes: number; from: number; parts: Uint8Array[] }
      >()
      let at = end
      for (const member of members) {
        if (at.bytes > 0 && at.bytes + member.byteLength > fileBytes) at = { file: at.file + 1, bytes: 0 }
        const file = files.get(at.file) ?? {
          number: at.file,
          path: pathOf(at.file),
          bytes: at.bytes,
          from: at.bytes,
          parts: [],
        }
        files.set(at.file, file)
        const parts = file.bytes === 0 ? [warcinfo(basename(file.path)), member] : [member]
        file.parts.push(...parts)
        file.bytes += parts.reduce((sum, part) => sum + part.byteLength, 0)
        places.push({ file: at.file, offset: file.bytes - member.byteLength })
        at = { file: at.file, bytes: file.bytes }
      }
      for (const { number, from, parts } of files.values()) {
        const handle = await handleOf(number)
        await writeAll(handle, parts, from)
        await handle.datasync()
      }
      end = at
      return { places, files: [...files.values()].map(({ number, path, bytes }) => ({ number, path, bytes })) }
    },
    async close() {
      await current?.handle.close()
      current = null
    },
  }
}

/**
 * Writes a member over one of the same length, and syncs. Doing it again finishes one that was cut.
 * @throws FailedError where the file has no gzip member there
 */
export async function overwriteMember(path: string, offset: number, member: Uint8Array): Promise<void> {
  const handle = await open(path, 'r+').catch((cause: unknown) => {
    throw new FailedError(`${path} cannot be opened: ${cause}`, 'restore that file from a backup', { cause })
  })
  try {
    const magic = Buffer.alloc(2)
    await handle.read(magic, 0, 2, offset)
    const { size } = await handle.stat()
    if (offset + member.byteLength > size || magic.readUInt16BE() !== GZIP_MAGIC) {
      throw new FailedError(
        `${path} has no record of ${member.byteLength} bytes at ${offset}`,
        'restore that file from a backup',
      )
    }
    await writeAll(handle, [member], offset)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function writeAll(handle: FileHandle, parts: readonly Uint8Array[], from: number): Promise<void> {
  const bytes = Buffer.concat(parts)
  let written = 0
  while (written < bytes.byteLength) {
    written += (await handle.write(bytes, written, bytes.byteLength - written, from + written)).bytesWritten
  }
}

/** Cuts a file back to what was committed of it. */
async function cut(path: string, committed: number): Promise<void> {
  if (committed === 0) return await rm(path, { force: true })
  const handle = await open(path, 'r+').catch((cause: unknown) => {
    throw new FailedError(`${path} cannot be opened: ${cause}`, 'restore that file from a backup', { cause })
  })
  try {
    const { size } = await handle.stat()
    if (size < committed) {
      throw new FailedError(
        `${path} has ${size} bytes, but ${committed} were recorded: captures are missing`,
        'restore that file from a backup',
      )
    }
    await handle.truncate(committed)
  } finally {
    await handle.close()
  }
}
