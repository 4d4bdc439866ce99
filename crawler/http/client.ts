/**
 * One honest GET over node:http: the bytes of the exchange as they crossed the wire, limits on size and time, no
 * imitation of a browser, no redirects followed. What an answer means and whether to ask again is for others.
 */
import { lookup as dnsLookup } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { bareHostname, isPrivateAddress } from './addresses.ts'
import { acceptEncoding, decodeContent } from './content-encoding.ts'
import { entityOf, finalResponse, listHeaderOf, parseMessage } from './message.ts'

export interface HttpOptions {
  /** The whole User-Agent header. */
  readonly userAgent: string
  /** Whether a host name (without port) may have a private or loopback address. */
  readonly mayBePrivate: (hostname: string) => boolean
  /** Milliseconds until the head of the answer, and until its last byte. */
  readonly firstByteMs: number
  readonly totalMs: number
}

export interface GetRequest {
  readonly etag?: string | null
  readonly lastModified?: string | null
  /** Pages, where not said otherwise. */
  readonly accept?: string
  /** Bytes of the body, as received and decompressed. */
  readonly maxBodyBytes: number
  /** What a larger body does: ends the transfer and is refused, or is cut there. */
  readonly overflow: 'refuse' | 'truncate'
  /** Looks at the head before the body is read; a reason ends the transfer. */
  readonly refuseHead?: (head: AnswerHead) => string | null
  readonly signal?: AbortSignal | undefined
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** Every value of a header that came several times by itself. */
  readonly headersDistinct: NodeJS.Dict<string[]>
  /** ISO 8601, UTC: when the request was sent. */
  readonly fetchedAt: string
}

/** What crossed the wire. */
export interface WireExchange extends AnswerHead {
  readonly url: string
  /** The request and the response as sent and received, framing and content-encoding included. */
  readonly requestBytes: Uint8Array
  readonly responseBytes: Uint8Array
  /** The body without chunked framing, content-encoding still on it. */
  readonly entity: Uint8Array
  readonly truncated: boolean
  readonly remoteAddress: string | null
}

export interface HttpResponse extends WireExchange {
  readonly kind: 'response'
  /** The body decoded. */
  readonly payload: Uint8Array
}

export type GetResult =
  | HttpResponse
  /** `exchange` is the head alone; null where nothing was answered. */
  | { readonly kind: 'refused'; readonly reason: string; readonly exchange: WireExchange | null }
  | { readonly kind: 'retryable'; readonly reason: string }
  | { readonly kind: 'aborted' }

export interface HttpClient {
  get(url: string, request: GetRequest): Promise<GetResult>
  /** Closes the kept connections. */
  close(): void
}

const maxHeadBytes = 64 * 1024
const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8'

