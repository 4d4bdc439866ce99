/**
 * Chosen runs to the blocks and the text of an extracted page; and leaving out kinds of blocks afterwards.
 */
import type { Block, BlockKind, Extracted } from '../../pipeline/contract.ts'
import type { Run } from './runs.ts'

export interface Blocks {
  readonly blocks: readonly Block[]
  /** The block that each kept run went into. */
  readonly blockOf: ReadonlyMap<number, number>
}

/** Blocks of the runs at `kept`: the items of one list are the lines of one block, image captions are left out. */
export function toBlocks(runs: readonly Run[], kept: readonly number[]): Blocks {
  const blocks: { kind: BlockKind; lines: string[]; group: number }[] = []
  const blockOf = new Map<number, number>()
  for (const i of kept) {
    const { kind, text, group } = runs[i]!
    if (kind === 'image-caption') continue
    const last = blocks.at(-1)
    if (group !== 0 && last !== undefined && last.group === group && last.kind === kind) last.lines.push(text)
    else blocks.push({ kind, lines: [text], group })
    blockOf.set(i, blocks.length - 1)
  }
  return { blocks: blocks.map(({ kind, lines }) => ({ kind, text: lines.join('\n') })), blockOf }
}

/** Blocks joined by a blank line. */
export function textOf(blocks: readonly Block[]): string {
  return blocks.map((block) => block.text).join('\n\n')
}

/** The same page without blocks of these kinds; its images stay, before what now follows them. */
export function dropBlocks(extracted: Extracted, kinds: readonly BlockKind[]): Extracted {
  return filterBlocks(extracted, (block) => !kinds.includes(block.kind))
}

/** The same page with the blocks that pass. */
export function filterBlocks(extracted: Extracted, keep: (block: Block, index: number) => boolean): Extracted {
  const blocks: Block[] = []
  /** For each old index the new one of the block there, or of the next that is kept. */
  const moved: number[] = []
  for (const [i, block] of extracted.blocks.entries()) {
    moved.push(blocks.length)
    if (keep(block, i)) blocks.push(block)
  }
  moved.push(blocks.length)
  const images = extracted.images.map((image) => ({ ...image, before: moved[image.before]! }))
  return { ...extracted, blocks, text: textOf(blocks), images }
}

/** The names by which a recipe or `--drop` leaves blocks out. */
export const droppable = {
  code: 'code',
  tables: 'table',
  captions: 'caption',
  lists: 'list',
  quotes: 'quote',
  headings: 'heading',
} as const satisfies Readonly<Record<string, BlockKind>>

export type Droppable = keyof typeof droppable
