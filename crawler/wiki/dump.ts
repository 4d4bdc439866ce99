/**
 * Pages of a MediaWiki XML export, one at a time, each with its newest revision. Bytes in, plain data out: knows
 * nothing of wikitext, of compression, or of which pages are wanted.
 */
import { Parser } from 'htmlparser2'
import { FailedError } from '../../pipeline/contract.ts'

export interface DumpPage {
  /** With its namespace's name: `토론:말모이`. */
  readonly title: string
  /** 0 for articles. */
  readonly namespace: number
  readonly pageId: number
  /** Title of the page this one redirects to. */
  readonly redirect: string | null
  readonly revision: DumpRevision
  /** Address of the wiki's main page, and its language (BCP 47), as the dump's head states them. */
  readonly base: string | null
  readonly lang: string | null
  /** Names of the wiki's namespaces; empty where the head does not list them. The same object for all pages. */
  readonly namespaces: ReadonlyMap<number, string>
}

export interface DumpRevision {
  readonly id: number
  /** ISO 8601, UTC, to the second. */
  readonly timestamp: string
  /** User name or IP address; null where the wiki hides it. */
  readonly contributor: string | null
  /** `wikitext`, `text/x-wiki` for an article. */
  readonly model: string
  readonly format: string
  /** Null where the wiki has deleted it, or where it is too long. */
  readonly text: string | null
  readonly tooLong: boolean
}

type Attributes = Readonly<Record<string, string>>

const PIECE_BYTES = 1 << 16
/** An export has six levels. The parser searches its stack of open elements, so a deep one would cost it square time. */
const MAX_DEPTH = 32
/** Characters without the end of a tag or comment; the parser keeps them all meanwhile. */
const MAX_SILENCE = 1 << 24
/** Everything but the text itself: titles are at most 255 bytes, names too. */
const MAX_FIELD_CHARACTERS = 4096
/** Elements whose characters are kept, by their path below the root. */
const FIELDS = new Set([
  'siteinfo/base',
  'siteinfo/namespaces/namespace',
  'page/title',
  'page/ns',
  'page/id',
  'page/revision/id',
  'page/revision/timestamp',
  'page/revision/contributor/username',
  'page/revision/contributor/ip',
  'page/revision/model',
  'page/revision/format',
  'page/revision/text',
])

/**
 * The pages in file order, those without a revision left out. Encoding is UTF-8, or UTF-16 where the file begins so.
 * `maxTextBytes` counts UTF-8; in memory are at most two texts of that length. Throws FailedError where the file is no
 * MediaWiki export or ends early. Format: mediawiki.org/xml/export-0.11.xsd, and 0.10.
 */
export async function* readDump(
  chunks: AsyncIterable<Uint8Array>,
  limits: { readonly maxTextBytes: number },
): AsyncGenerator<DumpPage> {
  const reader = createReader(limits.maxTextBytes)
  for await (const text of decoded(chunks)) yield* reader.read(text)
  reader.end()
}

/** Characters of a byte stream in pieces, whatever chunks it comes in; a byte order mark is not among them. */
async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let head: Uint8Array = new Uint8Array()
  let decoder: InstanceType<typeof TextDecoder> | null = null
  for await (const chunk of chunks) {
    let bytes = chunk
    if (decoder === null) {
      bytes = head = Buffer.concat([head, chunk])
      if (head.byteLength < 2) continue
      decoder = new TextDecoder(encodingOf(head))
    }
    for (let begin = 0; begin < bytes.byteLength; begin += PIECE_BYTES) {
      yield decoder.decode(bytes.subarray(begin, begin + PIECE_BYTES), { stream: true })
    }
  }
  yield decoder === null ? '' : decoder.decode()
}

/** By the byte order mark, or by the first `<` without one (XML 1.0, appendix F). */
function encodingOf([first = 0, second = 0]: Uint8Array): string {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be'
  return 'utf-8'
}

/** What is known so far of the page, and of the revision, that is being read. */
interface OpenPage {
  title: string
  namespace: number
  pageId: number | null
  redirect: string | null
  latest: DumpRevision | null
}
type OpenRevision = { -readonly [Field in keyof DumpRevision]: DumpRevision[Field] }

