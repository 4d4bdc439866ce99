/**
 * What the demo site plants among its good pages: copies, pages that cleaning must reject, and addresses a crawler
 * must not or cannot fetch. The notice page links to every one; `planted` says which is which.
 */
import iconv from 'iconv-lite'
import type { Article } from './articles.ts'
import { escapeHtml, type Link, renderBlock, renderFrame, siteName } from './frame.ts'
import { articleHead, articlePath, popularLinks } from './templates.ts'

/** The planted addresses, for tests and for whoever explains the demo. */
export const planted = {
  /** Path of the copy → id of the article whose text it repeats byte for byte. */
  copies: { '/news/print/1009': 'n1009', '/partner/harvest-1025': 'n1025', '/m/dict/getbol': 'getbol' },
  /** The article with one paragraph more: a near copy. */
  nearCopy: { path: '/news/articles/1017-2', of: 'n1017' },
  empty: '/notice/hours',
  english: '/notice/english',
  mojibake: '/notice/broken',
  repeated: '/notice/water',
  /** Good Korean, in EUC-KR that only a meta element declares. */
  eucKr: '/notice/station',
  noise: '/notice/links',
  missing: '/notice/picnic',
  redirect: { path: '/go/hangul', to: 'hangul' },
  disallowed: ['/admin/drafts', '/search?q=%EC%B6%95%EC%A0%9C'],
} as const

/** A planted page before it becomes a response. `text` is HTML; `encoding` is how it is written into bytes. */
export interface PlantedPage {
  readonly path: string
  readonly text: string
  readonly encoding: 'utf-8' | 'euc-kr'
}

/** The notice page's links: all that is planted, and an ordinary page. */
export const noticeLinks: readonly Link[] = [
  { href: '/about', text: '이 누리집을 소개합니다' },
  { href: '/news/print/1009', text: '[인쇄용] 보건소 버스가 마을로' },
  { href: '/partner/harvest-1025', text: '[나란히 싣는 글] 느티면 사과 축제' },
  { href: '/m/dict/getbol', text: '[손전화용] 갯벌' },
  { href: planted.nearCopy.path, text: '[고침] 장마 앞두고 배수로 점검' },
  { href: planted.empty, text: '편집실 여는 시간' },
  { href: planted.english, text: 'For visitors from abroad' },
  { href: planted.mojibake, text: '옛 누리집에서 옮긴 글' },
  { href: planted.repeated, text: '단수 안내' },
  { href: planted.eucKr, text: '기차가 서던 마을' },
  { href: planted.noise, text: '이웃 누리집 모음' },
  { href: planted.missing, text: '봄 소풍 사진 (지운 글)' },
  { href: planted.redirect.path, text: '한글 (옛 주소)' },
  { href: '/admin/drafts', text: '편집실 초고함' },
  { href: '/search?q=%EC%B6%95%EC%A0%9C', text: '“축제”를 찾은 결과' },
]

/** All planted pages that answer 200. `find` gives an article by its id. */
export function plantedPages(
  origin: string,
  articles: readonly Article[],
  find: (id: string) => Article,
): readonly PlantedPage[] {
  const framed = (path: string, title: string, main: string, head = ''): PlantedPage => ({
    path,
    encoding: 'utf-8',
    text: renderFrame({
      origin,
      path,
      title,
      description: title,
      type: 'website',
      head,
      breadcrumb: [
        { href: '/', text: '홈' },
        { href: '/notice', text: '알림' },
      ],
      popular: popularLinks(articles),
      main,
    }),
  })
  const prose = (title: string, paragraphs: readonly string[]) =>
    `<h1>${escapeHtml(title)}</h1>\n${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}`
  const updated = nearCopy(find(planted.nearCopy.of))

  return [
    framed(
      '/notice',
      '알림',
      `<h1>알림</h1>\n<ul class="list">\n${noticeLinks.map((link) => `<li><a href="${link.href}">${escapeHtml(link.text)}</a></li>`).join('\n')}\n</ul>`,
    ),
    framed('/about', '소개', prose('솔여울 마을소식을 소개합니다', aboutText)),
    ...Object.entries(planted.copies).map(([path, id]) => barePage(origin, path, find(id))),
    framed(planted.nearCopy.path, updated.title, articleHtml(updated), articleHead(origin, updated)),
    framed(planted.empty, '편집실 여는 시간', prose('편집실 여는 시간', ['준비하고 있습니다.'])),
    framed(planted.english, 'For visitors from abroad', prose('For visitors from abroad', englishText)),
    framed(planted.mojibake, doubleEncoded('옛 누리집에서 옮긴 글'), doubleEncoded(articleHtml(find('n1010')))),
    framed(planted.repeated, '단수 안내', prose('단수 안내', Array<string>(50).fill(repeatedLine))),
    { path: planted.eucKr, encoding: 'euc-kr', text: oldPage },
    framed(planted.noise, '이웃 누리집 모음', noise(articles)),
    framed('/admin/drafts', '초고함', prose('초고함', ['아직 내보내지 않은 글입니다. 편집하는 사람만 봅니다.'])),
    framed('/search?q=%EC%B6%95%EC%A0%9C', '찾은 결과', prose('“축제”를 찾은 결과', ['찾은 글 5건'])),
  ]
}

/** A copy on its own: no menu and no sidebar, as print, partner and mobile pages are. */
function barePage(origin: string, path: string, article: Article): PlantedPage {
  return {
    path,
    encoding: 'utf-8',
    text: `<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="utf-8">
<title>${escapeHtml(article.title)} - ${siteName}</title>
<meta property="og:title" content="${escapeHtml(article.title)}">
${articleHead(origin, article)}
</head>
<body>
<p class="logo">${siteName}</p>
${articleHtml(article)}
<p class="source">처음 실린 곳: <a href="${articlePath(article)}">${siteName}</a></p>
</body>
</html>
`,
  }
}

