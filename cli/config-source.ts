/** A source as a person writes it in malmoi.config.ts: its fields by kind, and what it means with every default. */
import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { isLoopbackHost } from '../crawler/http/addresses.ts'
import type { Source, WebSource } from '../pipeline/crawl-contract.ts'
import { configName, positive } from './config-fields.ts'

const pattern = z.string().startsWith('/', 'a path pattern begins with /')
const webAddress = z.url({ protocol: /^https?$/, error: 'not an http or https URL' })
const nights = z.number().positive()

/** When a source is crawled by itself. */
const ownSchedule = z.union([
  z.string().min(1),
  z.strictObject({
    cron: z.string().min(1),
    jitterMinutes: z.number().min(0).optional(),
    then: z.enum(['crawl', 'build', 'train']).optional(),
  }),
])

const anyShape = {
  name: configName,
  licence: z.string().min(1),
  terms: webAddress.optional(),
  contact: z.string().optional(),
  include: z.array(pattern).optional(),
  exclude: z.array(pattern).optional(),
  deletions: z.enum(['keep', 'honour']).optional(),
  maxBodyBytes: positive.optional(),
  schedule: ownSchedule.optional(),
}
const mannersShape = {
  delayMs: z.number().int().min(0).optional(),
  allowPrivate: z.union([z.boolean(), z.array(z.string().min(1))]).optional(),
  timeoutMs: positive.optional(),
  maxPages: positive.optional(),
  revisit: z.strictObject({ minNights: nights.optional(), maxNights: nights.optional() }).optional(),
}
const obeyShape = {
  obey: z
    .strictObject({ noindex: z.boolean().optional(), noai: z.boolean().optional(), tdm: z.boolean().optional() })
    .optional(),
}
const webShape = {
  ...anyShape,
  ...mannersShape,
  ...obeyShape,
  start: z.array(webAddress).min(1),
  hosts: z.array(z.string().min(1)).optional(),
  maxPagesPerHost: positive.optional(),
  maxDepth: z.number().int().min(0).optional(),
  maxVariants: positive.optional(),
}
const wikiShape = {
  ...webShape,
  kind: z.literal('wiki'),
  start: z.array(webAddress).optional(),
  dump: z.string().min(1).optional(),
  api: z.union([webAddress, z.strictObject({ url: webAddress, terms: webAddress.optional() })]).optional(),
  namespaces: z.array(z.number().int()).min(1).optional(),
  snapshot: z.boolean().optional(),
}
const path = z.string({ error: 'is missing: name a file, a folder or a glob' }).min(1)
const filesShape = {
  ...anyShape,
  kind: z.literal('files'),
  path,
  format: z.enum(['jsonl', 'json', 'parquet', 'text', 'html']).optional(),
  fields: z
    .strictObject({
      id: z.string().optional(),
      text: z.union([z.string(), z.strictObject({ each: z.string(), as: z.string() })]).optional(),
      title: z.string().optional(),
      url: z.string().optional(),
      author: z.string().optional(),
      published: z.string().optional(),
      modified: z.string().optional(),
      section: z.string().optional(),
      lang: z.string().optional(),
      licence: z.string().optional(),
      source: z.string().optional(),
      revision: z.string().optional(),
    })
    .optional(),
  records: z.string().optional(),
  manifest: z.string().min(1).optional(),
  baseUrl: webAddress.optional(),
  snapshot: z.boolean().optional(),
}
const warcShape = { ...anyShape, ...obeyShape, kind: z.literal('warc'), path, snapshot: z.boolean().optional() }
const socialShape = {
  ...anyShape,
  ...mannersShape,
  kind: z.literal('social'),
  start: z.array(webAddress).min(1),
  timelines: z
    .array(z.string().regex(/^(?:local|public|tag:.+|account:.+)$/, 'local, public, tag:NAME or account:NAME'))
    .min(1)
    .optional(),
}

export const sourceSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ ...webShape, kind: z.literal('news') }),
    z.strictObject({ ...webShape, kind: z.literal('feed') }),
    z.strictObject(wikiShape),
    z.strictObject(filesShape),
    z.strictObject(warcShape),
    z.strictObject(socialShape),
  ],
  { error: 'there is news, wiki, feed, warc, files and social' },
)

export const SOURCE_FIELDS = [webShape, wikiShape, filesShape, warcShape, socialShape].flatMap(Object.keys)

type UserSource = z.output<typeof sourceSchema>

