/**
 * What changed in a wiki since the last night, over the Action API of MediaWiki: the titles from list=recentchanges, the
 * texts of those pages from prop=revisions, fifty at a time. Pages that were deleted are gone.
 */
import { FailedError } from '../../pipeline/contract.ts'
import type { WebSource } from '../../pipeline/crawl-contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { type ApiDependencies, askApi } from '../http/api.ts'
import { openSession } from '../http/session.ts'
import { absentItem, type ImportItem, importItems } from '../import/import.ts'
import { createSiteFiles } from '../robots/site-files.ts'
import { articleItem, type Wiki } from './article.ts'
import { pageUrl } from './pages.ts'

/** Names of what the source remembers: the newest revision of the dump, and until when changes were read. */
export const newestState = 'newest revision'
const changesState = 'changes until'

/** Anonymous clients may ask for so many (API:Query, API:RecentChanges). */
const changesAtOnce = 500
const pagesAtOnce = 50
/** Replicas behind by more seconds than this are left to catch up (Manual:Maxlag). */
const maxLag = 5
const aDayMs = 86_400_000
/** The list forgets older changes on most wikis (wgRCMaxAge: 90 days). */
const longestMs = 90 * aDayMs

interface Change {
  readonly title: string
  readonly timestamp: string
}

/** Resolves early, without error, when the signal aborts. Throws FailedError where the API does not answer. */
export async function importChanges(
  source: WebSource,
  endpoint: { readonly url: string; readonly terms: string | null },
  dependencies: CrawlDependencies,
): Promise<void> {
  const { frontier, sites, night, signal, retryMs = 1000 } = dependencies
  const session = openSession(source, [endpoint.url], dependencies)
  const { client, token } = session
  const siteFiles = createSiteFiles({ client, frontier, memory: sites, night, token, signal, retryMs })
  const api: ApiDependencies = {
    ...{ client, frontier, signal, retryMs, siteFiles, token },
    obeyTdm: source.obey.tdm,
    terms: endpoint.terms,
    keep: (response) => response,
    // Fifty pages come in one answer.
    maxBodyBytes: source.maxBodyBytes * pagesAtOnce,
  }
  try {
    const wiki = await readSiteInfo(api, endpoint.url)
    if (wiki === null) return
    const since = await sinceWhen(dependencies, night)
    const changed = await readChanges(api, endpoint.url, source, since)
    if (changed === null) return
    const rule =
      endpoint.terms === null ? 'the API, allowed by robots.txt' : `the API, by the terms at ${endpoint.terms}`
    await importItems(dependencies, items(api, endpoint.url, source, wiki, changed.titles, rule), null)
    if (signal?.aborted !== true) await frontier.remember(changesState, changed.until)
  } finally {
    await session.close()
  }
}

/** Where the last night ended; else where the dump ends; else a day before tonight. */
async function sinceWhen({ frontier }: CrawlDependencies, night: string): Promise<string> {
  const known = (await frontier.recall(changesState)) ?? (await frontier.recall(newestState))
  const before = (milliseconds: number) => new Date(Date.parse(`${night}T00:00:00Z`) - milliseconds).toISOString()
  const since = typeof known === 'string' && known !== '' ? known : before(aDayMs)
  const earliest = before(longestMs)
  return since < earliest ? earliest : since
}

function address(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(endpoint)
  const fixed = { action: 'query', format: 'json', formatversion: '2', maxlag: String(maxLag) }
  for (const [name, value] of Object.entries({ ...fixed, ...parameters })) url.searchParams.set(name, value)
  return url.href
}

async function readSiteInfo(api: ApiDependencies, endpoint: string): Promise<Wiki | null> {
  const answer = await askApi(api, address(endpoint, { meta: 'siteinfo', siprop: 'general' }), 'API: siteinfo')
  if (answer === null) return null
  const general = at(answer.body, 'query', 'general')
  const base = at(general, 'base')
  const lang = at(general, 'lang')
  if (typeof base !== 'string') throw new FailedError(`${endpoint} is no Action API of MediaWiki: it has no siteinfo`)
  return { base, lang: typeof lang === 'string' ? lang : null }
}

