/**
 * HTML to the article in it: title, author, date, language and the blocks of its main content.
 * Code, tables and their captions stay in blocks and text, since the sentences of Korean manuals and articles speak of
 * them, and whoever wants prose alone drops them (dropBlocks). Captions of images go: the image is not there.
 * A heading at the head that only repeats the title is left out, because the title has its own field.
 */
import type { Block, Extracted } from '../../pipeline/contract.ts'
import { textOf, toBlocks } from './blocks.ts'
import { type Element, parseHtml } from './dom.ts'
import { embeddedHtml } from './embedded.ts'
import { mainContent } from './main-content.ts'
import { readMetadata } from './metadata.ts'
import { type Page, readPage } from './runs.ts'

/** A page that shows less running text than this (in Run.weight) may state its article in JSON-LD. */
const LITTLE_PROSE = 400
/** One that shows less than this may draw it from other data, where consent notices and the like are found too. */
const HARDLY_ANY_PROSE = 200

/**
 * Extracts a page. `_url` is where it was found; so far no rule looks at it. Never throws, whatever the HTML; linear in
 * its length.
 */
export function extractPage(html: string, _url: string): Extracted {
  const root = parseHtml(html)
  const found = articleBlocks(root)
  const metadata = readMetadata(root, textOf(found))
  const first = found[0]
  const repeats = first?.kind === 'heading' && found.length > 1 && same(first.text, metadata.title)
  const blocks = repeats ? found.slice(1) : found
  return { ...metadata, text: textOf(blocks), blocks }
}

function articleBlocks(root: Element): readonly Block[] {
  let best = articleOf(root)
  if (best.prose >= LITTLE_PROSE) return best.blocks
  const { stated, drawn } = embeddedHtml(root)
  for (const fragment of best.prose < HARDLY_ANY_PROSE ? [...stated, ...drawn()] : stated) {
    const article = articleOf(parseHtml(fragment))
    if (article.prose > Math.max(HARDLY_ANY_PROSE, best.prose * 2)) best = article
  }
  return best.blocks
}

function articleOf(root: Element): { blocks: readonly Block[]; prose: number } {
  const page: Page = readPage(root)
  const { kept, prose } = mainContent(page)
  return { blocks: toBlocks(page.runs, kept), prose }
}

function same(heading: string, title: string | null): boolean {
  const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '')
  return title !== null && letters(heading) === letters(title)
}
