/**
 * Exact duplicates: texts that are equal once white space is removed, since templates and line breaks differ between
 * copies and letters do not. As sets, each text is its own single element, so similarity is 1 of 1.
 */
import { createHash } from 'node:crypto'
import type { KeptIndex } from './keep.ts'

/** SHA-256 of the text in NFC without white space, in base64: all that is remembered of a text. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text.normalize('NFC').replace(/\s+/g, '')).digest('base64')
}

/** The index of exact duplicates, by fingerprint. */
export function exactIndex(): KeptIndex<string> {
  const ranks = new Map<string, number>()
  return {
    edges(print) {
      const rank = ranks.get(print)
      return rank === undefined ? [] : [{ rank, intersection: 1, union: 1 }]
    },
    add(print, rank) {
      ranks.set(print, rank)
    },
  }
}
