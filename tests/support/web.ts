/** Sites on loopback for tests: pages by path, validators, and a log of what was asked for. */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Page {
  readonly contentType: string
  readonly body: Uint8Array | string
}

export interface Site {
  readonly origin: string
  /** Paths in the order they were asked for, with the status answered. */
  readonly log: { readonly path: string; readonly status: number }[]
  /** May be changed while the site is up. */
  readonly pages: Map<string, Page>
  close(): Promise<void>
}

export async function serve(
  build: (origin: string) => ReadonlyMap<string, Page>,
  options: { readonly host?: string; readonly port?: number } = {},
): Promise<Site> {
  const host = options.host ?? '127.0.0.1'
  const log: Site['log'] = []
  const pages = new Map<string, Page>()
  const server: Server = createServer((request, response) => {
    const path = decodeURI(request.url ?? '/')
    const page = pages.get(path)
    const tag = page && `"${createHash('sha256').update(page.body).digest('hex').slice(0, 16)}"`
    const status = !page ? 404 : request.headers['if-none-match'] === tag ? 304 : 200
    log.push({ path, status })
    response.writeHead(status, page && tag ? { 'content-type': page.contentType, etag: tag } : {})
    response.end(status === 200 ? page?.body : status === 404 ? 'not found' : undefined)
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, host, resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://${host}:${port}`
  for (const [path, page] of build(origin)) pages.set(path, page)
  return {
    origin,
    log,
    pages,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const html = (body: string): Page => ({ contentType: 'text/html; charset=utf-8', body })

/** A page of an article with the usual things around it. */
export function articlePage(title: string, paragraphs: readonly string[], links: readonly string[] = []): Page {
  return html(`<!doctype html><html lang="ko"><head><title>${title}</title></head><body>
<nav><a href="/">처음</a> <a href="/about">소개</a></nav>
<main><article><h1>${title}</h1>${paragraphs.map((text) => `<p>${text}</p>`).join('\n')}</article></main>
<ul>${links.map((link) => `<li><a href="${link}">${link}</a></li>`).join('')}</ul>
<footer>저작권 안내</footer></body></html>`)
}