function privateAddressError(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} is a private, loopback or link-local address`), { code: 'EPRIVATE' })
}

/** Resolves names as node does, leaving out addresses that may not be fetched. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, [])
    const open = addresses.filter(({ address }) => !isPrivateAddress(address))
    const first = open[0]
    if (first === undefined) return callback(privateAddressError(hostname), [])
    return options.all === true ? callback(null, open) : callback(null, first.address, first.family)
  })
}

/** A socket's error in words, with what the caller should do about it. */
function explain(url: URL, error: NodeJS.ErrnoException): GetResult {
  const code = error.code ?? ''
  const retryable = (reason: string): GetResult => ({ kind: 'retryable', reason })
  const refused = (reason: string): GetResult => ({ kind: 'refused', reason, exchange: null })
  if (code === 'EPRIVATE') return refused(`${error.message}; name it in allowPrivate to fetch it`)
  if (code === 'ECONNREFUSED') return retryable(`${url.host} refused the connection`)
  if (code === 'ENOTFOUND') return retryable(`${url.hostname} has no address`)
  if (code === 'EAI_AGAIN') return retryable(`the name server did not answer for ${url.hostname}`)
  if (code === 'ECONNRESET' || code === 'EPIPE') return retryable(`${url.host} closed the connection`)
  if (code === 'HPE_HEADER_OVERFLOW') return refused(`headers larger than ${maxHeadBytes / 1024} KiB`)
  if (code.startsWith('HPE_')) return refused(`${url.host} does not speak HTTP/1.1 (${error.message})`)
  if (code.startsWith('ERR_TLS_') || code.startsWith('CERT_') || /CERTIFICATE|SELF_SIGNED|LEAF_SIGNATURE/.test(code))
    return refused(`the certificate of ${url.host} was not accepted (${code})`)
  return retryable(`${url.host}: ${error.message}`)
}

function megabytes(bytes: number): string {
  return bytes >= 1e6 ? `${Number((bytes / 1e6).toFixed(1))} MB` : `${bytes} bytes`
}

/** The request line and headers exactly as they go out. */
function requestHeaders(url: URL, userAgent: string, request: GetRequest): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [
    ['Host', url.host],
    ['User-Agent', userAgent],
    ['Accept', request.accept ?? accept],
    ['Accept-Language', 'ko'],
    ['Accept-Encoding', acceptEncoding],
  ]
  if (typeof request.etag === 'string') headers.push(['If-None-Match', request.etag])
  if (typeof request.lastModified === 'string') headers.push(['If-Modified-Since', request.lastModified])
  headers.push(['Connection', 'keep-alive'])
  return headers
}

/** Makes a client with its own kept-alive connections. Nothing it does throws for what a server does. */
export function createHttpClient(options: HttpOptions): HttpClient {
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) }

  function exchange(url: URL, request: GetRequest): Promise<GetResult | 'stale'> {
    const { signal, maxBodyBytes } = request
    if (signal?.aborted === true) return Promise.resolve({ kind: 'aborted' })
    const host = bareHostname(url)
    const open = options.mayBePrivate(host)
    if (!open && isIP(host) !== 0 && isPrivateAddress(host))
      return Promise.resolve(explain(url, privateAddressError(host)))

    const secure = url.protocol === 'https:'
    const headers = requestHeaders(url, options.userAgent, request)
    const path = url.pathname + url.search
    const requestBytes = Buffer.from(
      `GET ${path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
      'latin1',
    )
    const fetchedAt = new Date().toISOString()

    return new Promise((resolve) => {
      const wire: Buffer[] = []
      let received = 0
      let answer: http.IncomingMessage | null = null
      let finished = false

      const outgoing = (secure ? https : http).request(url, {
        agent: secure ? agents['https:'] : agents['http:'],
        headers: headers.flat(),
        maxHeaderSize: maxHeadBytes,
        ...(open ? {} : { lookup: publicLookup }),
      })
      const tap = (bytes: Buffer): void => {
        wire.push(bytes)
      }
      const finish = (result: GetResult | 'stale', keepConnection = false): void => {
        if (finished) return
        finished = true
        clearTimeout(firstByte)
        clearTimeout(total)
        signal?.removeEventListener('abort', onAbort)
        outgoing.socket?.off('data', tap)
        if (!keepConnection) outgoing.destroy()
        resolve(result)
      }
      const onAbort = (): void => finish({ kind: 'aborted' })
      const late = (what: string, ms: number): void =>
        finish({ kind: 'retryable', reason: `${url.host} sent ${what} within ${ms} ms` })
      const firstByte = setTimeout(late, options.firstByteMs, 'no answer', options.firstByteMs)
      const total = setTimeout(late, options.totalMs, 'no whole answer', options.totalMs)
      signal?.addEventListener('abort', onAbort, { once: true })

      /** What crossed the wire so far; of a refused answer the head alone is kept. */
      const exchangeOf = (incoming: http.IncomingMessage, keep: 'head' | 'whole', truncated: boolean): WireExchange => {
        const received = finalResponse(Buffer.concat(wire))
        const message = parseMessage(received)
        return {
          url: url.href,
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          headersDistinct: incoming.headersDistinct,
          requestBytes,
          responseBytes: keep === 'whole' ? received : message.head,
          entity: keep === 'whole' ? entityOf(message) : new Uint8Array(0),
          truncated,
          remoteAddress: outgoing.socket?.remoteAddress ?? null,
          fetchedAt,
        }
      }
      const refuse = (incoming: http.IncomingMessage, reason: string, keepConnection = false): void => {
        // The head is on the wire once the tap has seen it, which is after this turn.
        queueMicrotask(() => {
          if (finished) return
          finish({ kind: 'refused', reason, exchange: exchangeOf(incoming, 'head', true) }, keepConnection)
        })
      }
      const tooLarge = `body larger than ${megabytes(maxBodyBytes)}`

      /** The wire holds the whole message: decode it and answer. */
      const complete = (incoming: http.IncomingMessage, truncated: boolean): void => {
        clearTimeout(firstByte)
        clearTimeout(total)
        outgoing.socket?.off('data', tap)
        const exchange = exchangeOf(incoming, 'whole', truncated)
        const kept = truncated ? exchange.entity.subarray(0, maxBodyBytes) : exchange.entity
        const encoding = listHeaderOf(parseMessage(exchange.responseBytes), 'content-encoding')
        void decodeContent(encoding, kept, maxBodyBytes, truncated).then((decoded) => {
          if (decoded.kind === 'too-large') return refuse(incoming, tooLarge, !truncated)
          if (decoded.kind === 'undecodable') return refuse(incoming, decoded.reason, !truncated)
          finish({ kind: 'response', ...exchange, payload: decoded.bytes }, !truncated)
        })
      }

      // The parser listens before this event, so each chunk is tapped right after it was parsed, before `end`.
      outgoing.on('socket', (socket) => {
        socket.on('data', tap)
        const check = (): void => {
          const address = socket.remoteAddress
          if (!open && address !== undefined && isPrivateAddress(address))
            outgoing.destroy(privateAddressError(address))
        }
        if (socket.connecting) socket.once('connect', check)
        else check()
      })
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that the server closed meanwhile (RFC 9112 section 9.3.1): ask on a new one.
        if (outgoing.reusedSocket && answer === null && error.code === 'ECONNRESET') finish('stale')
        else finish(explain(url, error))
      })
      outgoing.on('response', (incoming) => {
        answer = incoming
        clearTimeout(firstByte)
        const { statusCode: status = 0, headers, headersDistinct } = incoming
        const reason = request.refuseHead?.({ status, headers, headersDistinct, fetchedAt }) ?? null
        if (reason !== null) return refuse(incoming, reason)
        const announced = Number(headers['content-length'] ?? 0)
        if (announced > maxBodyBytes && request.overflow === 'refuse') return refuse(incoming, tooLarge)
        incoming.on('data', (chunk: Buffer) => {
          received += chunk.byteLength
          if (received <= maxBodyBytes || finished) return
          if (request.overflow === 'refuse') return refuse(incoming, tooLarge)
          incoming.pause()
          // After this turn: the tap has not seen the chunk yet.
          queueMicrotask(() => !finished && complete(incoming, true))
        })
        incoming.on('end', () => !finished && complete(incoming, false))
        incoming.on('error', (error: NodeJS.ErrnoException) => finish(explain(url, error)))
        incoming.on('close', () => {
          if (!incoming.complete) finish({ kind: 'retryable', reason: `${url.host} closed the connection` })
        })
      })
      outgoing.end()
    })
  }

  return {
    async get(address, request) {
      const url = new URL(address)
      // Several kept connections may be stale at once; a new one never is.
      for (let attempt = 0; attempt < 3; attempt++) {
        const result = await exchange(url, request)
        if (result !== 'stale') return result
      }
      return { kind: 'retryable', reason: `${url.host} closed the connection` }
    },
    close() {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}
