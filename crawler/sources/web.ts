/**
 * Which URLs belong to a web source: the hosts of its start addresses, its include and exclude patterns, and what its
 * kind means. Pure; robots.txt and limits are for others.
 */
import { type Source, UsageError } from '../../pipeline/contract.ts'
import { canonicalUrl } from '../canonical-url.ts'
import { comparablePath, pathPattern } from '../path-pattern.ts'

export interface Scope {
  /** `host` or `host:port` of every start address, in config order. */
  readonly hosts: readonly string[]
  /** Null where the URL belongs to the source, else why not. Start addresses and listings (`seed`) need no include. */
  outside(url: URL, seed: boolean): string | null
}

/** Longer addresses are traps more often than pages, and no key of an index. */
const longestUrl = 2048

/** MediaWiki namespaces that hold no articles, in English and Korean; their talk namespaces are matched by suffix. */
const wikiNamespaces = new Set(
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
  return wikiNamespaces.has(namespace) || / talk$/.test(namespace) || /.토론$/.test(namespace)
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

const wikiQueries = ['oldid', 'diff', 'veaction', 'printable', 'mobileaction', 'redlink', 'curid', 'useskin'] as const

/** Why a URL of a MediaWiki is no article; null where it may be one. */
function wikiApparatus(url: URL): string | null {
  const query = url.searchParams
  const action = query.get('action')
  if (action !== null && action !== 'view') return `a wiki's action=${action}`
  const tool = wikiQueries.find((name) => query.has(name))
  if (tool !== undefined) return `a wiki's ${tool} view`
  const title = query.get('title') ?? decodedTitle(url.pathname)
  return isApparatus(title) ? `a wiki's ${title.slice(0, title.indexOf(':'))} namespace` : null
}

/** The start addresses in canonical form. Throws UsageError on one that is no http or https URL, or on none. */
export function startUrls(source: Source): readonly string[] {
  if (source.start.length === 0)
    throw new UsageError(`source ${source.name}: "start" is empty; give it at least one URL`)
  return source.start.map((address) => {
    const canonical = canonicalUrl(address)
    if (canonical === null)
      throw new UsageError(`source ${source.name}: start "${address}" is not an http or https URL`)
    return canonical
  })
}

/** Compiles the scope of a source of kind news or wiki. Throws UsageError on a start address that is no URL. */
export function scopeOf(source: Source): Scope {
  const hosts = [...new Set(startUrls(source).map((start) => new URL(start).host))]
  const known = new Set(hosts)
  const patterns = (texts: readonly string[]) => texts.map((text) => ({ text, pattern: pathPattern(text) }))
  const include = patterns(source.include)
  const exclude = patterns(source.exclude)
  return {
    hosts,
    outside(url, seed) {
      if (!known.has(url.host)) return `${url.host} is not among the hosts of start`
      if (url.href.length > longestUrl) return `longer than ${longestUrl} characters`
      if (url.pathname === '/robots.txt') return 'robots.txt is read by itself'
      const path = comparablePath(url)
      const excluded = exclude.find(({ pattern }) => pattern.matches(path))
      if (excluded !== undefined) return `excluded by "${excluded.text}"`
      if (seed) return null
      if (include.length > 0 && !include.some(({ pattern }) => pattern.matches(path)))
        return 'matches no include pattern'
      return source.kind === 'wiki' ? wikiApparatus(url) : null
    },
  }
}
