/** The keys that a document may have, by the address a person gives. */
import { canonicalUrl, withoutAmp } from '../crawler/canonical-url.ts'
import { pageScope } from '../crawler/sources/web-kinds.ts'
import type { Config } from '../pipeline/recipe.ts'

/** What a URL may be known by: itself, its canonical form, its main page, its page in each source. */
export function keysOf(url: string, config: Config | null): readonly string[] {
  const canonical = URL.canParse(url) && /^https?:/.test(url) ? canonicalUrl(url) : null
  if (canonical === null) return [url]
  const located = (config?.sources ?? []).flatMap((source) => {
    const key = pageScope(source, '2000-01-01')?.locate(url)?.key
    return key === undefined ? [] : [key]
  })
  return [...new Set([url, canonical, withoutAmp(canonical), ...located])]
}
