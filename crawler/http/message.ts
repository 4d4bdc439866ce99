/**
 * HTTP/1.1 messages as bytes (RFC 9112): head, headers, chunked framing. What http.ts keeps and WARC records hold.
 */
import { FailedError } from '../../pipeline/contract.ts'

export interface HttpMessage {
  readonly startLine: string
  /** In order, names as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly head: Uint8Array
  /** Everything after the head, transfer-encoding still on it. */
  readonly body: Uint8Array
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Splits a message into head and body. Throws FailedError where there is no complete head. */
export function parseMessage(bytes: Uint8Array): HttpMessage {
  const whole = view(bytes)
  const end = whole.indexOf('\r\n\r\n')
  if (end < 0) throw new FailedError('not an HTTP message: no empty line ends its head')
  const [startLine = '', ...lines] = whole.toString('latin1', 0, end).split('\r\n')
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { startLine, headers, head: whole.subarray(0, end + 4), body: whole.subarray(end + 4) }
}

/** The status of a response's start line; 0 where it is none. */
export function statusOf(message: HttpMessage): number {
  return Number(/^HTTP\/\d(?:\.\d)? (\d{3})/.exec(message.startLine)?.[1] ?? 0)
}

/** The first value of a header, its name in any case; null where absent. */
export function headerOf(message: HttpMessage, name: string): string | null {
  const lower = name.toLowerCase()
  return message.headers.find(([key]) => key.toLowerCase() === lower)?.[1] ?? null
}

/** All values of a list header joined as one (RFC 9110 section 5.3). */
export function listHeaderOf(message: HttpMessage, name: string): string | null {
  const lower = name.toLowerCase()
  const values = message.headers.filter(([key]) => key.toLowerCase() === lower).map(([, value]) => value)
  return values.length === 0 ? null : values.join(', ')
}

/** Every value of each header, by lower-case name. */
export function headersDistinct(message: HttpMessage): NodeJS.Dict<string[]> {
  const found: Record<string, string[]> = {}
  for (const [name, value] of message.headers) {
    const lower = name.toLowerCase()
    found[lower] = [...(found[lower] ?? []), value]
  }
  return found
}

/** Leaves out 1xx messages that came before the final response (RFC 9110 section 15.2). */
export function finalResponse(bytes: Uint8Array): Uint8Array {
  let rest = view(bytes)
  while (/^HTTP\/1\.\d 1\d\d/.test(rest.toString('latin1', 0, 12))) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) break
    rest = rest.subarray(end + 4)
  }
  return rest
}

/**
 * The body without chunked framing (RFC 9112 section 7.1); a body cut short gives what had arrived. Archives hold bodies
 * whose framing was removed and whose header was not: such a body is as it is.
 */
export function entityOf(message: HttpMessage): Uint8Array {
  if (!(listHeaderOf(message, 'transfer-encoding') ?? '').toLowerCase().includes('chunked')) return message.body
  const body = view(message.body)
  if (!/^[0-9a-f]{1,8}[ \t]*(?:;[^\r\n]*)?\r\n/i.test(body.toString('latin1', 0, 256))) return message.body
  const chunks: Uint8Array[] = []
  let at = 0
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at)
    if (lineEnd < 0) break
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    if (!(size > 0)) break
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return Buffer.concat(chunks)
}
