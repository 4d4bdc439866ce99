/**
 * UTF-8 that was read in an eight-bit charset, undone sequence by sequence, so that text that is only partly damaged is
 * repaired too. A sequence is certain by what it consists of and what it fits; an uncertain one is believed beside a
 * certain one. The idea is ftfy's (Robyn Speer, 2012); the rules are made for text that must never be harmed.
 */
import { certainOf } from './certainty.ts'
import { CHARSETS, type Charset } from './charsets.ts'
import type { Script } from './scripts.ts'
import { type Sequence, sequenceAt } from './utf8-run.ts'

/** In ordinary use, or C1 controls, which are CP1252: no trace of another encoding. */
const ORDINARY = /[’”“‘»«…–—·\u00a0\x80-\x9f]/

/** One reading undone, by that of the suspected charsets (as bits) that explains the most, else by the commonest. */
export function undoMojibake(text: string, suspected: number): string {
  let best: readonly Sequence[] = []
  for (const [bit, charset] of CHARSETS.entries()) {
    if ((suspected & (1 << bit)) === 0) continue
    const believed = believedSequences(text, charset)
    if (believed.length > best.length) best = believed
  }
  let repaired = ''
  let end = 0
  for (const sequence of best) {
    repaired += text.slice(end, sequence.start) + sequence.decoded
    end = sequence.end
  }
  return repaired + text.slice(end)
}

function believedSequences(text: string, charset: Charset): readonly Sequence[] {
  const runs = runsOf(text, charset)
  const certain = new Set<Sequence>()
  for (const run of runs) {
    for (const sequence of certainOf(text, run)) certain.add(sequence)
  }
  const scripts = new Set(Array.from(certain, ({ script }) => script))
  const believed = runs.flat().filter((sequence) => certain.has(sequence) || isBelievable(sequence, scripts))
  return inExplainedLines(text, believed, charset)
}

/** Sequences side by side make a run. */
function runsOf(text: string, charset: Charset): readonly (readonly Sequence[])[] {
  const runs: Sequence[][] = []
  let last: Sequence[] = []
  for (let at = 0; at < text.length; ) {
    const sequence = sequenceAt(text, at, charset)
    if (sequence === null) {
      at++
      continue
    }
    if (last.at(-1)?.end !== at) {
      last = []
      runs.push(last)
    }
    last.push(sequence)
    at = sequence.end
  }
  return runs
}

/** Where certain ones were found: a sign, and a letter of a script that they have; beside Hangul or Hanja, any. */
function isBelievable({ script }: Sequence, scripts: ReadonlySet<Script>): boolean {
  if (scripts.size === 0 || script === 'none') return false
  if (script === 'lost' || script === 'sign' || scripts.has(script)) return true
  return scripts.has('script hangul') || scripts.has('script han')
}

/**
 * Those in lines of which they explain two thirds. Where more is left over that could be bytes, it was another
 * encoding (EUC-KR holds what looks like UTF-8 by chance), and the line is better left as it is.
 */
function inExplainedLines(text: string, sequences: readonly Sequence[], charset: Charset): readonly Sequence[] {
  const kept: Sequence[] = []
  for (let first = 0, next = 0; first < sequences.length; first = next) {
    const lineStart = text.lastIndexOf('\n', sequences[first]!.start) + 1
    const newline = text.indexOf('\n', sequences[first]!.start)
    const lineEnd = newline === -1 ? text.length : newline
    let explained = 0
    for (next = first; next < sequences.length && sequences[next]!.start < lineEnd; next++) {
      explained += sequences[next]!.end - sequences[next]!.start
    }
    const line = sequences.slice(first, next)
    if (leftOver(text, lineStart, lineEnd, line, charset) * 2 > explained) continue
    for (const sequence of line) kept.push(sequence)
  }
  return kept
}

/** Characters of a line outside the sequences that could be misread bytes and are not in ordinary use. */
function leftOver(text: string, start: number, end: number, line: readonly Sequence[], charset: Charset): number {
  let count = 0
  let next = 0
  for (let at = start; at < end; at++) {
    if (at === line[next]?.start) at = line[next++]!.end - 1
    else if (charset.bytes[text.charCodeAt(at)] !== 0 && !ORDINARY.test(text[at]!)) count++
  }
  return count
}
