/**
 * The pages of the demo site that hold its articles: the news template, the dictionary template, their indexes and
 * the home page. The two article templates mark their text up differently, so that extraction has real work.
 */
import type { Article, Section } from './articles.ts'
import { summary } from './articles.ts'
import { escapeHtml, jsonLd, type Link, renderBlock, renderFrame, renderLinks, siteName } from './frame.ts'

export const sectionPath: { readonly [section in Section]: string } = { 소식: '/news', 사전: '/dict' }
const sectionTitle: { readonly [section in Section]: string } = { 소식: '마을 소식', 사전: '작은 백과사전' }

const readers = ['바람개비', '들국화', '여울목', '세모네모', '느림보', '콩나물', '달팽이'] as const
const remarks = [
  '좋은 글 고맙습니다. 퍼 갈게요~',
  '우리 동네 이야기라 더 반갑네요 ㅎㅎ',
  '기다리던 소식입니다!',
  '사진도 더 올려 주세요.',
  '몰랐던 이야기네요 ㅋㅋ 잘 읽었습니다.',
] as const

/** The path of an article: a number for news, the title itself (as wikis do) for the dictionary. */
export function articlePath(article: Article): string {
  return article.section === '소식'
    ? `/news/articles/${article.id.replace(/^n/, '')}`
    : `/dict/${encodeURIComponent(article.title.replaceAll(' ', '_'))}`
}

/** The date, and for news the hour, at which an article says it was published (ISO 8601). */
export function publishedAt(article: Article): string {
  return article.section === '소식' ? `${article.published}T07:30:00+09:00` : article.published
}

/** What most people read: every seventh article, the newest first; fixed, since the site has no readers to count. */
export function popularLinks(articles: readonly Article[]): readonly Link[] {
  return articles.filter((_, index) => index % 7 === 3).map(articleLink)
}

/** An article in the template of its section. */
export function articlePage(origin: string, article: Article, articles: readonly Article[]): string {
  return renderFrame({
    origin,
    path: articlePath(article),
    title: article.title,
    description: summary(article, 90),
    type: 'article',
    head: articleHead(origin, article),
    breadcrumb: [
      { href: '/', text: '홈' },
      { href: sectionPath[article.section], text: article.section },
    ],
    popular: popularLinks(articles),
    main: article.section === '소식' ? newsMain(article, articles) : dictionaryMain(article, articles),
  })
}

/** Page `page` (from 1) of a section's index. */
export function sectionPage(
  origin: string,
  section: Section,
  page: number,
  pages: number,
  shown: readonly Article[],
  articles: readonly Article[],
): string {
  const numbers = Array.from({ length: pages }, (_, index) => index + 1)
  return renderFrame({
    origin,
    path: indexPath(section, page),
    title: page === 1 ? sectionTitle[section] : `${sectionTitle[section]} ${page}쪽`,
    description: `${siteName}의 ${sectionTitle[section]} 목록`,
    type: 'website',
    breadcrumb: [
      { href: '/', text: '홈' },
      { href: sectionPath[section], text: section },
    ],
    popular: popularLinks(articles),
    main: `<h1>${sectionTitle[section]}</h1>
<ul class="list">
${shown.map(listItem).join('\n')}
</ul>
<nav class="paging" aria-label="쪽">${numbers
      .map((number) =>
        number === page ? `<strong>${number}</strong>` : `<a href="${indexPath(section, number)}">${number}</a>`,
      )
      .join(' ')}</nav>`,
  })
}

export function indexPath(section: Section, page: number): string {
  return page === 1 ? sectionPath[section] : `${sectionPath[section]}?page=${page}`
}

/** The home page: the newest of both sections. */
export function homePage(origin: string, articles: readonly Article[]): string {
  const newest = (section: Section) => articles.filter((article) => article.section === section).slice(0, 6)
  return renderFrame({
    origin,
    path: '/',
    title: '첫 화면',
    description: '지어낸 마을 솔여울의 소식과 작은 백과사전',
    type: 'website',
    breadcrumb: [{ href: '/', text: '홈' }],
    popular: popularLinks(articles),
    main: (['소식', '사전'] as const)
      .map(
        (section) => `<section><h2>${sectionTitle[section]}</h2>
<ul class="list">
${newest(section).map(listItem).join('\n')}
</ul>
<p class="more"><a href="${sectionPath[section]}">더 보기</a></p></section>`,
      )
      .join('\n'),
  })
}

