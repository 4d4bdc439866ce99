/**
 * Which runs of a page are its main content. The article is the box with the greatest sum of run values: prose counts
 * for it, headlines, links and fragments against it (after Pasternack & Roth, "Extracting Article Text from the Web
 * with Maximum Subsequence Segmentation", WWW 2009, on the tree instead of the sequence). Then what is boilerplate
 * inside the article goes. Thresholds were chosen on pages of many sites; none names one.
 */
import { announcesOthers, isDateline, isLabel } from './furniture-lines.ts'
import type { Box, Page, Run } from './runs.ts'

/** A full stop, or a Korean verb ending where people leave the full stop out; a closing quote may follow. */
const SENTENCE_END = /(?:[.!?。…]|[다요죠까])["'”’」』)\]]*(?=\s|$)/g
/** What a run that is not prose costs the box that holds it. */
const FRAGMENT_COST = 25
/** Prose shorter than this says little. */
const SHORT = 80
/** A wider box must bring this share more than the narrower one it holds. */
const LEAST_GAIN = 0.15
/** With more of its prose than this in teasers, a page is made of them: a front page, or a list of recommendations. */
const MOST_TEASED = 0.65
const LIST = /^(?:ul|ol|dl)$/
const ITEM = /^(?:li|dd|dt)$/
/** So many equal boxes beside each other are a list of cards. */
const LEAST_ROW = 3
/** What is told of an author is at most this share of a page's prose; with more it is the article of an author. */
const MOST_OF_PERSON = 0.1
const NAMED_BONUS: Readonly<Record<'body' | 'article', number>> = { body: 1.3, article: 1.15 }
export interface MainContent {
  /** Indices of the runs to keep, ascending. */
  readonly kept: readonly number[]
  /** For each box of the page, 1 where it is the article or part of it, and no furniture. */
  readonly boxes: Uint8Array
  /** How much running text they hold, in Run.weight; 0 for a page of links and fragments. */
  readonly prose: number
}

/** Chooses the main content of a page; linear in its runs and boxes. */
export function mainContent(page: Page): MainContent {
  const { runs, boxes } = page
  const prose = runs.map(proseOf)
  const sums: Sums = {
    prose: prefixSums(prose),
    weight: prefixSums(runs.map((run) => run.weight)),
    links: prefixSums(runs.map((run) => run.linkWeight)),
  }
  const dropped: Dropped = { runs: new Uint8Array(runs.length), boxes: new Uint8Array(boxes.length) }
  dropHinted(page, sums, dropped)
  const values = runs.map((run, i) => (dropped.runs[i] === 1 ? 0 : prose[i]! > 0 ? prose[i]! : -costOf(run)))
  const article = chooseBox(boxes, prefixSums(values))
  dropInside(page, boxes[article]!, sums, dropped)
  const inside: number[] = []
  for (let i = boxes[article]!.from; i < boxes[article]!.to; i++) if (dropped.runs[i] === 0) inside.push(i)
  const kept = trimEnd(trimStart(inside, runs, prose), runs, prose)
  return { kept, boxes: partsOf(boxes, article, dropped), prose: kept.reduce((sum, i) => sum + prose[i]!, 0) }
}

/** What was found to be furniture. */
interface Dropped {
  readonly runs: Uint8Array
  readonly boxes: Uint8Array
}

function drop({ runs, boxes }: Dropped, box: Box, index: number): void {
  runs.fill(1, box.from, box.to)
  boxes[index] = 1
}

/** The boxes of the article that are not, and not inside, a dropped one. */
function partsOf(boxes: readonly Box[], article: number, dropped: Dropped): Uint8Array {
  const parts = new Uint8Array(boxes.length)
  // Parents come before their children.
  for (let i = article; i < boxes.length; i++) {
    const inside = i === article || parts[boxes[i]!.parent] === 1
    parts[i] = inside && dropped.boxes[i] === 0 ? 1 : 0
  }
  return parts
}

/** How much running text a run is: its weight outside links, if it reads like sentences. */
function proseOf(run: Run): number {
  if (run.kind === 'code') return run.weight / 4
  if (run.kind === 'heading' || run.kind === 'image-caption') return 0
  const own = run.weight - run.linkWeight
  if (run.linkWeight > run.weight * 0.6) return 0
  const sentences = run.text.match(SENTENCE_END)?.length ?? 0
  if (run.kind === 'table') return own > 200 ? own / 4 : 0
  if (own >= SHORT) return sentences > 0 ? own : own / 2
  return sentences > 0 && own >= SHORT / 4 ? own / 2 : 0
}

function costOf(run: Run): number {
  if (run.kind === 'heading') return FRAGMENT_COST / 3
  if (run.kind === 'image-caption' || run.kind === 'caption' || run.kind === 'table') return 0
  // A short line without link in between is as often part of a text as not.
  return run.linkWeight === 0 ? FRAGMENT_COST / 3 : FRAGMENT_COST
}

/** Drops what its own names declare furniture, unless most of the page's prose is in it. */
function dropHinted({ runs, boxes }: Page, sums: Sums, dropped: Dropped): void {
  const total = sums.prose[runs.length]!
  for (const [index, box] of boxes.entries()) {
    const { hint } = box
    if (hint === null || hint === 'body' || hint === 'article') continue
    const prose = within(sums.prose, box)
    const share = total === 0 ? 0 : prose / total
    const heading = box.to - box.from === 1 && runs[box.from]!.kind === 'heading'
    const little = prose < SHORT * 2 && share < 0.2
    const linked = within(sums.links, box) > within(sums.weight, box) * 0.3
    if (
      (hint === 'out' && share < 0.4) ||
      // `<h2 class="entry-header">` is how sections are named.
      ((hint === 'byline' || hint === 'person') && little && !heading) ||
      (hint === 'person' && share < MOST_OF_PERSON) ||
      (hint === 'trimmings' && little && linked)
    ) {
      drop(dropped, box, index)
    }
  }
}

/** Index of the box of the greatest value; of nested ones the inner, unless the outer brings clearly more. */
function chooseBox(boxes: readonly Box[], before: Float64Array): number {
  let best = 0
  let bestValue = Number.NEGATIVE_INFINITY
  // Children come after their parents, so going backwards the inner box is seen first.
  for (let i = boxes.length - 1; i >= 0; i--) {
    const box = boxes[i]!
    const bonus = box.hint === 'body' || box.hint === 'article' ? NAMED_BONUS[box.hint] : 1
    const value = within(before, box) * bonus
    const holdsBest = box.from <= boxes[best]!.from && box.to >= boxes[best]!.to
    if (value > bestValue * (holdsBest && bestValue > 0 ? 1 + LEAST_GAIN : 1)) [best, bestValue] = [i, value]
  }
  return bestValue > 0 ? best : 0
}

/** Drops link lists, teasers of other pages, captions and furniture inside the article. */
function dropInside(page: Page, article: Box, sums: Sums, dropped: Dropped): void {
  const { runs, boxes } = page
  const whole = within(sums.prose, article)
  for (const [index, box] of boxes.entries()) {
    if (box.from < article.from || box.to > article.to || box.to - box.from >= article.to - article.from) continue
    const linked = within(sums.links, box) > within(sums.weight, box) * 0.5 && within(sums.prose, box) < whole * 0.2
    if (linked && !isReadAsPart(page, box)) drop(dropped, box, index)
  }
  const teasers = teasersIn(page, article)
  const teased = new Uint8Array(runs.length)
  for (const index of teasers) teased.fill(1, boxes[index]!.from, boxes[index]!.to)
  const prose = teased.reduce((sum, mark, i) => sum + mark * (sums.prose[i + 1]! - sums.prose[i]!), 0)
  if (prose < whole * MOST_TEASED) for (const index of teasers) drop(dropped, boxes[index]!, index)
  for (let i = article.from; i < article.to; i++) {
    const run = runs[i]!
    // A line that is all link, between line breaks or loose among paragraphs, leads away from the article.
    const leadsAway = whole > 0 && run.kind === 'paragraph' && run.linkWeight > run.weight * 0.9
    if (run.kind === 'image-caption' || leadsAway || isLabel(run.text, run.weight)) dropped.runs[i] = 1
  }
}

/** Whether links are no sign of furniture: an item is judged with its list; a list under a heading is what it announces. */
function isReadAsPart({ runs, boxes }: Page, box: Box): boolean {
  const { name } = box.element
  if (ITEM.test(name) || (name === 'p' && ITEM.test(boxes[box.parent]!.element.name))) return true
  // A section without a class was written with the text; a template's would be named for its looks.
  const plainSection = name === 'section' && box.element.attributes.class === undefined
  const heading = LIST.test(name) ? runs[box.from - 1] : plainSection ? runs[box.from] : undefined
  return heading?.kind === 'heading' && !announces(heading)
}

/** Boxes that announce other pages: a linked headline over a few lines; without heading, only in a row of equal boxes. */
function teasersIn({ runs, boxes }: Page, article: Box): readonly number[] {
  const rows = new Map<string, number[]>()
  for (const [index, box] of boxes.entries()) {
    const count = box.to - box.from
    if (box.from < article.from || box.to > article.to || count < 2 || count > 5) continue
    const first = runs[box.from]!
    if (first.linkWeight <= first.weight * 0.9) continue
    const { name, attributes } = box.element
    const row = first.kind === 'heading' ? 'heading' : `${box.parent} ${name} ${attributes.class ?? ''}`
    const before = rows.get(row)
    if (before === undefined) rows.set(row, [index])
    else before.push(index)
  }
  return [...rows].flatMap(([row, found]) => (row === 'heading' || found.length >= LEAST_ROW ? found : []))
}

/** Cuts lines that only date or sign the text, where they stand before it. */
function trimStart(kept: readonly number[], runs: readonly Run[], prose: readonly number[]): readonly number[] {
  const first = kept.findIndex((i) => prose[i]! > 0)
  return kept.filter((i, at) => at >= first || !isDateline(runs[i]!.text, runs[i]!.weight))
}

/** Cuts headings after the text, and what follows a heading that announces other pages. */
function trimEnd(kept: readonly number[], runs: readonly Run[], prose: readonly number[]): readonly number[] {
  if (!kept.some((i) => prose[i]! > 0)) return kept
  let end = kept.length
  const related = kept.findIndex((i, at) => at > 0 && announces(runs[i]!))
  if (related > 0) {
    const after = kept.slice(related).reduce((sum, i) => sum + prose[i]!, 0)
    const all = kept.reduce((sum, i) => sum + prose[i]!, 0)
    if (after < all * 0.2) end = related
  }
  while (end > 0 && runs[kept[end - 1]!]!.kind === 'heading') end--
  return kept.slice(0, end)
}

function announces({ text, weight, kind }: Run): boolean {
  return announcesOthers(text, weight, kind === 'paragraph')
}

interface Sums {
  readonly prose: Float64Array
  readonly weight: Float64Array
  readonly links: Float64Array
}

function within(sums: Float64Array, box: Box): number {
  return sums[box.to]! - sums[box.from]!
}

/** sums[i] is the sum of the first i values. */
function prefixSums(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1)
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!
  return sums
}
