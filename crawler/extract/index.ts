/**
 * HTML to the article in it: what it says of itself, the blocks of its main content, and its images.
 * Code, tables and their captions stay in blocks and text, since the sentences of Korean manuals and articles speak of
 * them, and whoever wants prose alone drops them (dropBlocks). Captions of images go with the images.
 * A heading at the head that only repeats the title is left out, because the title has its own field.
 */
import type { Block, Extracted } from '../../pipeline/contract.ts'
import { filterBlocks, textOf, toBlocks } from './blocks.ts'
import { type Element, parseHtml } from './dom.ts'
import { type Embedded, embeddedArticles } from './embedded.ts'
import { imagesOf } from './images.ts'
import { type MainContent, mainContent } from './main-content.ts'
import { readMetadata } from './metadata/index.ts'
import { type Page, readPage } from './runs.ts'

/** A page that shows less running text than this (in Run.weight) may state its article in JSON-LD. */
const LITTLE_PROSE = 400
/** One that shows less than this may draw it from other data, where consent notices and the like are found too. */
const HARDLY_ANY_PROSE = 200
/** Longer lines (in Run.weight) show no date. */
const SHORT_LINE = 160

/** An article, and the page it was chosen from: the whole one, or a fragment that its scripts hold. */
interface Article {
  readonly page: Page
  readonly content: MainContent
  readonly embedded: Embedded | null
}

/**
 * Extracts a page. `url` is where it was found (empty: not known), `seen` the ISO date of the visit (null: not known),
 * later than which nothing was published. Never throws, whatever the HTML; linear in its length.
 */
export function extractPage(html: string, url: string, seen: string | null = null): Extracted {
  const root = parseHtml(html)
  const whole = readPage(root)
  const { page, content, embedded } = articleOf(root, whole)
  const { blocks, blockOf } = toBlocks(page.runs, content.kept)
  const { metadata, base } = readMetadata(root, { url, seen, text: textOf(blocks), lines: shortLines(whole), embedded })
  const images = imagesOf(page, content, base, blockOf)
  const extracted = { ...metadata, text: textOf(blocks), blocks, images }
  return filterBlocks(extracted, (block, i) => i > 0 || !repeatsTitle(block, metadata.title, blocks.length))
}

function articleOf(root: Element, whole: Page): Article {
  let best: Article = { page: whole, content: mainContent(whole), embedded: null }
  if (best.content.prose >= LITTLE_PROSE) return best
  const { stated, drawn } = embeddedArticles(root)
  for (const embedded of best.content.prose < HARDLY_ANY_PROSE ? [...stated, ...drawn()] : stated) {
    const page = readPage(parseHtml(embedded.html))
    const content = mainContent(page)
    if (content.prose > Math.max(HARDLY_ANY_PROSE, best.content.prose * 2)) best = { page, content, embedded }
  }
  return best
}

/** Texts that may show when the page was written; a label alone (입력) is read with the line after it. */
function shortLines({ runs }: Page): readonly string[] {
  return runs.flatMap(({ text, weight }, i) =>
    weight > SHORT_LINE ? [] : text.length > 10 ? [text] : [`${text} ${runs[i + 1]?.text.slice(0, 40) ?? ''}`],
  )
}

function repeatsTitle(block: Block, title: string | null, blocks: number): boolean {
  const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '')
  return block.kind === 'heading' && blocks > 1 && title !== null && letters(block.text) === letters(title)
}
