/**
 * warc: the pages of WARC files (Common Crawl's and anybody's) and the texts of WET files, kept as they were recorded:
 * with the time, the address and the record id of their own exchange.
 */
import type { CapturedOutcome, WarcSource } from '../../pipeline/crawl-contract.ts'
import { canonicalUrl } from '../canonical-url.ts'
import { decodeBody } from '../decode.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { headersDistinct, parseMessage } from '../http/message.ts'
import { productToken } from '../http/user-agent.ts'
import type { FoundFile } from '../import/find-files.ts'
import { importFromFiles } from '../import/from-files.ts'
import { captured, failOnNothing, type ImportItem, refusedOutcome } from '../import/import.ts'
import { forbiddenBy, headerDirectives, joinDirectives, metaDirectives } from '../robots/directives.ts'
import { comparablePath, pathPattern } from '../robots/path-pattern.ts'
import { type FileRecord, readWarcFile } from '../warc/read.ts'
import { copiedRecord, payloadOfRecord, sha256 } from '../warc/record.ts'
import { linksOf } from '../web/links.ts'

const rule = 'imported from a WARC file'
const text = /^(?:text\/html|application\/xhtml\+xml|text\/plain)$/

/** Why an address is none of the source's; null where it is. */
type Outside = (url: URL) => string | null

/**
 * Imports the pages that tonight's files hold, one of each address. Resolves early, without error, when the signal
 * aborts. Throws UsageError where there is no file, FailedError where one is broken or all hold not one page.
 */
export async function importWarc(source: WarcSource, dependencies: CrawlDependencies): Promise<void> {
  const { path, include, exclude, snapshot, obey } = source
  const outside = outsideOf(source)
  const token = productToken(dependencies.userAgent)
  await importFromFiles(dependencies, {
    source: source.name,
    path,
    settings: { include, exclude, obey },
    snapshot,
    async *itemsOf(file, onBytes) {
      for await (const record of readWarcFile(file.path, source.maxBodyBytes, onBytes)) {
        const item = itemOf(source, file, record, outside, token)
        if (item !== null) yield item
      }
    },
    finish: (count) =>
      failOnNothing(
        dependencies,
        source.name,
        `${path} holds no page in ${count} records`,
        'see `malmoi why URL` for why one was left out',
      ),
  })
}

function outsideOf({ include, exclude }: WarcSource): Outside {
  const compile = (patterns: readonly string[]) => patterns.map((pattern) => ({ pattern, path: pathPattern(pattern) }))
  const included = compile(include)
  const excluded = compile(exclude)
  return (url) => {
    const path = comparablePath(url)
    const by = excluded.find((each) => each.path.matches(path))
    if (by !== undefined) return `excluded by "${by.pattern}"`
    const matches = included.length === 0 || included.some((each) => each.path.matches(path))
    return matches ? null : 'matches no include pattern'
  }
}

/** A response, resource or conversion record as an item; null for the records about records. */
function itemOf(
  source: WarcSource,
  file: FoundFile,
  record: FileRecord,
  outside: Outside,
  token: string,
): ImportItem | null {
  if (record.type !== 'response' && record.type !== 'resource' && record.type !== 'conversion') return null
  const place = { key: `${file.name}#record-${record.number}`, words: `record ${record.number} of ${file.name}` }
  const target = (record.headers.get('warc-target-uri') ?? '').replace(/^<(.*)>$/, '$1')
  const key = canonicalUrl(target)
  // dns: and other records that are no web exchange.
  if (key === null) return null
  const why = outside(new URL(key))
  const outcome = async () =>
    why === null ? await outcomeOf(source, record, token) : refusedOutcome(`outside the scope: ${why}`)
  return { key, url: key, outcome, place, bytes: record.block?.byteLength ?? 0 }
}

async function outcomeOf(source: WarcSource, record: FileRecord, token: string) {
  const { block, headers } = record
  if (block === null) return refusedOutcome(`a record longer than ${source.maxBodyBytes} bytes`)
  const fetchedAt = dateOf(headers.get('warc-date'))
  if (fetchedAt === null) return refusedOutcome(`a record without a readable WARC-Date`)
  const found = await payloadOfRecord({ ...record, block })
  if (typeof found === 'string') return refusedOutcome(found)
  const { payload, contentType, status } = found
  if (status !== 200 && status !== 203) return refusedOutcome(`answered ${status}`)
  if (payload.byteLength > source.maxBodyBytes) return refusedOutcome(`body larger than ${source.maxBodyBytes} bytes`)
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (!text.test(type)) return refusedOutcome(`content type ${type} is not text`)
  const said = directivesOf(record, block, payload, contentType, token, fetchedAt)
  const forbidden = forbiddenBy(said, source.obey)
  if (forbidden !== null) return refusedOutcome(forbidden)
  const { recordId, warc } = await copiedRecord(record.head, block, record.id)
  const digest = sha256(payload)
  const outcome: CapturedOutcome = {
    ...captured(rule, fetchedAt),
    payload: digest,
    payloadBytes: payload.byteLength,
    contentType,
    directives: said.stated.length === 0 ? null : said.stated.join('; '),
    recordId,
    warc,
  }
  return outcome
}

function directivesOf(
  record: FileRecord,
  block: Uint8Array,
  payload: Uint8Array,
  contentType: string | null,
  token: string,
  at: string,
) {
  const head = record.type === 'response' ? headerDirectives(headersDistinct(parseMessage(block)), token, at) : null
  const html = /html/i.test(contentType ?? '')
  const { metas } = html ? linksOf(decodeBody(payload, contentType).text, 'http://localhost/') : { metas: new Map() }
  const page = metaDirectives(metas, token, at)
  return head === null ? page : joinDirectives(head, page)
}

/** ISO 8601 in UTC; WARC 1.1 allows fractions of a second, and 1.0 none. */
function dateOf(text: string | undefined): string | null {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
