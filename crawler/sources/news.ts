/** news: a site of pages. Sitemaps, feeds and start pages name them, and links are followed on the source's own hosts. */
import type { WebKind } from './scope.ts'

export const news: WebKind = { followsPages: true, anyHost: false, apparatus: () => null }
