/**
 * Chosen runs to the blocks and the text of an extracted page; and leaving out kinds of blocks afterwards.
 */
import type { Block, BlockKind, Extracted } from '../../pipeline/contract.ts'
import type { Run } from './runs.ts'

/** Blocks of the runs at `kept`: the items of one list are the lines of one block, image captions are left out. */
export function toBlocks(runs: readonly Run[], kept: readonly number[]): readonly Block[] {
  const blocks: { kind: BlockKind; lines: string[]; group: number }[] = []
  for (const i of kept) {
    const { kind, text, group } = runs[i]!
    if (kind === 'image-caption') continue
    const last = blocks.at(-1)
    if (group !== 0 && last !== undefined && last.group === group && last.kind === kind) last.lines.push(text)
    else blocks.push({ kind, lines: [text], group })
  }
  return blocks.map(({ kind, lines }) => ({ kind, text: lines.join('\n') }))
}

/** Blocks joined by a blank line. */
export function textOf(blocks: readonly Block[]): string {
  return blocks.map((block) => block.text).join('\n\n')
}

/** The same page without blocks of these kinds. */
export function dropBlocks(extracted: Extracted, kinds: readonly BlockKind[]): Extracted {
  const blocks = extracted.blocks.filter((block) => !kinds.includes(block.kind))
  return { ...extracted, blocks, text: textOf(blocks) }
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
