/**
 * Cuts what surrounds the text of a news article, within a window of a few lines at its head and tail: line by line,
 * never the remainder at the first hit. What a line is, news-lines.ts says. Cutting twice cuts nothing more, since
 * windows are counted in lines that stay.
 */
import { codePoints } from '../prepared.ts'
import { endsSentence } from '../sentences.ts'
import { headLineKind, tailLineKind, withoutDateline, withoutSignature } from './news-lines.ts'

export interface Cut {
  readonly text: string
  /** Characters (code points) cut from the head and from the tail, line ends included. */
  readonly headChars: number
  readonly tailChars: number
}

/** Lines of the article itself that are looked at: its first ones, and its last ones. */
const HEAD_LINES = 3
const TAIL_LINES = 5
/** A list of other articles is no longer than this, and its titles are no longer than that. */
const MOST_TITLES = 20
const LONGEST_TITLE = 70

/** Lines of a text, null where one was cut. */
type Lines = readonly (string | null)[]

/** Cuts a text in its normal form; the result is one too. Where nothing would be left, nothing is cut. */
export function cutBoilerplate(text: string): Cut {
  const lines = text.split('\n')
  const withoutHead = joined(cutHead(lines))
  const result = joined(cutTail(withoutHead.split('\n')))
  if (result === '' || result === text) return { text, headChars: 0, tailChars: 0 }
  const rest = codePoints(withoutHead)
  return { text: result, headChars: codePoints(text) - rest, tailChars: rest - codePoints(result) }
}

/** From the last line upwards. Lines that may be titles wait for what stands above them: the head of a list, or text. */
function cutTail(lines: readonly string[]): Lines {
  const kept: (string | null)[] = [...lines]
  let stayed = 0
  let titles: number[] = []
  for (let i = kept.length - 1; i >= 0 && stayed < TAIL_LINES; i--) {
    const line = withoutSignature(lines[i]!)
    if (line.trim() === '') continue
    const kind = tailLineKind(line.trim())
    if (kind === 'text') {
      kept[i] = line
      titles.push(i)
      if (mayBeTitle(line) && titles.length <= MOST_TITLES) continue
      stayed += titles.length
      titles = []
      continue
    }
    kept[i] = null
    if (kind === 'related') {
      for (const title of titles) kept[title] = null
      titles = []
    }
  }
  return kept
}

function cutHead(lines: readonly string[]): Lines {
  const kept: (string | null)[] = [...lines]
  let stayed = 0
  for (let i = 0; i < kept.length && stayed < HEAD_LINES; i++) {
    const line = withoutDateline(lines[i]!)
    if (line.trim() === '') continue
    const isText = headLineKind(line.trim()) === 'text'
    kept[i] = isText ? line : null
    if (isText) stayed++
  }
  return kept
}

function mayBeTitle(line: string): boolean {
  return line.length <= LONGEST_TITLE && !endsSentence(line)
}

/** Blank lines single, none at the ends. */
function joined(lines: Lines): string {
  const result: string[] = []
  for (const line of lines) {
    if (line === null) continue
    if (line !== '' || (result.length > 0 && result.at(-1) !== '')) result.push(line)
  }
  if (result.at(-1) === '') result.pop()
  return result.join('\n')
}
