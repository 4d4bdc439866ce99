/** One page of a wiki, from a dump or the API, as an item to import; older than what is known, it changes nothing. */
import type { FrontierEntry, Outcome, WebSource } from '../../pipeline/crawl-contract.ts'
import { type ImportItem, payloadOutcome, refusedOutcome } from '../import/import.ts'
import { canonicalRecord, recordContentType } from '../import/record.ts'
import { pageUrl } from './pages.ts'

export interface WikiPage {
  readonly title: string
  readonly namespace: number
  readonly pageId: number
  readonly redirect: string | null
  /** ISO 8601. */
  readonly timestamp: string
  readonly model: string
  /** Null where it was deleted, or is longer than the source allows. */
  readonly text: string | null
}

export interface Wiki {
  /** The address of its main page. */
  readonly base: string | null
  readonly lang: string | null
}

/** The page as an item; `place` is where it stands in what is imported. */
export function articleItem(
  source: WebSource,
  wiki: Wiki,
  page: WikiPage,
  robotsRule: string,
  place: ImportItem['place'],
): ImportItem {
  const url = pageUrl(wiki.base, page.title) ?? `urn:malmoi:${source.name}:${encodeURIComponent(page.title)}`
  return {
    key: url,
    url,
    outcome: (entry) => outcomeOf(source, wiki, page, robotsRule, entry),
    place,
    bytes: (page.text?.length ?? 0) * 2,
  }
}

async function outcomeOf(
  source: WebSource,
  wiki: Wiki,
  page: WikiPage,
  robotsRule: string,
  entry: FrontierEntry,
): Promise<Outcome> {
  const { title, namespace, pageId, redirect, timestamp, model, text } = page
  if (!source.namespaces.includes(namespace)) return refusedOutcome(`namespace ${namespace} is not among the source's`)
  if (redirect !== null) return refusedOutcome(`a redirect to ${redirect}`)
  if (model !== '' && model !== 'wikitext') return refusedOutcome(`content model ${model} is not wikitext`)
  if (text === null) return refusedOutcome(`its text is deleted, or longer than ${source.maxBodyBytes} bytes`)
  const { previous } = entry
  if (previous?.lastModified && previous.lastModified > timestamp)
    return refusedOutcome(`older than the revision that is known, of ${previous.lastModified}`)
  const record = { id: String(pageId), text, form: 'wikitext', title, url: entry.url, author: null } as const
  const payload = canonicalRecord({ ...record, published: timestamp, lang: wiki.lang })
  const outcome = await payloadOutcome(payload, recordContentType, robotsRule)(entry)
  return { ...outcome, lastModified: timestamp }
}