function articleHtml(article: Article): string {
  return `<article>
<h1>${escapeHtml(article.title)}</h1>
<div class="article-body">
${article.blocks.map(renderBlock).join('\n')}
</div>
</article>`
}

function nearCopy(article: Article): Article {
  const correction = '바로잡습니다. 처음 나간 글에서 빗물받이의 수를 잘못 적어 고쳤습니다.'
  return { ...article, blocks: [...article.blocks, { kind: 'paragraph', text: correction }] }
}

/** UTF-8 read as Windows-1252 and written as UTF-8 again: the classic accident of a moved database. */
function doubleEncoded(html: string): string {
  return html.replace(/[^\x00-\x7f]+/g, (text) => iconv.decode(Buffer.from(text), 'windows-1252'))
}

/** A page of links, tags and calls to click, without a sentence. */
function noise(articles: readonly Article[]): string {
  const tags = [...new Set(articles.flatMap((article) => article.tags))]
  return `<h1>이웃 누리집 모음</h1>
<div class="cloud">${tags.map((tag) => `<span>#${escapeHtml(tag)}</span>`).join(' ')}</div>
<div class="banner">${['클릭!', '바로가기 ▶', '더 보기', '닫기 ✕', '오늘 하루 보지 않기', '앱 내려받기', '1+1', '50% 할인'].map((text) => `<button type="button">${text}</button>`).join('\n')}</div>
<ul>${Array.from({ length: 12 }, (_, index) => `<li>이웃 ${index + 1} | 바로가기 | 추천 ${(index * 37) % 90}</li>`).join('\n')}</ul>`
}

const repeatedLine = '오늘 밤 열 시부터 내일 새벽 네 시까지 수돗물이 나오지 않습니다.'

const aboutText = [
  '솔여울 마을소식은 솔여울군의 크고 작은 소식과 누구나 읽을 수 있는 작은 백과사전을 함께 싣는 누리집입니다. 솔여울은 지도에 없는, 지어낸 마을입니다. 이곳의 사람과 가게와 행사도 모두 지어냈습니다. 다만 사전에 실린 글은 널리 알려진 사실을 바탕으로 썼습니다.',
  '이 누리집은 웹에서 글을 모으는 프로그램이 제대로 움직이는지 살펴보려고 만들었습니다. 그래서 읽을 만한 글 사이에 일부러 빈 글과 깨진 글, 되풀이되는 글을 섞어 두었습니다.',
  '개인 정보는 모으지 않습니다. 댓글과 로그인은 모양만 갖추었을 뿐 아무것도 저장하지 않습니다.',
] as const

const englishText = [
  'Welcome to Solyeoul, a small river town that exists only on this site. The weekly market opens on every third and eighth day of the month, and the walking path along the stream is at its best in the second week of April.',
  'The library lends picture books in six languages, and the town hall keeps a leaflet with bus times in English. Buses stop running at nine in the evening, so please plan your way back before dinner.',
  'If you feel unwell, the public health centre sees visitors without an appointment on weekday mornings. Bring your passport, and call ahead if you need an interpreter.',
] as const

/** Markup of the late 1990s: tables for layout, font elements, line breaks for paragraphs. */
const oldPage = `<HTML>
<HEAD>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=euc-kr">
<TITLE>기차가 서던 마을</TITLE>
</HEAD>
<BODY BGCOLOR="#FFFFFF">
<TABLE WIDTH="600" BORDER="0"><TR><TD BGCOLOR="#336633"><FONT COLOR="#FFFFFF" SIZE="2"><A HREF="/">처음으로</A> | <A HREF="/notice">게시판</A></FONT></TD></TR>
<TR><TD>
<H1>기차가 서던 마을</H1>
<P>솔여울에 기차가 서던 때가 있었다. 하루에 네 번, 두 칸짜리 완행열차가 여울천 다리를 천천히 건너와 작은 역에 섰다. 역이라고 해야 나무 의자 두 개와 난로 하나가 전부였지만, 마을 사람에게는 세상으로 나가는 문이었다.</P>
<P>새벽 첫차에는 장에 가는 사람이 많이 탔다. 함지박에 담긴 두부에서 김이 오르고, 보자기 사이로 닭이 고개를 내밀었다. 학생들은 맨 뒤 칸에 모여 앉아 숙제를 베끼다가, 굴이 나오면 일제히 소리를 질렀다. 굴을 빠져나올 때마다 창밖의 논이 눈부시게 밝았다.</P>
<P>역장은 기차보다 늦는 사람을 기다려 주곤 했다. 멀리서 뛰어오는 사람이 보이면 깃발을 천천히 들었다. 그 몇 분 동안 기관사는 창에 팔을 걸치고 마을 소식을 물었다. 아무도 재촉하지 않았다.</P>
<P>새 길이 뚫리고 버스가 다니면서 손님이 줄었다. 마지막 기차가 떠나던 날에는 마을 사람이 모두 나와 손을 흔들었다. 지금 철길은 걷는 길이 되었고, 역은 아이들의 책방이 되었다. 난로가 있던 자리에는 둥근 책상이 놓였다. 그래도 저녁 일곱 시가 되면 어르신들은 가끔 다리 쪽을 바라본다.</P>
</TD></TR></TABLE>
</BODY>
</HTML>
`
