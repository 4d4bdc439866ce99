/**
 * The words and types of crawling that meet: what a source is configured as, what is remembered of addresses and hosts,
 * what an answer comes to. The crawler works with them, the store implements them.
 */
import type { Digest, Json } from './contract.ts'

/* ---------------------------------------------------------------- crawl: what is configured */

export type SourceKind = 'news' | 'wiki' | 'feed' | 'warc' | 'files' | 'social'

interface AnySource {
  readonly name: string
  readonly licence: string
  /** Where the terms of use are read; null where the config names none. */
  readonly terms: string | null
  /** Who answers for the source at its owner's side. */
  readonly contact: string | null
  /** Robots-style path patterns (`*`, `$`, prefix match). Empty include = everything in the source's scope. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** What becomes of a document that is gone: it stays in versions yet to come, or leaves them. */
  readonly deletions: 'keep' | 'honour'
  /** Bytes of one body, record or page, decompressed; a larger one is refused. */
  readonly maxBodyBytes: number
}

/** What is asked of hosts over HTTP. */
export interface Manners {
  /** Least milliseconds between two requests to one host. */
  readonly delayMs: number
  /** Host names that may have private or loopback addresses. */
  readonly privateHosts: readonly string[]
  /** Milliseconds to the head of an answer; the whole answer may take four times as long. */
  readonly timeoutMs: number
}

export interface WebSource extends AnySource, Manners {
  readonly kind: 'news' | 'wiki' | 'feed'
  /** Pages, sitemaps, RSS or Atom feeds. */
  readonly start: readonly string[]
  /** Hosts in scope beside those of `start`. */
  readonly hosts: readonly string[]
  /** A night's pages, of all hosts and of one. */
  readonly maxPages: number
  readonly maxPagesPerHost: number
  readonly maxDepth: number
  /** Addresses of one form (the same path and parameter names) that a night may find by links. */
  readonly maxVariants: number
  /** Nights between two visits of a page: adapted to how often it changes, within these bounds. */
  readonly revisit: { readonly minNights: number; readonly maxNights: number }
  /** Marks that are obeyed: what they forbid is not kept. */
  readonly obey: { readonly noindex: boolean; readonly noai: boolean; readonly tdm: boolean }
  /** Of kind `wiki`: dump files, and the Action API; null where the wiki is crawled as pages. */
  readonly dump: string | null
  readonly api: { readonly url: string; readonly terms: string | null } | null
  readonly namespaces: readonly number[]
  /** The dump is a complete listing: what is absent is gone. */
  readonly snapshot: boolean
}

/** Where a record's fields lie in a row of a file: a path (`user.name`, `turns[].text`) or a template (`{speaker}: {text}`). */
export interface FieldMap {
  readonly id?: string | undefined
  readonly text?: string | { readonly each: string; readonly as: string } | undefined
  readonly title?: string | undefined
  readonly url?: string | undefined
  readonly author?: string | undefined
  readonly published?: string | undefined
  readonly modified?: string | undefined
  readonly section?: string | undefined
  readonly lang?: string | undefined
  readonly licence?: string | undefined
  /** Of a record that comes from another corpus: the source and the digest that it had there. */
  readonly source?: string | undefined
  readonly revision?: string | undefined
}

export type FileFormat = 'jsonl' | 'json' | 'parquet' | 'text' | 'html'

export interface FileSource extends AnySource {
  readonly kind: 'files'
  /** A file, a folder or a glob, absolute. */
  readonly path: string
  /** By the name of each file where null. */
  readonly format: FileFormat | null
  readonly fields: FieldMap
  /** Where the records lie in a JSON document (`data[]`); its own array, or the document itself, where null. */
  readonly records: string | null
  /** Of an export: its manifest, absolute, by which every file is checked before it is read; else null. */
  readonly manifest: string | null
  /** Before the relative path of a text or HTML file: its URL. */
  readonly baseUrl: string | null
  /** The files are a complete listing: what is absent is gone. */
  readonly snapshot: boolean
}

export interface WarcSource extends AnySource {
  readonly kind: 'warc'
  /** A file, a folder or a glob, absolute. */
  readonly path: string
  readonly obey: WebSource['obey']
  readonly snapshot: boolean
}

