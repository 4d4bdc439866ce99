/**
 * `malmoi extract` on one file: its bytes to one record. The command reads the files and writes the lines.
 */

import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type BlockKind, type Extracted, UsageError } from '../../pipeline/contract.ts'
import { dropBlocks } from './blocks.ts'
import { extractPayload } from './payload.ts'

export interface ExtractedFile extends Extracted {
  /** The file's name without folder and without .gz and .html. */
  readonly id: string
  readonly file: string
  readonly url: string | null
}

/** Extracts a page from a file's bytes; a file that begins as gzip does is unpacked, whatever its name. */
export function extractFile(
  name: string,
  bytes: Uint8Array,
  options: {
    readonly url?: string
    readonly contentType?: string | null
    readonly drop: readonly BlockKind[]
    /** The date of the visit (ISO 8601): nothing on the page is later. */
    readonly seen?: string
  },
): ExtractedFile {
  const url = options.url ?? null
  const extracted = extractPayload(unpacked(name, bytes), options.contentType ?? null, url ?? '', options.seen ?? null)
  const id = basename(name)
    .replace(/\.gz$/i, '')
    .replace(/\.x?html?$/i, '')
  return {
    id,
    file: name,
    url,
    ...dropBlocks(extracted, options.drop),
  }
}

function unpacked(name: string, bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch (error) {
    throw new UsageError(`${name} is not a whole gzip file: ${error instanceof Error ? error.message : String(error)}`)
  }
}
