/**
 * Which pages of a MediaWiki are articles, by address, and the address of a page by its title. Its dumps and its API are
 * for dump.ts and changes.ts.
 */
import { canonicalUrl } from '../canonical-url.ts'
import type { WebKind } from '../sources/scope.ts'

/** MediaWiki namespaces that hold no articles, in English and Korean; their talk namespaces are matched by suffix. */
const namespaces = new Set(
  [
    'special media talk user project file image mediawiki template help module draft timedtext topic gadget',
    'wikipedia wiktionary wikinews wikisource wikibooks wikiquote wikiversity wikivoyage meta',
    '특수 특수기능 미디어 토론 사용자 프로젝트 파일 그림 미디어위키 틀 도움말 모듈 초안 소도구 주제',
    '위키백과 위키낱말사전 위키뉴스 위키문헌 위키책 위키인용집 위키배움터 위키여행',
  ].flatMap((names) => names.split(' ')),
)

function namespaceOf(title: string): string | null {
  const colon = title.indexOf(':')
  if (colon < 1) return null
  return title.slice(0, colon).trim().toLowerCase().replaceAll('_', ' ')
}

function isApparatus(title: string): boolean {
  const namespace = namespaceOf(title)
  if (namespace === null) return false
  return namespaces.has(namespace) || / talk$/.test(namespace) || /.토론$/.test(namespace)
}

function decodedTitle(path: string): string {
  const last = path.replace(/^.*\/(?=[^/]*:)|^.*\//, '')
  try {
    return decodeURIComponent(last)
  } catch (error) {
    // Escapes of a legacy encoding: no namespace of ours is spelled so.
    if (error instanceof URIError) return last
    throw error
  }
}

const tools = ['oldid', 'diff', 'veaction', 'printable', 'mobileaction', 'redlink', 'curid', 'useskin'] as const

/** Why a URL of a MediaWiki is no article; null where it may be one. */
function apparatus(url: URL): string | null {
  const query = url.searchParams
  const action = query.get('action')
  if (action !== null && action !== 'view') return `a wiki's action=${action}`
  const tool = tools.find((name) => query.has(name))
  if (tool !== undefined) return `a wiki's ${tool} view`
  const title = query.get('title') ?? decodedTitle(url.pathname)
  return isApparatus(title) ? `a wiki's ${title.slice(0, title.indexOf(':'))} namespace` : null
}

/** A wiki that is crawled as pages: its articles, none of what they are made and talked about with. */
export const wikiPages: WebKind = { followsPages: true, anyHost: false, apparatus }

/**
 * The canonical address of the page of that title, as the wiki links to it; `base` is the address of its main page, as
 * siteinfo states it. Null where that is none.
 */
export function pageUrl(base: string | null, title: string): string | null {
  if (base === null || URL.parse(base) === null) return null
  // MediaWiki leaves these as they are (wfUrlencode).
  const path = encodeURIComponent(title.replaceAll(' ', '_')).replace(/%(?:3A|2F|2C|40|24|3B)/g, decodeURIComponent)
  return canonicalUrl(path.includes(':') ? `./${path}` : path, base)
}
