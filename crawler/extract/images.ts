/**
 * Images of a page: where their files are, however they are loaded, and which of them belong to the article. Nothing is
 * fetched or looked at.
 */
import type { ImageReference } from '../../pipeline/contract.ts'
import type { Attributes } from '../markup.ts'
import type { MainContent } from './main-content.ts'
import { absolute } from './metadata/canonical.ts'
import type { Page, PageImage } from './runs.ts'

/** The image itself where scripts load it later; `src` then shows a placeholder. */
const LAZY = ['data-src', 'data-original', 'data-lazy-src', 'data-lazy', 'data-image-src']
/** Smaller than this in pixels, by its attributes, it is a sign and no picture. */
const LEAST_SIDE = 64
/** Files that draw the page: bullets, buttons, blanks. */
const DRAWING = /\/(?:ico(?:n|ns)?|btn|button|bullet|blank|spacer|pixel|loading|clear|dot|logo)(?:[_.-][^/]{0,80})?$/i
const LONGEST_TEXT = 1000

/** The images that stand in the article, in order; `blockOf` gives the block of a kept run. */
export function imagesOf(
  page: Page,
  { kept, boxes }: Pick<MainContent, 'kept' | 'boxes'>,
  base: string,
  blockOf: ReadonlyMap<number, number>,
): readonly ImageReference[] {
  const blocks = 1 + (blockOf.get(kept.findLast((run) => blockOf.has(run)) ?? -1) ?? -1)
  const last = kept.at(-1) ?? -1
  const found: ImageReference[] = []
  const seen = new Set<string>()
  let next = 0
  for (const image of page.images) {
    if (boxes[image.box] !== 1 || image.run > last + 1) continue
    const url = urlOf(image.attributes, base)
    if (url === null || seen.has(url)) continue
    seen.add(url)
    // Image captions are kept runs of no block.
    while (next < kept.length && (kept[next]! < image.run || !blockOf.has(kept[next]!))) next++
    const before = blockOf.get(kept[next] ?? -1) ?? blocks
    found.push({ url, alt: textOf(image.attributes.alt ?? ''), caption: captionOf(page, image), before })
  }
  return found
}

/** The caption that follows an image before any other text, or the one just before it. */
function captionOf(page: Page, image: PageImage): string | null {
  const [after, before] = [page.runs[image.run], page.runs[image.run - 1]]
  const box = page.boxes[image.box]!
  const caption =
    after?.kind === 'image-caption'
      ? after.text
      : before?.kind === 'image-caption' && image.run > box.from
        ? before.text
        : ''
  return textOf(caption)
}

function textOf(text: string): string | null {
  const line = text.slice(0, LONGEST_TEXT).replace(/\s+/g, ' ').trim()
  return line === '' ? null : line
}

/** The absolute URL of the image; null where it has none or is no picture. */
function urlOf(attributes: Attributes, base: string): string | null {
  if (isSmall(attributes.width) || isSmall(attributes.height)) return null
  const addresses = [
    ...LAZY.map((name) => attributes[name] ?? ''),
    largest(attributes['data-srcset'] ?? ''),
    attributes.src ?? '',
    largest(attributes.srcset ?? ''),
  ]
  const address = addresses
    .map((text) => text.trim())
    .find((text) => text !== '' && !/^(?:data|blob|about):/i.test(text))
  const url = address === undefined ? null : absolute(address, base)
  return url === null || DRAWING.test(URL.parse(url)?.pathname ?? '') ? null : url
}

function isSmall(side: string | undefined): boolean {
  return side !== undefined && /^\d{1,3}(?:px)?$/.test(side) && Number.parseInt(side, 10) < LEAST_SIDE
}

/** The widest candidate of a srcset (HTML standard, 4.8.4.2.1). */
function largest(srcset: string): string {
  let best = ''
  let most = -1
  for (const candidate of srcset.slice(0, 20_000).split(/,\s+/)) {
    const [address = '', size = '1x'] = candidate.trim().split(/\s+/)
    const value = Number.parseFloat(size)
    if (value > most) [best, most] = [address, value]
  }
  return best
}