function createReader(maxTextBytes: number) {
  let base: string | null = null
  let lang: string | null = null
  const namespaces = new Map<number, string>()

  let page: OpenPage | null = null
  let revision: OpenRevision | null = null
  let pages: DumpPage[] = []
  let count = 0

  /** Names of the open elements below the root, joined by `/`; null outside the root. */
  let path: string | null = null
  let depth = 0
  let finished = false
  let attributes: Attributes = {}
  let characters = ''
  let bytes = 0
  let collecting = false
  let silence = 0

  function open(name: string, given: Attributes): void {
    silence = 0
    if (path === null) {
      if (name !== 'mediawiki' || finished) throw noExport(`it has an element <${name}> where <mediawiki> belongs`)
      lang = given['xml:lang'] ?? null
      path = ''
      return
    }
    depth += 1
    if (depth > MAX_DEPTH) throw noExport(`its elements are nested more than ${MAX_DEPTH} deep`)
    path = path === '' ? name : `${path}/${name}`
    collecting = FIELDS.has(path)
    attributes = given
    characters = ''
    bytes = 0
    if (path === 'page') page = { title: '', namespace: 0, pageId: null, redirect: null, latest: null }
    if (path === 'page/redirect' && page !== null)
      page.redirect = given.title === undefined ? null : ownCopy(given.title)
    if (path === 'page/revision') revision = newRevision()
  }

  function text(part: string): void {
    silence = 0
    if (path === null && part.trim() !== '') throw noExport('it has text where <mediawiki> belongs')
    if (!collecting) return
    if (path === 'page/revision/text') {
      bytes += Buffer.byteLength(part)
      if (bytes <= maxTextBytes) characters += part
      else characters = ''
    } else if (characters.length < MAX_FIELD_CHARACTERS) characters += part
  }

  function close(implied: boolean): void {
    silence = 0
    if (path === null) return
    if (path === '') {
      path = null
      finished = true
      return
    }
    // A tag that closes itself counts as implied too, but neither of these can.
    if (implied && (path === 'page' || path === 'page/revision')) {
      throw damaged(`not well formed: an element ends inside the page "${page?.title}"`)
    }
    if (collecting) field(path)
    collecting = false
    if (path === 'page/revision' && page !== null && revision !== null) {
      page.latest = newer(page.latest, revision)
      revision = null
    }
    if (path === 'page' && page !== null) {
      endPage(page)
      page = null
    }
    path = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    depth -= 1
  }

  function field(at: string): void {
    if (at === 'siteinfo/base') base = characters.trim()
    else if (at === 'siteinfo/namespaces/namespace') namespaces.set(Number(attributes.key), characters.trim())
    else if (page !== null && at === 'page/title') page.title = ownCopy(characters.trim())
    else if (page !== null && at === 'page/ns') page.namespace = Number(characters)
    else if (page !== null && at === 'page/id') page.pageId = Number(characters)
    else if (revision !== null) revisionField(revision, at)
  }

  function revisionField(into: OpenRevision, at: string): void {
    if (at === 'page/revision/id') into.id = Number(characters)
    else if (at === 'page/revision/timestamp') into.timestamp = characters.trim()
    else if (at === 'page/revision/model') into.model = characters.trim()
    else if (at === 'page/revision/format') into.format = characters.trim()
    else if (at !== 'page/revision/text') into.contributor = characters.trim()
    else if (attributes.deleted === undefined) {
      into.tooLong = bytes > maxTextBytes
      into.text = into.tooLong ? null : withLineFeeds(characters)
    }
  }

  function endPage({ title, namespace, pageId, redirect, latest }: OpenPage): void {
    count += 1
    if (pageId === null) throw damaged(`the page "${title}" has no id`)
    if (latest === null) return
    pages.push({ title, namespace, pageId, redirect, revision: latest, base, lang, namespaces })
  }

  const noExport = (what: string): FailedError => new FailedError(`this is no MediaWiki export: ${what}`)
  const damaged = (what: string): FailedError => new FailedError(`the dump is ${what}`, 'fetch the dump again')

  const parser = new Parser(
    {
      onopentag: open,
      ontext: text,
      onclosetag: (_, implied) => close(implied),
      oncomment() {
        silence = 0
      },
    },
    { xmlMode: true },
  )
  return {
    /** The pages that end in this piece. */
    read(piece: string): readonly DumpPage[] {
      pages = []
      silence += piece.length
      parser.write(piece)
      if (silence > MAX_SILENCE) throw noExport(`it has a tag or comment of more than ${MAX_SILENCE} characters`)
      return pages
    },
    /** Throws unless the root element is whole. */
    end(): void {
      if (finished) return
      if (path === null) throw noExport('it has no element <mediawiki>')
      if (page !== null) throw damaged(`cut short: it ends inside the page "${page.title}"`)
      throw damaged(`cut short: it ends after ${count} pages without </mediawiki>`)
    },
  }
}

function newRevision(): OpenRevision {
  return { id: 0, timestamp: '', contributor: null, model: '', format: '', text: null, tooLong: false }
}

/** Timestamps of one form compare as strings. Two edits within a second are ordered by their ids. */
function newer(one: DumpRevision | null, other: DumpRevision): DumpRevision {
  if (one === null || other.timestamp > one.timestamp) return other
  return other.timestamp === one.timestamp && other.id > one.id ? other : one
}

/** XML 1.0, 2.11: whatever ends a line is given on as a line feed. */
function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/** A string that does not keep the piece of the file alive that it was cut from: titles are collected by the million. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString()
}
