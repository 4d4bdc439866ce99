/**
 * WARC 1.1 (ISO 28500:2017) records: writing and reading them, one gzip member a record.
 * What is worth a record, and where members are stored, is for others.
 */
import { createHash, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzipSync, gzip, gzipSync } from 'node:zlib'
import { type Digest, FailedError } from '../../pipeline/contract.ts'
import type { UserAgent } from '../../pipeline/crawl-contract.ts'
import { decodeContent } from '../http/content-encoding.ts'
import { entityOf, headerOf, listHeaderOf, parseMessage, statusOf } from '../http/message.ts'
import { userAgentHeader } from '../http/user-agent.ts'

export interface WarcRecord {
  readonly type: string
  /** `<urn:uuid:…>`, as in the header. */
  readonly id: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly block: Uint8Array
}

/** An earlier record that a revisit refers to. */
export interface RefersTo {
  readonly recordId: string
  readonly date: string
  readonly url: string
}

const gzipped = promisify(gzip)

export function sha256(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex')
}

function newRecordId(): string {
  return `<urn:uuid:${randomUUID()}>`
}

type Header = readonly [name: string, value: string]

/** One record, uncompressed. Digests are labelled `sha256:` and hexadecimal. */
function recordBytes(headers: readonly Header[], block: Uint8Array): Uint8Array {
  const lines = [
    ...headers,
    ['WARC-Block-Digest', `sha256:${sha256(block)}`] as const,
    ['Content-Length', String(block.byteLength)] as const,
  ]
  const head = `WARC/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head), block, Buffer.from('\r\n\r\n')])
}

/** Up to here handing bytes to another thread takes longer than compressing them. */
const SMALL_BYTES = 8192

/** One record as one gzip member. */
async function compressed(record: Uint8Array): Promise<Uint8Array> {
  return record.byteLength <= SMALL_BYTES ? gzipSync(record, { chunkSize: 4096 }) : await gzipped(record)
}

async function writeRecord(headers: readonly Header[], block: Uint8Array): Promise<Uint8Array> {
  return await compressed(recordBytes(headers, block))
}

function fieldsBlock(fields: readonly Header[]): Uint8Array {
  return Buffer.from(fields.map(([name, value]) => `${name}: ${value}\r\n`).join(''))
}

/** The gzip member that heads the WARC file of that name: who wrote it, and how (section 6.2). */
export function warcinfo(userAgent: UserAgent, name: string): Uint8Array {
  const headers: Header[] = [
    ['WARC-Type', 'warcinfo'],
    ['WARC-Record-ID', newRecordId()],
    ['WARC-Date', new Date().toISOString()],
    ['WARC-Filename', name],
    ['Content-Type', 'application/warc-fields'],
  ]
  const block = fieldsBlock([
    ['software', 'malmoi'],
    ['format', 'WARC File Format 1.1'],
    ['conformsTo', 'https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/'],
    ['robots', 'obey'],
    ['http-header-user-agent', userAgentHeader(userAgent)],
  ])
  return gzipSync(recordBytes(headers, block))
}

export interface Exchange {
  readonly url: string
  /** ISO 8601, UTC. */
  readonly date: string
  readonly requestBytes: Uint8Array
  /** Head and body as received. */
  readonly responseBytes: Uint8Array
  /** The body without chunked framing: what WARC-Payload-Digest is of (section 5.9). */
  readonly entity: Uint8Array
  readonly remoteAddress: string | null
  readonly truncated: boolean
}

export interface WrittenRecords {
  /** Of the first record. */
  readonly recordId: string
  /** Gzip members, the response (or revisit) first. */
  readonly warc: Uint8Array
}

/**
 * An HTTP exchange as a response record and its request record. With `revisit` the body is left out and the record
 * refers to the earlier one that holds it: by the same payload, or because the server answered 304 (section 6.7).
 */
export async function exchangeRecords(exchange: Exchange, revisit: RefersTo | null): Promise<WrittenRecords> {
  const message = parseMessage(exchange.responseBytes)
  const recordId = newRecordId()
  const profile = statusOf(message) === 304 ? 'server-not-modified' : 'identical-payload-digest'
  const payloadDigest: Header = ['WARC-Payload-Digest', `sha256:${sha256(exchange.entity)}`]
  // Section 5.9 digests the body without chunked framing, warcio with it; where they differ the optional field is left
  // out, so that every reader's check passes. A revisit must have it, and holds no body to check it with.
  const framed = exchange.entity.byteLength !== message.body.byteLength
  const common: Header[] = [
    ['WARC-Target-URI', exchange.url],
    ['WARC-Date', exchange.date],
    ...(exchange.remoteAddress === null ? [] : [['WARC-IP-Address', exchange.remoteAddress] as const]),
  ]
  const response: Header[] = [
    ['WARC-Type', revisit === null ? 'response' : 'revisit'],
    ['WARC-Record-ID', recordId],
    ...common,
    ['Content-Type', 'application/http;msgtype=response'],
    ...(exchange.truncated ? [['WARC-Truncated', 'length'] as const] : []),
    ...(revisit === null
      ? [payloadDigest].filter(() => !framed)
      : [
          ['WARC-Profile', `http://netpreserve.org/warc/1.1/revisit/${profile}`] as const,
          ['WARC-Refers-To', revisit.recordId] as const,
          ['WARC-Refers-To-Target-URI', revisit.url] as const,
          ['WARC-Refers-To-Date', revisit.date] as const,
          // Of a 304 nothing was received to digest; otherwise the entity is what was found to be the same.
          ...(profile === 'server-not-modified' ? [] : [payloadDigest]),
        ]),
  ]
  const request: Header[] = [
    ['WARC-Type', 'request'],
    ['WARC-Record-ID', newRecordId()],
    ...common,
    ['WARC-Concurrent-To', recordId],
    ['Content-Type', 'application/http;msgtype=request'],
  ]
  const members = await Promise.all([
    writeRecord(response, revisit === null ? exchange.responseBytes : message.head),
    writeRecord(request, exchange.requestBytes),
  ])
  return { recordId, warc: Buffer.concat(members) }
}

