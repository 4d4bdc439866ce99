/**
 * Removes the content-encodings of an HTTP body, within a limit on what comes out.
 * Works on whole bodies: http.ts has already limited what came in.
 */
import { promisify } from 'node:util'
import zlib from 'node:zlib'

const gunzip = promisify(zlib.gunzip)
const brotli = promisify(zlib.brotliDecompress)
const zstd = promisify(zlib.zstdDecompress)
const inflate = promisify(zlib.inflate)
const inflateRaw = promisify(zlib.inflateRaw)

export const acceptEncoding = 'gzip, br, zstd'

/** A chain longer than this is an attack on memory, not a page. */
const mostEncodings = 3

export type Decoded =
  | { readonly kind: 'decoded'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'undecodable'; readonly reason: string }

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error)
}

async function decodeOne(encoding: string, body: Uint8Array, limit: number, lenient: boolean): Promise<Uint8Array> {
  const limits = { maxOutputLength: limit }
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return await gunzip(body, lenient ? { ...limits, finishFlush: zlib.constants.Z_SYNC_FLUSH } : limits)
    case 'br':
      return await brotli(body, lenient ? { ...limits, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH } : limits)
    case 'zstd':
      return await zstd(body, lenient ? { ...limits, finishFlush: zlib.constants.ZSTD_e_flush } : limits)
    default: {
      // RFC 9110 section 8.4.1.2: deflate means the zlib format, yet some servers send the bare stream.
      const options = lenient ? { ...limits, finishFlush: zlib.constants.Z_SYNC_FLUSH } : limits
      return ((body[0] ?? 0) & 0x0f) === 8 ? await inflate(body, options) : await inflateRaw(body, options)
    }
  }
}

const known = new Set(['gzip', 'x-gzip', 'br', 'zstd', 'deflate'])

/**
 * The body without its content-encodings (RFC 9110 section 8.4). `limit` in bytes; `lenient` reads a body that was
 * cut short as far as it goes.
 */
export async function decodeContent(
  header: string | null,
  body: Uint8Array,
  limit: number,
  lenient = false,
): Promise<Decoded> {
  const encodings = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const unknown = encodings.find((name) => !known.has(name))
  if (unknown !== undefined) return { kind: 'undecodable', reason: `unknown content-encoding "${unknown}"` }
  if (encodings.length > mostEncodings) return { kind: 'undecodable', reason: `${encodings.length} content-encodings` }
  let bytes = body
  // An empty body has nothing to decode, whatever the header says (304 and HEAD answers carry the header too).
  if (body.byteLength === 0) return { kind: 'decoded', bytes }
  for (const encoding of encodings.reverse()) {
    try {
      bytes = await decodeOne(encoding, bytes, limit, lenient)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'too-large' }
      return { kind: 'undecodable', reason: `body is not valid ${encoding} (${code})` }
    }
  }
  return bytes.byteLength > limit ? { kind: 'too-large' } : { kind: 'decoded', bytes }
}
