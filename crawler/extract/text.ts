/** Text of elements, and how much of it there is. */
import type { Element } from './dom.ts'
import { isSkipped } from './hints.ts'

/** More nodes than MAX_DEPTH of dom.ts nests, so that text is found below any of them. */
const MOST_EMPTY = 2000

/** Characters, wide ones (Hangul, Hanja, Kana) counted twice: a syllable says as much as two Latin letters. */
export function weightOf(text: string): number {
  let weight = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    weight += (code >= 0x1100 && code <= 0x11ff) || (code >= 0x2e80 && code <= 0xd7ff) ? 2 : 1
  }
  return weight
}

/** White space as a browser shows it: line ends kept, without space around them or at the ends. */
export function collapse(text: string): string {
  const lines = text
    .replaceAll('\0', '')
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
  // An expression for space at the end would look at each run of spaces from every place in it.
  let [from, to] = [0, lines.length]
  while (from < to && isSpace(lines[from]!)) from++
  while (to > from && isSpace(lines[to - 1]!)) to--
  return lines.slice(from, to)
}

function isSpace(character: string): boolean {
  return character === '\u200b' || character.trim() === ''
}

/** The text below an element, line breaks kept, up to about `limit` characters; of empty elements it passes a bounded number. */
export function textContent(element: Element, limit: number): string {
  let text = ''
  let nodes = 0
  const visit = (node: Element): void => {
    for (const child of node.children) {
      if (text.length > limit || nodes++ > limit + MOST_EMPTY) return
      if (typeof child === 'string') text += child
      else if (child.name === 'br') text += '\n'
      else if (!isSkipped(child)) visit(child)
    }
  }
  visit(element)
  return text
}
