/**
 * SentencePiece's BPE on one segment: merge the best pair (highest score, then leftmost) until none is left. A heap
 * over a linked list, so a segment of n characters costs n log n however long it is.
 */

import type { MergeTable } from './merge-table.ts'
import type { Piece } from './model-file.ts'

/** Writes the ids of `units[0..length)` to `output` from `at` on, and returns how many. */
export type SegmentEncoder = (units: Uint16Array, length: number, output: Uint16Array, at: number) => number

export function createSegmentEncoder(table: MergeTable, pieces: readonly Piece[]): SegmentEncoder {
  const ranks = rankByScore(pieces)
  const byteIds = new Uint16Array(256)
  pieces.forEach(({ text, type }, id) => {
    if (type === 'byte') byteIds[Number.parseInt(text.slice(3, 5), 16)] = id
  })

  /** Symbols as a doubly linked list in place; -1 ends it, and -1 as symbol means merged into its left neighbour. */
  let symbols = new Int32Array(0)
  let previous = new Int32Array(0)
  let next = new Int32Array(0)
  /** Candidates: rank of the merged piece, left symbol's place, and the piece. */
  let heapRanks = new Int32Array(0)
  let heapLefts = new Int32Array(0)
  let heapPieces = new Int32Array(0)
  let heapSize = 0

  function reserve(length: number): void {
    if (length <= symbols.length) return
    const capacity = Math.max(64, length * 2)
    symbols = new Int32Array(capacity)
    previous = new Int32Array(capacity)
    next = new Int32Array(capacity)
    // Every merge adds at most two candidates to the n - 1 of the start.
    heapRanks = new Int32Array(capacity * 3)
    heapLefts = new Int32Array(capacity * 3)
    heapPieces = new Int32Array(capacity * 3)
  }

  function propose(left: number): void {
    if (left < 0) return
    const right = next[left]!
    if (right < 0) return
    const piece = table.merge(symbols[left]!, symbols[right]!)
    if (piece < 0) return
    const rank = ranks[piece]!
    let at = heapSize++
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heapRanks[parent]!
      if (above < rank || (above === rank && heapLefts[parent]! < left)) break
      move(parent, at)
      at = parent
    }
    heapRanks[at] = rank
    heapLefts[at] = left
    heapPieces[at] = piece
  }

  function move(from: number, to: number): void {
    heapRanks[to] = heapRanks[from]!
    heapLefts[to] = heapLefts[from]!
    heapPieces[to] = heapPieces[from]!
  }

  function before(a: number, b: number): boolean {
    return heapRanks[a]! < heapRanks[b]! || (heapRanks[a] === heapRanks[b] && heapLefts[a]! < heapLefts[b]!)
  }

  /** Removes the top, whose fields the caller has read. */
  function pop(): void {
    const last = --heapSize
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= last) break
      if (child + 1 < last && before(child + 1, child)) child++
      if (!before(child, last)) break
      move(child, at)
      at = child
    }
    move(last, at)
  }

  return (units, length, output, start) => {
    reserve(length)
    let count = 0
    for (let at = 0; at < length; at++) {
      const unit = units[at]!
      const paired = (unit & 0xfc00) === 0xd800
      const codePoint = paired ? (unit - 0xd800) * 0x400 + (units[++at]! - 0xdc00) + 0x10000 : unit
      const symbol = table.character(codePoint)
      // A character without a piece is a segment by itself.
      if (symbol < 0) return writeBytes(codePoint, output, start)
      symbols[count] = symbol
      previous[count] = count - 1
      next[count] = count + 1
      count++
    }
    next[count - 1] = -1
    heapSize = 0
    for (let left = 0; left < count - 1; left++) propose(left)
    while (heapSize > 0) {
      const left = heapLefts[0]!
      const piece = heapPieces[0]!
      pop()
      const right = next[left]!
      // Stale where either side has changed since it was proposed.
      if (symbols[left]! < 0 || right < 0 || table.merge(symbols[left]!, symbols[right]!) !== piece) continue
      symbols[left] = piece
      symbols[right] = -1
      const after = next[right]!
      next[left] = after
      if (after >= 0) previous[after] = left
      propose(previous[left]!)
      propose(left)
    }
    let size = start
    for (let at = 0; at >= 0; at = next[at]!) output[size++] = symbols[at]!
    return size - start
  }

  function writeBytes(codePoint: number, output: Uint16Array, start: number): number {
    if (codePoint < 0x80) {
      output[start] = byteIds[codePoint]!
      return 1
    }
    const bytes = codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
    const lead = (0xf00 >> bytes) & 0xff
    output[start] = byteIds[lead | (codePoint >> (6 * (bytes - 1)))]!
    for (let at = 1; at < bytes; at++)
      output[start + at] = byteIds[0x80 | ((codePoint >> (6 * (bytes - 1 - at))) & 0x3f)]!
    return bytes
  }
}

/** 0 for the highest score; equal scores share a rank, so that among them the leftmost pair merges first. */
function rankByScore(pieces: readonly Piece[]): Int32Array {
  const ranks = new Int32Array(pieces.length)
  const ids = pieces.map((_, id) => id).sort((a, b) => pieces[b]!.score - pieces[a]!.score)
  let rank = 0
  ids.forEach((id, order) => {
    if (order > 0 && pieces[id]!.score !== pieces[ids[order - 1]!]!.score) rank++
    ranks[id] = rank
  })
  return ranks
}
