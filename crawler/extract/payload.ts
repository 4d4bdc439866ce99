/**
 * A capture's payload, of whatever kind, to its text: pages, plain text, records whose text is plain, HTML or wikitext.
 * The kind is told by the content type it was kept with.
 */
import type { Extracted } from '../../pipeline/contract.ts'
import { decodeBody } from '../decode.ts'
import { readRecord, recordContentType } from '../import/record.ts'
import { wikiText } from '../wiki/wikitext.ts'
import { textOf, toBlocks } from './blocks.ts'
import { parseHtml } from './dom.ts'
import { imagesOf } from './images.ts'
import { extractPage } from './index.ts'
import { noMetadata } from './metadata/index.ts'
import { readPage } from './runs.ts'

/** What a payload says: text, its blocks and images. */
type Content = Pick<Extracted, 'text' | 'blocks' | 'images'>

/**
 * Never throws on what a site or a file holds; `url` is where it was found, `seen` the ISO date of the visit where that is
 * known: a page that says it was published later is not believed.
 */
export function extractPayload(
  payload: Uint8Array,
  contentType: string | null,
  url: string,
  seen: string | null = null,
): Extracted {
  if (contentType === recordContentType) return extractRecord(payload)
  const { text } = decodeBody(payload, contentType)
  if (/^text\/plain\b/i.test(contentType ?? '')) return { ...noMetadata, ...plainText(text) }
  return extractPage(text, url, seen)
}

function extractRecord(payload: Uint8Array): Extracted {
  const record = readRecord(payload)
  const { form, text, title, author, published, lang, url } = record
  const { modified = null, section = null, licence = null } = record
  const metadata = { ...noMetadata, title, author, published, modified, section, lang, licence }
  if (form === 'wikitext') return { ...metadata, ...wikiText(text, title ?? ''), images: [] }
  return { ...metadata, ...(form === 'html' ? fragmentText(text, url ?? '') : plainText(text)) }
}

/** As it is: one block. */
function plainText(text: string): Content {
  return { text, blocks: [{ kind: 'paragraph', text }], images: [] }
}

/** All of a piece of HTML: a post, the content of a feed's entry. Nothing of it is a menu. */
function fragmentText(html: string, url: string): Content {
  const page = readPage(parseHtml(html))
  const kept = [...page.runs.keys()]
  const { blocks, blockOf } = toBlocks(page.runs, kept)
  const images = imagesOf(page, { kept, boxes: new Uint8Array(page.boxes.length).fill(1) }, url, blockOf)
  return { text: textOf(blocks), blocks, images }
}
