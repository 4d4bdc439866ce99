/** Real Korean pages and texts that lie in a folder `shared` beside the repository; where it is absent, tests skip aloud. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import { articlePage, html, type Page } from './web.ts'

const FOLDER = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

/** What a test's `skip` takes: false where the data is there, else the reason. */
export const withoutData: string | false = existsSync(FOLDER) ? false : `needs the real data in ${FOLDER}`

/** The path of a file of the data. */
export function sharedFile(path: string): string {
  return join(FOLDER, path)
}

export function jsonLines<Line>(path: string): readonly Line[] {
  const bytes = readFileSync(join(FOLDER, path))
  return (path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line))
}

/** The documentation site: whole pages with menus, sidebars, a sitemap; its absolute links point to `origin`. */
export function documentationSite(origin: string): ReadonlyMap<string, Page> {
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-site-'))
  try {
    const tar = zstdDecompressSync(readFileSync(join(FOLDER, 'html/pytorch_kr_site.tar.zst')))
    execFileSync('tar', ['-xf', '-', '-C', folder], { input: tar })
    const root = join(folder, 'pytorch_kr_site')
    const pages = new Map<string, Page>()
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      const path = join(root, name)
      if (!statSync(path).isFile()) continue
      const body = readFileSync(path, 'utf8').replaceAll('https://tutorials.pytorch.kr', origin)
      const contentType = name.endsWith('.xml') ? 'application/xml' : 'text/html; charset=utf-8'
      pages.set(`/${relative(root, path)}`, { contentType, body })
    }
    return pages.set('/', pages.get('/index.html') ?? html('')).set('/robots.txt', {
      contentType: 'text/plain',
      body: `User-agent: *\nDisallow: /prototype/\nSitemap: ${origin}/sitemap.xml\n`,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface News {
  readonly url: string
  readonly title: string
  readonly text: string
  readonly date: string
}

/** News articles under their real paths and dates, in a small template, with an index that links to them. */
export function newsSite(): ReadonlyMap<string, Page> {
  const articles = jsonLines<News>('corpus/wikinews.jsonl.zst')
  const pages = new Map<string, Page>()
  for (const { url, title, text, date } of articles) {
    const page = articlePage(title, [`${date}`, ...text.split('\n').filter((line) => line.trim() !== '')])
    pages.set(decodeURI(new URL(url).pathname), page)
  }
  const links = [...pages.keys()].map((path) => encodeURI(path))
  return pages.set('/', articlePage('차례', [], links))
}
