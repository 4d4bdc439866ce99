/**
 * Serves the demo site on loopback, with validators and compression, so that the demo crawls over real HTTP.
 * `node demo/server.ts [port]` serves it for a person. What the pages hold is site.ts.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { buildSite, notFoundPage, type Site, type SitePage } from './site.ts'

/**
 * The port of a demo run, where it is free. A document's key is its URL, port included: with a new port each time, a
 * second run would find a site of new documents instead of the ones it already knows.
 */
export const usualPort = 18080

export interface ServeOptions {
  /** 0 takes any free port. Left out: `usualPort`, or any free one when that is taken. */
  readonly port?: number
  /** Served instead of the demo site. */
  readonly pages?: Site
  readonly log?: (method: string, path: string) => void
}

export interface ServedSite {
  /** Of the home page, with its closing slash. */
  readonly url: string
  /** Stops listening and ends open connections, idle or not. */
  close(): Promise<void>
}

/** Serves the site on 127.0.0.1. Throws FailedError when the port asked for is taken. */
export async function serveSite(options: ServeOptions = {}): Promise<ServedSite> {
  const server = createServer()
  const port = await listen(server, options.port)
  const origin = `http://127.0.0.1:${port}`
  // Only now is the origin known, which canonical links, sitemap and feed carry.
  const pages = options.pages ?? buildSite(origin)
  server.on('request', (request, response) => {
    const method = request.method ?? 'GET'
    const target = request.url ?? '/'
    options.log?.(method, target)
    answer(pages, origin, method, target, request, response)
  })
  return {
    url: `${origin}/`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Listens and returns the port; a wished port that is taken is an error, the usual one gives way. */
async function listen(server: Server, wished: number | undefined): Promise<number> {
  const attempt = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new FailedError('the demo server has no TCP address')
    return address.port
  }
  try {
    return await attempt(wished ?? usualPort)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    if (wished === undefined) return attempt(0)
    throw new FailedError(`port ${wished} on 127.0.0.1 is taken`, 'name another port, or none', { cause: error })
  }
}

function answer(
  pages: Site,
  origin: string,
  method: string,
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD', 'content-length': 0 }).end()
    return
  }
  const url = URL.parse(target, origin)
  const page = url === null ? undefined : pages.get(url.pathname + url.search)
  if (page === undefined) {
    const body = notFoundPage()
    response.writeHead(404, { 'content-type': 'text/html; charset=utf-8', 'content-length': body.length })
    response.end(method === 'HEAD' ? undefined : body)
    return
  }
  const headers = { etag: page.etag, 'last-modified': page.lastModified, vary: 'accept-encoding' }
  if (page.status === 200 && isFresh(page, request)) {
    response.writeHead(304, headers).end()
    return
  }
  const zipped = acceptsGzip(request)
  const body = zipped ? gzipSync(page.body) : page.body
  response.writeHead(page.status, {
    ...headers,
    'content-type': page.contentType,
    'content-length': body.length,
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    ...(page.location === null ? {} : { location: page.location }),
  })
  response.end(method === 'HEAD' ? undefined : body)
}

/** Whether the client's copy is current; If-None-Match, where sent, decides alone (RFC 9110 §13.2.2). */
function isFresh(page: SitePage, request: IncomingMessage): boolean {
  const tags = request.headers['if-none-match']
  if (tags !== undefined) {
    const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
    return tags.trim() === '*' || tags.split(',').some((tag) => opaque(tag) === opaque(page.etag))
  }
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return since >= Date.parse(page.lastModified)
}

/** Whether Accept-Encoding names gzip with a weight above zero (RFC 9110 §12.5.3). */
function acceptsGzip(request: IncomingMessage): boolean {
  const header = request.headers['accept-encoding']
  const offers = (Array.isArray(header) ? header.join(',') : (header ?? '')).toLowerCase().split(',')
  return offers.some((offer) => {
    const [coding = '', ...parameters] = offer.split(';').map((part) => part.trim())
    return coding === 'gzip' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

if (import.meta.main) {
  const given = process.argv[2]
  try {
    if (given !== undefined && !(/^\d{1,5}$/.test(given) && Number(given) < 65536))
      throw new UsageError(`${given} is not a port; give 0 to 65535`)
    const site = await serveSite(given === undefined ? {} : { port: Number(given) })
    console.log(`The demo site is at ${site.url} (Ctrl-C stops it)`)
    process.once('SIGINT', () => void site.close())
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof FailedError)) throw error
    console.error(error.message)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}