/** A payload without an exchange, or a revisit of the record that already holds the same one. */
export async function resourceRecord(
  url: string,
  date: string,
  payload: Uint8Array,
  contentType: string,
  revisit: RefersTo | null,
): Promise<WrittenRecords> {
  const recordId = newRecordId()
  const headers: Header[] = [
    ['WARC-Type', revisit === null ? 'resource' : 'revisit'],
    ['WARC-Record-ID', recordId],
    ['WARC-Target-URI', url],
    ['WARC-Date', date],
    ['WARC-Payload-Digest', `sha256:${sha256(payload)}`],
    ['Content-Type', contentType],
    ...(revisit === null
      ? []
      : [
          ['WARC-Profile', 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest'] as const,
          ['WARC-Refers-To', revisit.recordId] as const,
          ['WARC-Refers-To-Target-URI', revisit.url] as const,
          ['WARC-Refers-To-Date', revisit.date] as const,
        ]),
  ]
  return { recordId, warc: await writeRecord(headers, revisit === null ? payload : new Uint8Array(0)) }
}

/** Says of an imported record that a complete listing no longer holds it. */
export async function absenceRecord(url: string, date: string, listing: string): Promise<WrittenRecords> {
  const recordId = newRecordId()
  const headers: Header[] = [
    ['WARC-Type', 'metadata'],
    ['WARC-Record-ID', recordId],
    ['WARC-Target-URI', url],
    ['WARC-Date', date],
    ['Content-Type', 'application/warc-fields'],
  ]
  return { recordId, warc: await writeRecord(headers, fieldsBlock([['absent-from', listing]])) }
}

/** Parses one uncompressed record. Throws FailedError on bytes that are no whole WARC record. */
export function parseRecord(bytes: Uint8Array): WarcRecord {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = whole.indexOf('\r\n\r\n')
  const [version = '', ...lines] = end < 0 ? [] : whole.toString('utf8', 0, end).split('\r\n')
  if (!/^WARC\/\d\.\d+$/.test(version)) throw new FailedError('not a WARC record: it does not begin with WARC/1.1')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const length = Number(headers.get('content-length') ?? Number.NaN)
  const block = whole.subarray(end + 4, end + 4 + length)
  if (!(length >= 0) || block.byteLength !== length)
    throw new FailedError(`WARC record ${headers.get('warc-record-id') ?? ''} is not whole: Content-Length ${length}`)
  return { type: headers.get('warc-type') ?? '', id: headers.get('warc-record-id') ?? '', headers, block }
}

/** Reads the record in one gzip member, as `offset` and `length` cut it out of a file. */
export function readMember(member: Uint8Array): WarcRecord {
  return parseRecord(gunzipSync(member))
}

/** Generous: what was stored had passed the source's own limit. */
const payloadLimit = 2 ** 30

export interface RecordPayload {
  /** Content-encoding and chunked framing removed. */
  readonly payload: Uint8Array
  /** The HTTP header's, or the record's own where it is no exchange. */
  readonly contentType: string | null
  /** 200 for a resource. */
  readonly status: number
}

/** The payload of a record, or why it has none. */
export async function payloadOfRecord(
  record: Pick<WarcRecord, 'type' | 'headers' | 'block'>,
): Promise<RecordPayload | string> {
  const { type, headers, block } = record
  if (type === 'resource' || type === 'conversion')
    return { payload: block, contentType: headers.get('content-type') ?? null, status: 200 }
  if (type !== 'response') return `a ${type} record holds no payload`
  if (!/^application\/http/i.test(headers.get('content-type') ?? '')) return 'a response record that is not of HTTP'
  const message = parseMessage(block)
  const encoding = listHeaderOf(message, 'content-encoding')
  const decoded = await decodeContent(encoding, entityOf(message), payloadLimit, headers.has('warc-truncated'))
  if (decoded.kind === 'undecodable') return decoded.reason
  if (decoded.kind === 'too-large') return 'its payload is larger than 1 GiB'
  return { payload: decoded.bytes, contentType: headerOf(message, 'content-type'), status: statusOf(message) }
}

/** The payload that a gzip member's record holds. Throws FailedError on one that holds none: a revisit. */
export async function payloadOf(member: Uint8Array): Promise<RecordPayload> {
  const record = readMember(member)
  const found = await payloadOfRecord(record)
  if (typeof found !== 'string') return found
  const holder = record.headers.get('warc-refers-to')
  throw new FailedError(
    `WARC record ${record.id}: ${found}`,
    holder === undefined ? undefined : `read ${holder} instead`,
  )
}

/** A record of another file, as it stands there, as a gzip member. A record without an id is given one. */
export async function copiedRecord(head: Uint8Array, block: Uint8Array, id: string): Promise<WrittenRecords> {
  const recordId = id === '' ? newRecordId() : id
  const named = id === '' ? Buffer.from(`\r\nWARC-Record-ID: ${recordId}`) : new Uint8Array(0)
  const end = Buffer.from('\r\n\r\n')
  return { recordId, warc: await compressed(Buffer.concat([head, named, end, block, end])) }
}