/** The source with its defaults; paths are absolute. `fail` makes the error of a field. */
export function fillSource(
  source: UserSource,
  workspace: string,
  fail: (field: string, problem: string) => Error,
): Source {
  const common = {
    name: source.name,
    licence: source.licence,
    terms: source.terms ?? null,
    contact: source.contact ?? null,
    include: source.include ?? [],
    exclude: source.exclude ?? [],
    deletions: source.deletions ?? (source.kind === 'social' ? 'honour' : 'keep'),
    maxBodyBytes: source.maxBodyBytes ?? 10_000_000,
  } as const
  const absolute = (given: string): string => (isAbsolute(given) ? given : resolve(workspace, given))
  switch (source.kind) {
    case 'news':
    case 'feed':
      return { ...common, kind: source.kind, ...webDefaults(source, source.start) }
    case 'wiki': {
      const start = source.start ?? []
      if (start.length === 0 && source.dump === undefined && source.api === undefined)
        throw fail('start', 'is missing: give at least one URL, or a `dump`, or an `api`')
      if (start.length > 0 && (source.dump !== undefined || source.api !== undefined))
        throw fail('start', 'crawls a wiki as pages: leave it out beside `dump` and `api`')
      return {
        ...common,
        ...webDefaults(source, start),
        kind: 'wiki',
        dump: source.dump === undefined ? null : absolute(source.dump),
        api: typeof source.api === 'string' ? { url: source.api, terms: null } : apiOf(source.api),
        namespaces: source.namespaces ?? [0],
        snapshot: source.snapshot ?? false,
        privateHosts: privateHosts(source.allowPrivate, [...start, ...addressesOf(source)]),
      }
    }
    case 'files':
      return {
        ...common,
        kind: 'files',
        path: absolute(source.path),
        format: source.format ?? null,
        fields: source.fields ?? {},
        records: source.records ?? null,
        manifest: source.manifest === undefined ? null : absolute(source.manifest),
        baseUrl: source.baseUrl ?? null,
        snapshot: source.snapshot ?? false,
      }
    case 'warc':
      return {
        ...common,
        kind: 'warc',
        path: absolute(source.path),
        snapshot: source.snapshot ?? false,
        obey: obeyOf(source.obey),
      }
    case 'social':
      return {
        ...common,
        kind: 'social',
        ...mannersOf(source, source.start),
        start: source.start,
        timelines: source.timelines ?? ['local'],
        maxPages: source.maxPages ?? 100,
        revisit: revisitOf(source.revisit),
      }
  }
}

/** Every web address that the source names. */
function addressesOf(source: UserSource): readonly string[] {
  const start = 'start' in source ? (source.start ?? []) : []
  const api = source.kind === 'wiki' ? source.api : undefined
  return [...start, ...(api === undefined ? [] : [typeof api === 'string' ? api : api.url])]
}

/** Where a source's texts come from, as its config says. */
export function addressesOfSource(source: Source): readonly string[] {
  if (source.kind === 'files' || source.kind === 'warc') return [source.path]
  if (source.kind !== 'wiki') return source.start
  return [
    ...source.start,
    ...(source.dump === null ? [] : [source.dump]),
    ...(source.api === null ? [] : [source.api.url]),
  ]
}

/** Whether it is asked for on the public web, where its owner must be able to reach us. */
export function isRemote(source: UserSource): boolean {
  return addressesOf(source).some((url) => !isLoopbackHost(new URL(url)))
}

type WebFields = Extract<UserSource, { kind: 'news' | 'feed' | 'wiki' }>

function webDefaults(source: WebFields, start: readonly string[]): Omit<WebSource, keyof typeof anyShape | 'kind'> {
  return {
    ...mannersOf(source, start),
    start,
    hosts: source.hosts ?? [],
    maxPages: source.maxPages ?? 100_000,
    maxPagesPerHost: source.maxPagesPerHost ?? source.maxPages ?? 100_000,
    maxDepth: source.maxDepth ?? 20,
    maxVariants: source.maxVariants ?? 5_000,
    revisit: revisitOf(source.revisit),
    obey: obeyOf(source.obey),
    dump: null,
    api: null,
    namespaces: [0],
    snapshot: false,
  }
}

function mannersOf(
  source: Pick<WebFields, 'delayMs' | 'allowPrivate' | 'timeoutMs'>,
  start: readonly string[],
): Pick<WebSource, 'delayMs' | 'privateHosts' | 'timeoutMs'> {
  return {
    delayMs: source.delayMs ?? 1_000,
    privateHosts: privateHosts(source.allowPrivate, start),
    timeoutMs: source.timeoutMs ?? 30_000,
  }
}

/** `true` means the hosts that the source names; a list names them, without ports. */
function privateHosts(allow: boolean | readonly string[] | undefined, addresses: readonly string[]): readonly string[] {
  if (allow === undefined || allow === false) return []
  const named = addresses.map((address) => new URL(address).hostname.replace(/^\[(.*)\]$/, '$1'))
  return allow === true ? [...new Set(named)] : allow
}

function revisitOf(given: WebFields['revisit']): WebSource['revisit'] {
  const minNights = given?.minNights ?? 1
  return { minNights, maxNights: Math.max(minNights, given?.maxNights ?? 30) }
}

function obeyOf(given: WebFields['obey']): WebSource['obey'] {
  return { noindex: given?.noindex ?? true, noai: given?.noai ?? true, tdm: given?.tdm ?? true }
}

function apiOf(given: { readonly url: string; readonly terms?: string | undefined } | undefined): WebSource['api'] {
  return given === undefined ? null : { url: given.url, terms: given.terms ?? null }
}