/** Public posts over the Mastodon API. */
export interface SocialSource extends AnySource, Manners {
  readonly kind: 'social'
  /** Addresses of instances. */
  readonly start: readonly string[]
  /** `local`, `public`, `tag:NAME`, `account:NAME`. */
  readonly timelines: readonly string[]
  /** Pages of a timeline, of forty posts, that a night reads. */
  readonly maxPages: number
  readonly revisit: { readonly minNights: number; readonly maxNights: number }
}

/** A source as the config gives it, with every default filled in. */
export type Source = WebSource | FileSource | WarcSource | SocialSource

export interface UserAgent {
  readonly name: string
  /** URL or e-mail where the crawler's owner is reached; required outside loopback. */
  readonly contact: string | null
}

/* ---------------------------------------------------------------- crawl: what is remembered */

/** What was kept of a document's last capture: sent as validators, compared by payload. */
export interface PreviousCapture {
  readonly payload: Digest | null
  readonly etag: string | null
  readonly lastModified: string | null
  /** WARC-Record-ID and date of the response record that holds the payload. */
  readonly recordId: string
  readonly fetchedAt: string
}

/** What comes first of a host's due entries. */
export const PRIORITY = { listing: 0, listed: 1, linked: 2, known: 3 } as const
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY]

/** An address that was found. `key` is its canonical form: the document's identity within the source. */
export interface FoundLink {
  readonly key: string
  /** What is asked for: the key itself, unless the key is the twin of what was linked (AMP, mobile). */
  readonly url: string
  /** Steps from a start address. */
  readonly depth: number
  /** Redirects that led here. */
  readonly hops: number
  readonly priority: Priority
  /** The time of change that a listing states; a new one makes the entry due. */
  readonly lastmod: string | null
  /** What it shares with its variants (path and parameter names): a night takes in so many of one form and no more. */
  readonly form: string | null
}

/** One address that is due tonight. */
export interface FrontierEntry {
  readonly key: string
  readonly url: string
  /** Host and port; empty for what no host is asked for. */
  readonly host: string
  readonly depth: number
  readonly hops: number
  /** Nights until it was due again; 0 before the first visit. */
  readonly revisit: number
  /** It may not come back: it is refused without being asked for. */
  readonly takenDown: boolean
  /** Null where it was never captured, or is gone: then it is asked for whole. */
  readonly previous: PreviousCapture | null
}

/** An exchange as WARC records, the response (or revisit, resource) first; gzip members. */
export interface RecordedExchange {
  readonly status: number
  /** ISO 8601, UTC. */
  readonly fetchedAt: string
  readonly recordId: string
  readonly warc: Uint8Array
}

/** How an address was answered: kept as a capture row, its WARC records beside it. */
export interface CapturedOutcome extends RecordedExchange {
  readonly kind: 'captured'
  /** Digest of the decoded (content-encoding removed) body; the previous one's for a 304; null where there is none. */
  readonly payload: Digest | null
  readonly payloadBytes: number
  readonly contentType: string | null
  /** A document's text, a list of addresses, or a file of the site for robots. */
  readonly role: 'document' | 'listing' | 'siteFile'
  readonly etag: string | null
  readonly lastModified: string | null
  /** The robots.txt line that allowed the fetch, or why none applied (`no robots.txt`, `no matching rule`). */
  readonly robotsRule: string
  /** What the page says to robots beside that: recorded, and obeyed where it reached this far. */
  readonly directives: string | null
  /** The key of the page this one says it is a copy of, where that is another page of the source. */
  readonly canonical: string | null
  /** The key it redirects to. */
  readonly redirectsTo: string | null
  /** Links found on it, in scope and canonical. */
  readonly links: readonly FoundLink[]
  /** Nights until it is due again. */
  readonly revisit: number
  /** Why nothing follows from it (`redirects outside the source`); null for the usual. */
  readonly note: string | null
}

