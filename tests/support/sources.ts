/** Sources for tests, with every default filled in: web sources on loopback and without delay, unless told otherwise. */
import type { FileSource, SocialSource, WarcSource, WebSource } from '../../pipeline/crawl-contract.ts'

const any = {
  name: 'local',
  licence: 'CC0-1.0',
  terms: null,
  contact: null,
  include: [],
  exclude: [],
  deletions: 'keep',
  maxBodyBytes: 10_000_000,
} as const
const obey = { noindex: true, noai: true, tdm: true } as const
const manners = { delayMs: 0, privateHosts: ['127.0.0.1', 'localhost'], timeoutMs: 10_000 } as const

export function webSource(given: Partial<WebSource> = {}): WebSource {
  return {
    ...any,
    ...manners,
    obey,
    kind: 'news',
    start: ['http://127.0.0.1:8080/'],
    hosts: [],
    maxPages: 100_000,
    maxPagesPerHost: 100_000,
    maxDepth: 50,
    maxVariants: 5_000,
    revisit: { minNights: 1, maxNights: 30 },
    dump: null,
    api: null,
    namespaces: [0],
    snapshot: false,
    ...given,
  }
}

export function fileSource(given: Partial<FileSource> = {}): FileSource {
  return {
    ...any,
    kind: 'files',
    path: '/nowhere.jsonl',
    format: null,
    fields: {},
    records: null,
    manifest: null,
    baseUrl: null,
    snapshot: false,
    ...given,
  }
}

export function warcSource(given: Partial<WarcSource> = {}): WarcSource {
  return { ...any, obey, kind: 'warc', path: '/nowhere.warc.gz', snapshot: false, ...given }
}

export function socialSource(given: Partial<SocialSource> = {}): SocialSource {
  return {
    ...any,
    ...manners,
    kind: 'social',
    deletions: 'honour',
    start: ['http://127.0.0.1:8080'],
    timelines: ['local'],
    maxPages: 100,
    revisit: { minNights: 1, maxNights: 30 },
    ...given,
  }
}
