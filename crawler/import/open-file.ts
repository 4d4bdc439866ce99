/** A file's bytes without its compression (.gz, .zst, .bz2), told by its name. */
import { createReadStream } from 'node:fs'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import { bunzip } from '../wiki/bzip2.ts'

const compressed = /\.(?:gz|zst|bz2)$/i

/** The name without the ending of a compression. */
export function uncompressedName(name: string): string {
  return name.replace(compressed, '')
}

/** Opens a file; `onBytes` is told how many bytes of the file itself were read. */
export function openFile(path: string, onBytes: (bytes: number) => void = () => {}): AsyncIterable<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 })
  file.on('data', (chunk) => onBytes(chunk.length))
  file.pause()
  if (/\.bz2$/i.test(path)) return bunzip(file)
  const decoder = /\.gz$/i.test(path) ? createGunzip() : /\.zst$/i.test(path) ? createZstdDecompress() : null
  if (decoder === null) return file
  file.on('error', (error) => decoder.destroy(error))
  return file.pipe(decoder)
}

/** An error of reading a source's file in words; others as they are. */
export function readingError(source: string, path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const { code } = error
  if (code === 'ENOENT') return new UsageError(`source ${source}: there is no file ${path}`)
  if (code === 'EACCES' || code === 'EISDIR')
    return new UsageError(`source ${source}: ${path} cannot be read (${code})`)
  if (code.startsWith('Z_') || code.startsWith('ZSTD_') || code === 'ERR_ZSTD_INVALID')
    return new FailedError(
      `source ${source}: ${path} is not whole or not compressed as its name says (${error.message})`,
      'fetch the file again',
    )
  return error
}
