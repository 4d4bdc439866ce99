/** Every kind of source by its name. */
import type { Source } from '../../pipeline/crawl-contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { crawlWeb } from '../web/crawl.ts'
import { importFiles } from './files.ts'
import { crawlSocial } from './social.ts'
import { importWarc } from './warc.ts'
import { webKinds } from './web-kinds.ts'
import { crawlWiki } from './wiki.ts'

/**
 * Crawls or imports what a source has tonight. Resolves early, without error, when the signal aborts. Throws UsageError
 * on a source that cannot be crawled, FailedError where it fails wholly.
 */
export async function crawlSource(source: Source, dependencies: CrawlDependencies): Promise<void> {
  switch (source.kind) {
    case 'news':
    case 'feed':
      return await crawlWeb(source, webKinds[source.kind], dependencies)
    case 'wiki':
      return await crawlWiki(source, dependencies)
    case 'files':
      return await importFiles(source, dependencies)
    case 'warc':
      return await importWarc(source, dependencies)
    case 'social':
      return await crawlSocial(source, dependencies)
  }
}