/** Titles that changed, oldest change first, each once; and until when they were read. */
async function readChanges(
  api: ApiDependencies,
  endpoint: string,
  source: WebSource,
  since: string,
): Promise<{ readonly titles: readonly string[]; readonly until: string } | null> {
  const titles = new Set<string>()
  let until = since
  let more: Readonly<Record<string, string>> = {}
  for (;;) {
    const parameters = {
      list: 'recentchanges',
      rcdir: 'newer',
      rcstart: since,
      rcnamespace: source.namespaces.join('|'),
      rctype: 'edit|new|log',
      rcprop: 'title|timestamp|loginfo',
      rclimit: String(changesAtOnce),
      ...more,
    }
    const answer = await askApi(api, address(endpoint, parameters), 'API: recent changes')
    if (answer === null) return null
    const changes = listOf(at(answer.body, 'query', 'recentchanges')).flatMap(changeOf)
    for (const { title, timestamp } of changes) {
      if (titles.size >= source.maxPages && !titles.has(title)) return { titles: [...titles], until }
      titles.add(title)
      until = timestamp
    }
    const next = at(answer.body, 'continue')
    if (typeof next !== 'object' || next === null) return { titles: [...titles], until }
    more = Object.fromEntries(Object.entries(next).map(([name, value]) => [name, String(value)]))
  }
}

function changeOf(value: unknown): readonly Change[] {
  const title = at(value, 'title')
  const timestamp = at(value, 'timestamp')
  return typeof title === 'string' && typeof timestamp === 'string' ? [{ title, timestamp }] : []
}

async function* items(
  api: ApiDependencies,
  endpoint: string,
  source: WebSource,
  wiki: Wiki,
  titles: readonly string[],
  rule: string,
): AsyncGenerator<ImportItem> {
  for (let from = 0; from < titles.length; from += pagesAtOnce) {
    const some = titles.slice(from, from + pagesAtOnce)
    const parameters = {
      titles: some.join('|'),
      prop: 'revisions|info',
      rvslots: 'main',
      rvprop: 'ids|timestamp|content|contentmodel',
    }
    const answer = await askApi(api, address(endpoint, parameters), 'API: revisions')
    if (answer === null) return
    for (const page of listOf(at(answer.body, 'query', 'pages'))) {
      const item = pageItem(source, wiki, page, rule)
      if (item !== null) yield item
    }
  }
}

function pageItem(source: WebSource, wiki: Wiki, page: unknown, rule: string): ImportItem | null {
  const title = at(page, 'title')
  if (typeof title !== 'string') return null
  const place = { key: `API#${title}`, words: `page ${title}` }
  if (at(page, 'missing') === true) {
    const url = pageUrl(wiki.base, title)
    return url === null ? null : absentItem(url, 'the wiki', place)
  }
  const revision = listOf(at(page, 'revisions'))[0]
  const content = at(revision, 'slots', 'main', 'content')
  const timestamp = at(revision, 'timestamp')
  const model = at(revision, 'slots', 'main', 'contentmodel')
  return articleItem(
    source,
    wiki,
    {
      title,
      namespace: Number(at(page, 'ns')),
      pageId: Number(at(page, 'pageid')),
      redirect: at(page, 'redirect') === true ? 'another page' : null,
      timestamp: typeof timestamp === 'string' ? timestamp : '',
      model: typeof model === 'string' ? model : '',
      text: typeof content === 'string' && Buffer.byteLength(content) <= source.maxBodyBytes ? content : null,
    },
    rule,
    place,
  )
}

/** The value at the end of a path of names; undefined where a step is missing. */
function at(value: unknown, ...names: readonly string[]): unknown {
  let found: unknown = value
  for (const name of names) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Object.hasOwn(found, name) ? Reflect.get(found, name) : undefined
  }
  return found
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
