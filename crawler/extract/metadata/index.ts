/**
 * What a page says of itself, believed as far as its statements agree with each other and with what it shows. One file a
 * question; each says there who wins.
 */
import type { Extracted } from '../../../pipeline/contract.ts'
import type { Element } from '../dom.ts'
import { authorOf } from './author.ts'
import { baseOf, canonicalOf } from './canonical.ts'
import { datesOf } from './dates.ts'
import { langOf } from './language.ts'
import { licenceOf } from './licence.ts'
import { sectionOf } from './section.ts'
import { gather, metaOf } from './statements.ts'
import { titleOf } from './title.ts'

export type Metadata = Omit<Extracted, 'text' | 'blocks' | 'images'>

/** What is known where nothing is stated. */
export const noMetadata: Metadata = {
  title: null,
  author: null,
  published: null,
  modified: null,
  section: null,
  lang: null,
  canonical: null,
  licence: null,
}

export interface PageContext {
  /** Where the page was found; empty where that is not known. */
  readonly url: string
  /** ISO date of the visit; null where that is not known. */
  readonly seen: string | null
  /** The text of the article. */
  readonly text: string
  /** The short texts the page shows, in order, those outside the article too. */
  readonly lines: readonly string[]
  /** The data that the article was found in, where the page does not show it. */
  readonly embedded: { readonly published: string | null } | null
}

/** Reads what a page states, and the base its relative addresses are read against. */
export function readMetadata(root: Element, page: PageContext): { metadata: Metadata; base: string } {
  const { url, seen, text, embedded } = page
  const found = gather(root)
  const title = titleOf(found)
  const metadata = {
    title,
    author: authorOf(found, text),
    ...datesOf(found, { lines: page.lines, embedded: embedded?.published ?? '' }, seen),
    section: sectionOf(found, title),
    lang: langOf(found.lang ?? metaOf(found, 'og:locale')[0] ?? null, text),
    canonical: canonicalOf(found, url),
    licence: licenceOf(found),
  }
  return { metadata, base: baseOf(found, url) }
}
