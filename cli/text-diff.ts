/** Two texts word by word (a word of Korean is what stands between spaces), as hunks of whole paragraphs. */
import { diffArrays } from 'diff'

export interface Hunk {
  /** First line in either text, from 1. */
  readonly line: { readonly from: number; readonly to: number }
  readonly parts: readonly Part[]
}

export interface Part {
  readonly change: 'same' | 'removed' | 'added'
  readonly text: string
}

/** More insertions and deletions than this are not looked for: the texts have little in common. */
const MOST_EDITS = 4_000

/** What differs: runs of changed lines, and within each the words. Joined, its parts give the lines of both texts. */
export function textHunks(from: string, to: string): readonly Hunk[] {
  const hunks: Hunk[] = []
  const line = { from: 1, to: 1 }
  let removed: readonly string[] = []
  let added: readonly string[] = []
  const close = () => {
    if (removed.length + added.length === 0) return
    const start = { from: line.from - removed.length, to: line.to - added.length }
    hunks.push({ line: start, parts: parts(words(removed.join('')), words(added.join(''))) })
    removed = []
    added = []
  }
  for (const { change, values } of edits(lines(from), lines(to))) {
    if (change === 'same') close()
    if (change === 'removed') removed = [...removed, ...values]
    if (change === 'added') added = [...added, ...values]
    if (change !== 'added') line.from += values.length
    if (change !== 'removed') line.to += values.length
  }
  close()
  return hunks
}

const RED = '\u001b[31m'
const GREEN = '\u001b[32m'
const PLAIN = '\u001b[39m'

/** A hunk's lines for a person: in colours, or as [-removed-] and {+added+}. */
export function hunkLines({ line, parts: given }: Hunk, colours: boolean): readonly string[] {
  const text = given.map((part) => shown(part, colours)).join('')
  return [`@@ -${line.from} +${line.to} @@`, ...text.replace(/\n$/, '').split('\n')]
}

function shown({ change, text }: Part, colours: boolean): string {
  if (change === 'same') return text
  // Marks end with their line, so that each line can be read alone.
  return text
    .split(/(\n)/)
    .map((piece) => (piece === '' || piece === '\n' ? piece : marked(change, piece, colours)))
    .join('')
}

function marked(change: 'removed' | 'added', text: string, colours: boolean): string {
  if (colours) return `${change === 'removed' ? RED : GREEN}${text}${PLAIN}`
  return change === 'removed' ? `[-${text}-]` : `{+${text}+}`
}

const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? []

/** Words with the white space that follows them. */
const words = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? []

function parts(from: string[], to: string[]): readonly Part[] {
  return edits(from, to).map(({ change, values }) => ({ change, text: values.join('') }))
}

interface Edit {
  readonly change: Part['change']
  readonly values: readonly string[]
}

function edits(from: string[], to: string[]): readonly Edit[] {
  const changes = diffArrays(from, to, { maxEditLength: MOST_EDITS })
  if (changes === undefined)
    return [
      { change: 'removed', values: from },
      { change: 'added', values: to },
    ]
  return changes.map(({ value, added, removed }) => ({
    change: removed ? 'removed' : added ? 'added' : 'same',
    values: value,
  }))
}