export type Outcome =
  | CapturedOutcome
  /** We chose not to fetch or keep it: robots, scope, size, type. */
  | {
      readonly kind: 'refused'
      readonly reason: string
      /** The line of robots.txt, where that was what refused it. */
      readonly robotsRule: string | null
      /** What was answered, without the body. */
      readonly exchange: RecordedExchange | null
      readonly links: readonly FoundLink[]
      readonly revisit: number
    }
  /** It could not be fetched, after retries. */
  | { readonly kind: 'failed'; readonly reason: string; readonly revisit: number }

/**
 * What a settled entry counts as. `other`: a redirect, an error page; a listing counts as new, changed … too, but is
 * no document.
 */
export type CaptureState = 'new' | 'changed' | 'unchanged' | 'notModified' | 'gone' | 'other'

/** The crawler's memory for one source and one night; the store implements it. */
export interface Frontier {
  /** Adds addresses that are not known; of known ones a listing's new lastmod makes them due, priority `listing` always. */
  add(links: readonly FoundLink[]): Promise<void>
  /** Hosts of which the source knows an address. */
  hosts(): Promise<readonly string[]>
  /** Up to `limit` due entries of each host not handed out before by this object: by priority, night due, depth. */
  take(hosts: readonly string[], limit: number): Promise<readonly FrontierEntry[]>
  /** The entries of these links, added where they are not known; without those that are settled tonight. */
  claim(links: readonly FoundLink[]): Promise<readonly FrontierEntry[]>
  /** Records the outcome, its links and its WARC bytes together; durable once resolved. Safe to call concurrently. */
  settle(entry: FrontierEntry, outcome: Outcome): Promise<CaptureState | 'refused' | 'failed'>
  /** Keeps an exchange that settles nothing: one that is tried again. Durable once resolved. */
  keep(entry: Pick<FrontierEntry, 'key'>, exchange: RecordedExchange, reason: string): Promise<void>
  /** The keys that `key` leads to by tonight's redirects, at most `limit`. */
  redirects(key: string, limit: number): Promise<readonly string[]>
  /** Due entries left by host, handed out or not. */
  pending(): Promise<ReadonlyMap<string, number>>
  /** Entries settled tonight, before and by this process, by host; `received`: documents and listings that were had. */
  settled(): Promise<ReadonlyMap<string, { readonly entries: number; readonly received: number }>>
  /** Says why due entries are left for another night: by host, or '' for all. */
  leave(host: string, reason: string): Promise<void>
  /** Counts records that need not be looked at: their file is as it was. */
  passOver(records: number): Promise<void>
  /** What the source remembers between nights, by name: where an API was read to, which file was imported. */
  recall(name: string): Promise<Json>
  remember(name: string, value: Json): Promise<void>
}

/** A file that a site has for robots (robots.txt, tdmrep.json), as it was last answered. */
export interface SiteFile {
  /** The night it was asked for, and when. */
  readonly night: string
  readonly fetchedAt: string
  readonly status: number
  readonly body: Uint8Array
  readonly etag: string | null
  readonly lastModified: string | null
  /** The record that holds the body, and the body's digest. */
  readonly recordId: string
  readonly payload: Digest
}

export interface HostMemory {
  /** Milliseconds the last response took. */
  readonly lastMs: number | null
  /** ISO 8601: nothing may be asked before. */
  readonly notBefore: string | null
  /** Whether any process was here before: its last request may be a moment ago. */
  readonly visited: boolean
}

/** What is known of hosts, whatever the source, night, process or machine; the store implements it. */
export interface SiteMemory {
  /** Takes a host for this process alone; null while another one has it. Free again by `leave` or when the process ends. */
  enter(host: string): Promise<HostMemory | null>
  leave(host: string): Promise<void>
  /** Durable once resolved. */
  remember(host: string, memory: { readonly lastMs: number; readonly notBefore: string | null }): Promise<void>
  file(url: string): Promise<SiteFile | null>
  keepFile(url: string, file: SiteFile): Promise<void>
}

/** A document of a batch that is new, changed, or withdrawn (payload null): what extraction reads. Sorted by key. */
export interface DeltaLine {
  readonly key: string
  readonly url: string
  readonly payload: Digest | null
  readonly contentType: string | null
}
