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
import { extractPage } from './index.ts'
import { readPage } from './runs.ts'

/** Never throws on what a site or a file holds; `url` is where it was found. */
export function extractPayload(payload: Uint8Array, contentType: string | null, url: string): Extracted {
  if (contentType === recordContentType) return extractRecord(payload)
  const { text } = decodeBody(payload, contentType)
  if (/^text\/plain\b/i.test(contentType ?? '')) return { ...noMetadata, ...plainText(text) }
  return extractPage(text, url)
}

const noMetadata = { title: null, author: null, published: null, lang: null }

function extractRecord(payload: Uint8Array): Extracted {
  const { form, text, title, author, published, lang } = readRecord(payload)
  const metadata = { title, author, published, lang }
  if (form === 'wikitext') return { ...metadata, ...wikiText(text, title ?? '') }
  return { ...metadata, ...(form === 'html' ? fragmentText(text) : plainText(text)) }
}

/** As it is: one block. */
function plainText(text: string): Pick<Extracted, 'text' | 'blocks'> {
  return { text, blocks: [{ kind: 'paragraph', text }] }
}

/** All of a piece of HTML: a post, the content of a feed's entry. Nothing of it is a menu. */
function fragmentText(html: string): Pick<Extracted, 'text' | 'blocks'> {
  const { runs } = readPage(parseHtml(html))
  const blocks = toBlocks(runs, [...runs.keys()])
  return { text: textOf(blocks), blocks }
}
