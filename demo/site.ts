/**
 * The whole demo site as a map from path to response: pages, indexes, robots.txt, sitemap, feed. A pure function of
 * the articles and the origin, so the same origin gives the same bytes. Serving it is server.ts.
 */
import { createHash } from 'node:crypto'
import iconv from 'iconv-lite'
import { FailedError } from '../pipeline/contract.ts'
import { type Article, readArticles, type Section, summary } from './articles.ts'
import { escapeHtml, siteName } from './frame.ts'
import { planted, plantedPages } from './planted.ts'
import { articlePage, articlePath, homePage, indexPath, sectionPage } from './templates.ts'

/** A response of the site. */
export interface SitePage {
  readonly status: 200 | 301
  readonly contentType: string
  readonly body: Buffer
  /** Weak, since the server may send the same page compressed (RFC 9110 §8.8.1). */
  readonly etag: string
  /** HTTP date. */
  readonly lastModified: string
  /** Absolute URL of a redirect. */
  readonly location: string | null
}

export type Site = ReadonlyMap<string, SitePage>

const perPage = 10
/** The day the planted pages and the site's own files say they were last changed. */
const built = '2026-11-01'

/** The site under `origin` (`http://127.0.0.1:18080`, no slash): path with query, as it stands on the wire → response. */
export function buildSite(origin: string, articles: readonly Article[] = readArticles()): Site {
  const pages = new Map<string, SitePage>()
  const add = (path: string, contentType: string, content: string | Buffer, day: string) => {
    if (pages.has(path)) throw new FailedError(`two pages of the demo site claim ${path}`, 'rename one of them')
    const body = typeof content === 'string' ? Buffer.from(content) : content
    pages.set(path, page(200, contentType, body, day, null))
  }
  const find = (id: string): Article => {
    const article = articles.find((candidate) => candidate.id === id)
    if (!article) throw new FailedError(`the demo site has no article ${id}`, 'add it to demo/site/articles')
    return article
  }
  const html = 'text/html; charset=utf-8'
  const newest = articles[0]?.published ?? built

  add('/', html, homePage(origin, articles), newest)
  for (const article of articles) {
    add(articlePath(article), html, articlePage(origin, article, articles), article.published)
  }
  for (const section of ['소식', '사전'] as const) {
    for (const [index, shown] of paged(articles, section).entries()) {
      const count = paged(articles, section).length
      const content = sectionPage(origin, section, index + 1, count, shown, articles)
      add(indexPath(section, index + 1), html, content, shown[0]?.published ?? built)
    }
  }
  for (const { path, text, encoding } of plantedPages(origin, articles, find)) {
    // As on many old sites, the header says nothing of the charset and the page's meta element does.
    if (encoding === 'euc-kr') add(path, 'text/html', iconv.encode(text, 'euc-kr'), built)
    else add(path, html, text, built)
  }
  const target = origin + articlePath(find(planted.redirect.to))
  const moved = `<!DOCTYPE html><title>옮겼습니다</title><a href="${target}">새 주소</a>\n`
  pages.set(planted.redirect.path, page(301, html, Buffer.from(moved), built, target))

  add('/robots.txt', 'text/plain; charset=utf-8', robots(origin), built)
  add('/sitemap.xml', 'application/xml; charset=utf-8', sitemap(origin, articles), newest)
  add('/rss.xml', 'application/rss+xml; charset=utf-8', feed(origin, articles), newest)
  add('/style.css', 'text/css; charset=utf-8', style, built)
  add('/logo.svg', 'image/svg+xml', logo, built)
  return pages
}

/** The page for an address the site does not have. */
export function notFoundPage(): Buffer {
  return Buffer.from(
    `<!DOCTYPE html>\n<html lang="ko"><head><meta charset="utf-8"><title>없는 글 - ${siteName}</title></head>` +
      '<body><h1>찾는 글이 없습니다</h1><p><a href="/">첫 화면으로</a></p></body></html>\n',
  )
}

function page(status: 200 | 301, contentType: string, body: Buffer, day: string, location: string | null): SitePage {
  const digest = createHash('sha256').update(body).digest('hex')
  return {
    status,
    contentType,
    body,
    etag: `W/"${digest.slice(0, 32)}"`,
    lastModified: new Date(`${day}T00:00:00Z`).toUTCString(),
    location,
  }
}

function paged(articles: readonly Article[], section: Section): readonly (readonly Article[])[] {
  const own = articles.filter((article) => article.section === section)
  return Array.from({ length: Math.ceil(own.length / perPage) }, (_, index) =>
    own.slice(index * perPage, (index + 1) * perPage),
  )
}

function robots(origin: string): string {
  return `User-agent: *\nDisallow: /admin/\nDisallow: /search\n\nSitemap: ${origin}/sitemap.xml\n`
}

/** https://www.sitemaps.org/protocol.html: the home page, the indexes' first pages, every article. */
function sitemap(origin: string, articles: readonly Article[]): string {
  const entry = (path: string, day: string) =>
    `<url><loc>${escapeHtml(origin + path)}</loc><lastmod>${day}</lastmod></url>`
  const newest = articles[0]?.published ?? built
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${['/', '/news', '/dict'].map((path) => entry(path, newest)).join('\n')}
${articles.map((article) => entry(articlePath(article), article.published)).join('\n')}
</urlset>
`
}

/** RSS 2.0 (https://www.rssboard.org/rss-specification) of the newest twenty news. */
function feed(origin: string, articles: readonly Article[]): string {
  const news = articles.filter((article) => article.section === '소식').slice(0, 20)
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
<channel>
<title>${siteName}</title>
<link>${origin}/</link>
<description>지어낸 마을 솔여울의 소식</description>
<language>ko</language>
${news
  .map((article) => {
    const url = origin + articlePath(article)
    const date = new Date(`${article.published}T07:30:00+09:00`).toUTCString()
    return `<item><title>${escapeHtml(article.title)}</title><link>${url}</link><guid isPermaLink="true">${url}</guid><pubDate>${date}</pubDate><description>${escapeHtml(summary(article, 90))}</description></item>`
  })
  .join('\n')}
</channel>
</rss>
`
}

const style = `body { margin: 0 auto; max-width: 64rem; padding: 0 1rem; font-family: 'Noto Sans KR', sans-serif; line-height: 1.7; color: #222; }
.site-header, .site-footer { border: solid #363; border-width: 0 0 2px; padding: 0.5rem 0; }
.site-footer { border-width: 2px 0 0; font-size: 0.85rem; color: #555; }
.menu ul, .breadcrumb ol, .site-footer ul { display: flex; gap: 1rem; list-style: none; padding: 0; }
.columns { display: grid; grid-template-columns: 1fr 16rem; gap: 2rem; }
.ad { background: #f3f3e8; padding: 0.5rem; font-size: 0.85rem; }
.skip { position: absolute; left: -999rem; }
table { border-collapse: collapse; } th, td { border: 1px solid #ccc; padding: 0.2rem 0.6rem; }
@media (max-width: 44rem) { .columns { grid-template-columns: 1fr; } }
`

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path fill="#363" d="M20 4 8 24h24z"/><path fill="none" stroke="#58a" stroke-width="3" d="M4 32q8-6 16 0t16 0"/></svg>
`
