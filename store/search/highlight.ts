/** The part of a text that shows best why it was found. */
import type { Snippet } from '../answers.ts'
import { patternOf } from './match.ts'

const LENGTH = 120
/** What is shown before the first thing found. */
const BEFORE = 20
/** A text that repeats a word is looked through so far. */
const MOST_SPANS = 500

interface Span {
  readonly piece: number
  readonly start: number
  readonly end: number
}

/** `pieces` that the text lacks are passed over; where it has none the snippet is its beginning. */
export function snippetOf(text: string, pieces: readonly string[]): Snippet {
  const spans = spansOf(text, pieces)
  const start = wholeCharacter(text, Math.max(0, Math.min(bestStart(spans) - BEFORE, text.length - LENGTH)))
  const last = spans.filter(({ start: at }) => at < start + LENGTH).at(-1)
  const longest = Math.max(start + LENGTH, Math.min(last?.end ?? 0, start + 2 * LENGTH))
  const end = wholeCharacter(text, Math.min(text.length, longest))
  const head = start > 0 ? '…' : ''
  const shift = head.length - start
  return {
    snippet: `${head}${text.slice(start, end).replaceAll(/\s/g, ' ')}${end < text.length ? '…' : ''}`,
    highlights: spans
      .filter((span) => span.start >= start && span.end <= end)
      .map((span) => [span.start + shift, span.end - span.start]),
  }
}

/** In the order of the text; of two that overlap the first, of two that begin together the longer. */
function spansOf(text: string, pieces: readonly string[]): readonly Span[] {
  const all = pieces
    .flatMap((piece, index) =>
      text
        .matchAll(patternOf(piece))
        .take(MOST_SPANS)
        .map((match): Span => ({ piece: index, start: match.index, end: match.index + match[0].length }))
        .toArray(),
    )
    .sort((a, b) => a.start - b.start || b.end - a.end)
  let end = 0
  return all.filter((span) => {
    if (span.start < end) return false
    end = span.end
    return true
  })
}

/** Where the part begins that shows most different pieces, and of these most in all; the first such. */
function bestStart(spans: readonly Span[]): number {
  let best = 0
  let most = 0
  let until = 0
  const shown = new Map<number, number>()
  for (const [from, span] of spans.entries()) {
    for (; until < spans.length; until++) {
      const next = spans[until]
      if (!next || next.end > span.start + LENGTH - BEFORE) break
      shown.set(next.piece, (shown.get(next.piece) ?? 0) + 1)
    }
    const worth = shown.size * MOST_SPANS * MOST_SPANS + Math.max(1, until - from)
    if (worth > most) [best, most] = [span.start, worth]
    const left = (shown.get(span.piece) ?? 0) - 1
    if (left > 0) shown.set(span.piece, left)
    else shown.delete(span.piece)
    until = Math.max(until, from + 1)
  }
  return best
}

/** Moved back where it would part a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at
}