export function articleHead(origin: string, article: Article): string {
  return `<meta property="article:published_time" content="${publishedAt(article)}">
<meta property="article:section" content="${article.section}">
${article.author ? `<meta name="author" content="${escapeHtml(article.author)}">\n` : ''}${jsonLd({
  '@context': 'https://schema.org',
  '@type': article.section === '소식' ? 'NewsArticle' : 'Article',
  headline: article.title,
  datePublished: publishedAt(article),
  inLanguage: 'ko',
  ...(article.author ? { author: { '@type': 'Person', name: article.author } } : {}),
  publisher: { '@type': 'Organization', name: siteName },
  mainEntityOfPage: origin + articlePath(article),
})}`
}

/** News: the text as children of a div, an advertisement after its second block, share buttons, comments below. */
function newsMain(article: Article, articles: readonly Article[]): string {
  const blocks = article.blocks.map(renderBlock)
  return `<article class="news-view">
<header>
<h1 class="headline">${escapeHtml(article.title)}</h1>
<p class="byline">${article.author ? `<span class="author">${escapeHtml(article.author)} 기자</span> | ` : ''}입력 <time datetime="${publishedAt(article)}">${article.published.replaceAll('-', '.')} 07:30</time></p>
${shareButtons}
</header>
<div class="article-body">
${blocks.slice(0, 2).join('\n')}
<div class="ad"><span>광고</span> <a href="/about">솔여울 마을소식에 광고를 내세요</a></div>
${blocks.slice(2).join('\n')}
</div>
<p class="tags">${article.tags.map((tag) => `<span>#${escapeHtml(tag)}</span>`).join(' ')}</p>
${shareButtons}
</article>
<section class="related"><h2>관련 기사</h2>
<ul>
${renderLinks(related(article, articles))}
</ul></section>
${comments(article, articles)}`
}

/** Dictionary: sections nested in a content box, a table of contents, edit marks at the headings, categories below. */
function dictionaryMain(article: Article, articles: readonly Article[]): string {
  const headings = article.blocks.filter((block) => block.kind === 'heading')
  const blocks = article.blocks
    .map(renderBlock)
    .map((html) =>
      html.startsWith('<h2>') ? html.replace('</h2>', ' <span class="editsection">[편집]</span></h2>') : html,
    )
  return `<div class="entry">
<div class="tabs"><span>문서</span> <span>토론</span> <span>역사</span></div>
<h1>${escapeHtml(article.title)}</h1>
<p class="hint">${siteName} 작은 백과사전, 누구나 고쳐 쓸 수 있는 사전.</p>
${headings.length > 0 ? `<div class="contents"><p>목차</p><ol>${headings.map((block) => `<li>${escapeHtml(block.text)}</li>`).join('')}</ol></div>\n` : ''}<div class="entry-content"><section>
${blocks.join('\n')}
</section></div>
<div class="see-also"><p>같이 보기</p>
<ul>
${renderLinks(related(article, articles))}
</ul></div>
<div class="categories">분류: ${article.tags.map(escapeHtml).join(' | ')}</div>
<p class="edited">이 문서는 ${article.published}에 마지막으로 고쳤습니다.</p>
</div>`
}

const shareButtons = `<div class="share"><span>공유하기</span> <button type="button">링크 복사</button> <button type="button">전자 우편</button> <button type="button">인쇄</button> <button type="button">글자 크게</button></div>`

function comments(article: Article, articles: readonly Article[]): string {
  const place = articles.indexOf(article)
  const shown = Array.from({ length: 1 + (place % 3) }, (_, index) => place + index * 3)
  return `<section class="comments"><h2>댓글 ${shown.length}개</h2>
<ul>
${shown.map((at) => `<li><b>${readers[at % readers.length]}</b> ${remarks[at % remarks.length]} <button type="button">답글</button> <button type="button">신고</button></li>`).join('\n')}
</ul>
<form method="post" action="/comments"><textarea name="text" placeholder="댓글을 남겨 주세요"></textarea><button>등록</button></form></section>`
}

/** Up to four other articles that share the most tags; ties keep the order newest first. */
function related(article: Article, articles: readonly Article[]): readonly Link[] {
  const shared = (other: Article) => other.tags.filter((tag) => article.tags.includes(tag)).length
  return articles
    .filter((other) => other.id !== article.id && shared(other) > 0)
    .sort((a, b) => shared(b) - shared(a))
    .slice(0, 4)
    .map(articleLink)
}

function articleLink(article: Article): Link {
  return { href: articlePath(article), text: article.title }
}

function listItem(article: Article): string {
  return `<li><a href="${articlePath(article)}">${escapeHtml(article.title)}</a> <time datetime="${article.published}">${article.published}</time><p>${escapeHtml(summary(article, 60))}</p></li>`
}
