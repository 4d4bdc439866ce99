/**
 * A history of synthetic documents for the benchmark of the corpus: real Korean sentences recombined by a seeded choice,
 * so that any document, as it stood on any night, can be made again from its number alone. Writes no files.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CORPUS, randomNumbers, readCorpus } from './near-duplicates-texts.ts'

/** Nights of growth; the one after them changes a hundredth of the documents, half of it new ones. */
export const NIGHTS = 30
export const FIRST_NIGHT = Date.UTC(2026, 0, 1)
const DAY = 86_400_000

/** A word of two syllables that no sentence of the pool has: one in so many documents does, whatever their number. */
export const RARE_WORD = '윤슬'
export const RARE_DOCUMENTS = 40
const RARE_SENTENCE = '강가에 앉아 물결 위로 번지는 윤슬을 오래 바라보고 나서야 자리에서 일어났다.'

/** The sources, by their share of the documents in percent. */
export const SOURCES = [
  { name: 'petitions', share: 40, licence: 'KOGL-1' },
  { name: 'news', share: 25, licence: 'CC-BY-4.0' },
  { name: 'reviews', share: 20, licence: 'CC-BY-4.0' },
  { name: 'manuals', share: 10, licence: 'CC-BY-4.0' },
  { name: 'letters', share: 5, licence: 'CC0-1.0' },
] as const

/** A record as a line of a source's file. */
export interface Document {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly author: string
  readonly published: string
  readonly lang: string
}

/** What the documents of one night are made from. */
export interface History {
  /** Documents that exist once the thirtieth night is over. */
  readonly documents: number
  readonly pool: readonly string[]
}

export function openHistory(documents: number): History {
  const pool = proseSentences().filter((sentence) => !sentence.includes(RARE_WORD))
  return { documents, pool }
}

/** Sentences that end as written Korean does. @throws Error where the real texts are absent: cleaning keeps no invented ones. */
function proseSentences(): readonly string[] {
  if (!existsSync(CORPUS)) throw new Error(`the texts to recombine are not in ${CORPUS}`)
  const found = new Set<string>()
  for (const name of ['petitions', 'book_review_nanet', 'book_review_nlk', 'wikinews', 'tensorflow_docs_ko']) {
    for (const { text } of readCorpus(join(CORPUS, `${name}.jsonl.zst`))) {
      for (const sentence of text.split(/(?<=[.!?])\s+|\n+/u)) if (isProse(sentence)) found.add(sentence)
    }
  }
  return [...found]
}

function isProse(sentence: string): boolean {
  if (sentence.length < 20 || sentence.length > 160 || !/[다요까죠][.?!]$/.test(sentence)) return false
  if (/https?:|@|\d{3}-\d{3,4}|[<>{}|\\]/.test(sentence)) return false
  return (sentence.match(/[가-힣]/g)?.length ?? 0) > sentence.length * 0.6
}

/** The date of night 1, 2, … */
export function nightDate(night: number): string {
  return new Date(FIRST_NIGHT + (night - 1) * DAY).toISOString().slice(0, 10)
}

/** How many documents exist once a night is over. */
export function documentsBy({ documents }: History, night: number): number {
  return night <= NIGHTS ? Math.round((documents * night) / NIGHTS) : documents + Math.round(documents / 200)
}

function mixed(first: number, second: number): number {
  let bits = Math.imul(first + 1, 0x9e3779b9) ^ Math.imul(second + 1, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 16), 0xc2b2ae35)
  return (bits ^ (bits >>> 13)) >>> 0
}

/** Whether a document that is there already reads otherwise from this night on: 1 % do, on the last night half as many. */
function isRevised(number: number, night: number): boolean {
  return mixed(number, night) % 1000 < (night <= NIGHTS ? 10 : 5)
}

export function sourceOf(number: number): string {
  let place = mixed(number, 7919) % 100
  for (const { name, share } of SOURCES) {
    if (place < share) return name
    place -= share
  }
  throw new Error('the shares of the sources are less than 100 %')
}

/** Numbers of the documents that are new or revised on a night, ascending. */
export function* changedOn(history: History, night: number): Iterable<number> {
  const before = night === 1 ? 0 : documentsBy(history, night - 1)
  for (let number = 0; number < before; number++) if (isRevised(number, night)) yield number
  for (let number = before; number < documentsBy(history, night); number++) yield number
}

/**
 * A document as it stands after a night. 3 % are an earlier one with a sentence exchanged, 1 % too short to be kept; the
 * rest are 3 to 45 sentences in paragraphs of two to five, 2 KB of UTF-8 on average.
 */
export function documentOf(history: History, number: number, night: number): Document {
  const { pool } = history
  const random = randomNumbers(number)
  const kind = random(100)
  const copied = kind < 3 && number > 100 ? random(number) : number
  const own = copied === number ? random : randomNumbers(copied)
  if (copied !== number) own(100)
  const lines = own(100) < 1 ? [pool[own(pool.length)] ?? ''] : chosen(pool, own)
  if (copied !== number) replaceOne(pool, lines, random)
  if (mixed(number, 104_729) % Math.ceil(history.documents / RARE_DOCUMENTS) === 0) lines.push(RARE_SENTENCE)
  const from = firstNight(history, number)
  for (let each = from + 1; each <= night; each++)
    if (isRevised(number, each)) replaceOne(pool, lines, randomNumbers(mixed(number, each)))
  return {
    id: `d${String(number).padStart(8, '0')}`,
    title: titleOf(lines[0] ?? '', number),
    text: paragraphs(lines, randomNumbers(copied * 31)),
    author: `글쓴이 ${mixed(number, 31) % 5000}`,
    published: new Date(FIRST_NIGHT + (from - 1) * DAY - (mixed(number, 13) % 730) * DAY).toISOString().slice(0, 10),
    lang: 'ko',
  }
}

/** The night a document is first there. */
function firstNight(history: History, number: number): number {
  let night = Math.max(1, Math.floor((number * NIGHTS) / history.documents))
  while (documentsBy(history, night) <= number) night++
  return night
}

/** Few documents are long: the cube of a uniform number, spread over 3 to 45 sentences. */
function chosen(pool: readonly string[], random: (below: number) => number): string[] {
  const spread = random(1000) / 1000
  const count = 3 + Math.floor(43 * spread ** 3)
  return Array.from({ length: count }, () => pool[random(pool.length)] ?? '')
}

function replaceOne(pool: readonly string[], lines: string[], random: (below: number) => number): void {
  lines[random(lines.length)] = pool[random(pool.length)] ?? ''
}

function titleOf(sentence: string, number: number): string {
  return `${sentence.split(' ').slice(0, 4).join(' ')} ${number % 1000}`
}

function paragraphs(lines: readonly string[], random: (below: number) => number): string {
  const made: string[] = []
  for (let from = 0; from < lines.length; ) {
    const length = 2 + random(4)
    made.push(lines.slice(from, from + length).join(' '))
    from += length
  }
  return made.join('\n\n')
}
