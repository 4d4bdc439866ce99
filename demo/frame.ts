/**
 * The demo site's frame: what stands around the text of every page (head, menu, breadcrumb, sidebar, footer), the
 * noise that extraction must take away. What stands inside is templates.ts and planted.ts.
 */
import type { ArticleBlock } from './articles.ts'

export const siteName = '솔여울 마을소식'

export interface Link {
  readonly href: string
  readonly text: string
}

export interface FrameOptions {
  readonly origin: string
  /** Path and query of the page. */
  readonly path: string
  readonly title: string
  readonly description: string
  /** `article` pages carry og:type article. */
  readonly type: 'website' | 'article'
  /** Further elements of the head: JSON-LD, article: meta. */
  readonly head?: string
  readonly breadcrumb: readonly Link[]
  readonly popular: readonly Link[]
  /** The page's own part, as HTML. */
  readonly main: string
}

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Data as a JSON-LD script; `<` is escaped so that no text can close the element. */
export function jsonLd(data: { readonly [name: string]: unknown }): string {
  return `<script type="application/ld+json">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`
}

export function renderLinks(links: readonly Link[]): string {
  return links.map((link) => `<li><a href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a></li>`).join('\n')
}

/** A block of an article as one HTML element. */
export function renderBlock(block: ArticleBlock): string {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  switch (block.kind) {
    case 'heading':
      return `<h2>${escapeHtml(block.text)}</h2>`
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>`
    case 'table':
      return `<table>\n<thead>${cells(block.head, 'th')}</thead>
<tbody>\n${block.rows.map((row) => cells(row, 'td')).join('\n')}\n</tbody>\n</table>`
  }
}

/** A whole page of the site. */
export function renderFrame(options: FrameOptions): string {
  const url = escapeHtml(options.origin + options.path)
  const title = escapeHtml(options.title)
  const description = escapeHtml(options.description)
  return `<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - ${siteName}</title>
<meta name="description" content="${description}">
<link rel="canonical" href="${url}">
<meta property="og:type" content="${options.type}">
<meta property="og:site_name" content="${siteName}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${url}">
<meta property="og:locale" content="ko_KR">
<link rel="alternate" type="application/rss+xml" title="${siteName}" href="/rss.xml">
<link rel="stylesheet" href="/style.css">
${options.head ?? ''}
</head>
<body>
<a class="skip" href="#main">본문 바로가기</a>
<header class="site-header">
<div class="utility"><span class="weather">솔여울읍 맑음 18℃</span> <button type="button">로그인</button> <button type="button">회원 가입</button></div>
<p class="logo"><a href="/"><img src="/logo.svg" alt="${siteName}" width="40" height="40"> ${siteName}</a></p>
<form class="search" action="/search" method="get"><label for="q">검색</label><input id="q" name="q" placeholder="찾을 말을 적으세요"><button>찾기</button></form>
<nav class="menu" aria-label="주 메뉴">
<ul>
<li><a href="/">홈</a></li>
<li><a href="/news">소식</a></li>
<li><a href="/dict">사전</a></li>
<li><a href="/notice">알림</a></li>
<li><a href="/about">소개</a></li>
</ul>
</nav>
</header>
<nav class="breadcrumb" aria-label="현재 위치"><ol>
${renderLinks(options.breadcrumb)}
</ol></nav>
<div class="columns">
<main id="main">
${options.main}
</main>
<aside class="sidebar">
<section class="popular"><h2>많이 본 글</h2>
<ol>
${renderLinks(options.popular)}
</ol></section>
<section class="ad"><p>광고</p><p>방앗골 방앗간, 오늘 짠 들기름을 집 앞까지!</p></section>
<section class="newsletter"><h2>소식지 받기</h2><form action="/about" method="get"><input type="email" name="mail" placeholder="전자 우편 주소"><button>신청</button></form></section>
</aside>
</div>
<footer class="site-footer">
<ul><li><a href="/about">소개</a></li><li><a href="/about#privacy">개인 정보 처리 방침</a></li><li><a href="/rss.xml">RSS</a></li><li><a href="/admin/drafts">편집실</a></li></ul>
<address>솔여울군 솔여울읍 느티나무길 12, 2층 | 전화 000-000-0000 | 펴낸이 솔여울 마을소식 모임</address>
<p>© 2026 ${siteName}. 이 누리집의 글은 <a rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/deed.ko">CC0 1.0</a>으로 공개합니다.</p>
</footer>
</body>
</html>
`
}
