/**
 * What a BPE model says of two neighbouring pieces: which piece they make together, if any. SentencePiece asks by
 * the joined string, so every way to cut a piece into two pieces counts, not only the one training took.
 */

import { FailedError } from '../pipeline/contract.ts'
import type { Piece } from './model-file.ts'

export interface MergeTable {
  /** Piece of a code point, -1 where it has none. */
  character(codePoint: number): number
  /** The piece that two pieces make, -1 where they make none. */
  merge(left: number, right: number): number
}

/** Throws FailedError for a piece with a character that is no piece itself, and for more than 65,536 pieces. */
export function createMergeTable(pieces: readonly Piece[]): MergeTable {
  if (pieces.length > 0x10000) {
    throw new FailedError(
      `the tokenizer has ${pieces.length} pieces; token ids are 16 bits wide`,
      'use a model of at most 65,535 pieces',
    )
  }
  const ids = new Map<string, number>()
  const characters = new Int32Array(0x110000).fill(-1)
  const joined: [left: number, right: number, id: number][] = []
  pieces.forEach(({ text, type }, id) => {
    if (type === 'normal') ids.set(text, id)
  })
  for (const [text, id] of ids) {
    const points = [...text]
    if (points.length === 1) characters[text.codePointAt(0)!] = id
    const stranger = points.find((point) => !ids.has(point))
    if (stranger !== undefined) {
      throw new FailedError(
        `piece "${text}" holds "${stranger}", which is no piece of its own`,
        'use a BPE model that Malmoi or spm_train made',
      )
    }
    let cut = 0
    for (const point of points.slice(0, -1)) {
      cut += point.length
      const left = ids.get(text.slice(0, cut))
      const right = ids.get(text.slice(cut))
      if (left !== undefined && right !== undefined) joined.push([left, right, id])
    }
  }

  const slots = new Int32Array(2 ** Math.ceil(Math.log2(joined.length * 2 + 2))).fill(-1)
  const keys = new Uint32Array(slots.length)
  const mask = slots.length - 1
  function slotOf(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) >>> 7
    for (slot &= mask; slots[slot]! >= 0 && keys[slot] !== key; ) slot = (slot + 1) & mask
    return slot
  }
  for (const [left, right, id] of joined) {
    const key = ((left << 16) | right) >>> 0
    const slot = slotOf(key)
    keys[slot] = key
    slots[slot] = id
  }
  return {
    character: (codePoint) => characters[codePoint]!,
    merge: (left, right) => slots[slotOf(((left << 16) | right) >>> 0)]!,
  }
}
