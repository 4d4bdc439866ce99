/**
 * A web site on a loopback port, for tests: answers by path, and keeps what was asked and when.
 */
import http from 'node:http'

export interface Asked {
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  /** Monotonic milliseconds at which the request arrived. */
  readonly at: number
}

export interface Site {
  readonly origin: string
  readonly host: string
  readonly asked: readonly Asked[]
  /** Paths asked for, in order. */
  paths(): readonly string[]
  close(): Promise<void>
}

export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void

/** An answer with a status, a content type and a body. */
export function answer(
  status: number,
  type: string,
  body: string | Uint8Array,
  headers: http.OutgoingHttpHeaders = {},
): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': type, ...headers })
    response.end(body)
  }
}

export function page(body: string): Answer {
  return answer(200, 'text/html; charset=utf-8', `<!doctype html><html lang="ko"><body>${body}</body></html>`)
}

export function links(...paths: readonly string[]): string {
  return paths.map((path) => `<a href="${path}">${path}</a>`).join(' ')
}

/** Starts the site; a path without an answer has that of `*`, or is 404. */
export async function startSite(answers: Readonly<Record<string, Answer>>, address = '127.0.0.1'): Promise<Site> {
  const asked: Asked[] = []
  const missing = answer(404, 'text/html', '<p>없는 쪽</p>')
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push({ path, headers: request.headers, at: performance.now() })
    const found = answers[path] ?? answers['*'] ?? missing
    found(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the test site has no port')
  const host = `${address}:${bound.port}`
  return {
    origin: `http://${host}`,
    host,
    asked,
    paths: () => asked.map(({ path }) => path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
