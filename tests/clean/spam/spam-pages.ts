/** Pages for the tests of spam scores, made from a seed: styles in turn, sentences in any order, gaps filled. */
import { HONEST } from './honest-styles.ts'
import { SELLING } from './selling-styles.ts'
import { type Style, WORDS } from './style.ts'

export interface MadePage {
  readonly style: string
  readonly text: string
}

/** `count` pages that sell, of every style in turn. */
export function spamPages(seed: number, count: number): readonly MadePage[] {
  return pages(SELLING, seed, count)
}

/** `count` pages that write about the same things, or sell honestly. */
export function honestPages(seed: number, count: number): readonly MadePage[] {
  return pages(HONEST, seed, count)
}

function pages(styles: readonly Style[], seed: number, count: number): readonly MadePage[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const style = styles[index % styles.length]!
    return { style: style.name, text: page(style, random) }
  })
}

function page({ head, body, tail, join }: Style, random: (below: number) => number): string {
  const sentences = shuffled(body, random).slice(0, 4 + random(body.length - 3))
  return [pick(head, random), ...sentences, pick(tail, random)].map((part) => filled(part, random)).join(join)
}

function filled(part: string, random: (below: number) => number): string {
  return part.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const words = WORDS[slot]
    if (!words) throw new Error(`no words for ${slot}`)
    return pick(words, random)
  })
}

function pick(from: readonly string[], random: (below: number) => number): string {
  return from[random(from.length)]!
}

function shuffled(parts: readonly string[], random: (below: number) => number): readonly string[] {
  const result = [...parts]
  for (let i = result.length - 1; i > 0; i--) {
    const other = random(i + 1)
    ;[result[i], result[other]] = [result[other]!, result[i]!]
  }
  return result
}

/** A linear congruential generator (Numerical Recipes, 7.1); its high bits choose. */
function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
