/**
 * wiki: a MediaWiki from its XML dumps, from what its Action API says has changed since, or as pages.
 */
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import type { WebSource } from '../../pipeline/crawl-contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { importFromFiles } from '../import/from-files.ts'
import { openFile } from '../import/open-file.ts'
import { crawlWeb } from '../web/crawl.ts'
import { articleItem } from '../wiki/article.ts'
import { importChanges, newestState } from '../wiki/changes.ts'
import { readDump } from '../wiki/dump.ts'
import { wikiPages } from '../wiki/pages.ts'

const rule = 'imported from a dump'

/** Resolves early, without error, when the signal aborts. Throws FailedError where the source gives nothing. */
export async function crawlWiki(source: WebSource, dependencies: CrawlDependencies): Promise<void> {
  if (source.dump === null && source.api === null) return await crawlWeb(source, wikiPages, dependencies)
  if (source.start.length > 0) throw new UsageError(`source ${source.name}: give either "start", or "dump" and "api"`)
  if (source.dump !== null) await importDump(source, source.dump, dependencies)
  if (source.api !== null && dependencies.signal?.aborted !== true)
    await importChanges(source, source.api, dependencies)
}

/** Imports the newest revision of every page of tonight's dump files that the source wants. */
async function importDump(source: WebSource, path: string, dependencies: CrawlDependencies): Promise<void> {
  const { frontier } = dependencies
  const { namespaces, snapshot } = source
  let newest = ''
  let articles = 0
  await importFromFiles(dependencies, {
    source: source.name,
    path,
    settings: { namespaces },
    snapshot,
    async *itemsOf(file, onBytes) {
      const bytes = openFile(file.path, onBytes)
      for await (const page of readDump(bytes, { maxTextBytes: source.maxBodyBytes })) {
        const { timestamp, model, text } = page.revision
        if (timestamp > newest) newest = timestamp
        if (namespaces.includes(page.namespace) && page.redirect === null) articles += 1
        const place = { key: `${file.name}#page-${page.pageId}`, words: `page ${page.pageId} of ${file.name}` }
        yield articleItem(source, page, { ...page, timestamp, model, text }, rule, place)
      }
    },
    async finish(count) {
      if (articles === 0)
        throw new FailedError(
          `source ${source.name}: ${path} holds no article in ${count} pages`,
          'articles have the namespace 0: see `namespaces`',
        )
      // What the wiki changed since is for the API to tell.
      await frontier.remember(newestState, newest)
    },
  })
}
