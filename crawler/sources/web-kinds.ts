/** The kinds of source that are crawled as pages, and the scope of one. */
import type { Source, WebSource } from '../../pipeline/crawl-contract.ts'
import { wikiPages } from '../wiki/pages.ts'
import { feed } from './feed.ts'
import { news } from './news.ts'
import { type Scope, scopeOf, type WebKind } from './scope.ts'

export const webKinds: Readonly<Record<WebSource['kind'], WebKind>> = { news, feed, wiki: wikiPages }

/** The scope of a source that is crawled as pages on a night; null for others. */
export function pageScope(source: Source, night: string): Scope | null {
  if (source.kind !== 'news' && source.kind !== 'feed' && source.kind !== 'wiki') return null
  return source.start.length === 0 ? null : scopeOf(source, webKinds[source.kind], night)
}
