/**
 * Cleaning: speed of the whole chain beside datatrove's Gopher, FineWeb and C4 filters on the same texts in the same run,
 * the same counts of repeated n-grams, what is kept of real sources, what is rejected of pages that sell, and how well
 * Korean is told from the rest, by length.
 *   python3 -m venv VENV && VENV/bin/pip install 'datatrove[processing]' spacy kiwipiepy
 *   node bench/cleaning.ts [--python VENV/bin/python] [--data DIR]
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { zstdDecompressSync } from 'node:zlib'
import { cleanText } from '../clean/clean.ts'
import { prepare } from '../clean/prepared.ts'
import { defaultCleaning } from '../clean/rules.ts'
import { foreignTexts, isKorean, koreanTexts } from '../tests/clean/language-set.ts'
import { honestPages, spamPages } from '../tests/clean/spam/spam-pages.ts'

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../shared/data/corpus', import.meta.url).pathname },
    python: { type: 'string' },
  },
})

/** So many texts of each: news, petitions, long reviews, manuals with tables, statutes. */
const SPEED_SOURCES = { wikinews: 430, petitions: 600, book_review_nanet: 100, ms_sql_ko: 200, law_articles: 300 }
const KEPT_SOURCES = ['wikinews', 'petitions', 'book_review_nanet', 'book_review_nlk']
const LENGTHS = [10, 20, 50, 100, 1000, Number.POSITIVE_INFINITY]
const ROUNDS = 5

interface Peer {
  readonly documents: number
  readonly seconds: number
  readonly versions: string
  readonly duplicates: readonly Readonly<Record<string, number>>[]
}

function textsOf(name: string): readonly string[] {
  const lines = zstdDecompressSync(readFileSync(join(options.data, `${name}.jsonl.zst`)))
  return lines
    .toString()
    .trim()
    .split('\n')
    .map((line): { readonly text: string } => JSON.parse(line))
    .map(({ text }) => text)
}

function measureSpeed(texts: readonly string[]): void {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const rounds = Array.from({ length: ROUNDS }, () => {
    const started = process.cpuUsage()
    for (const text of texts) cleanText(text, defaultCleaning)
    const { user, system } = process.cpuUsage(started)
    return (user + system) / 1e6
  })
  const seconds = rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!
  console.log(`${texts.length} texts, ${(bytes / 1e6).toFixed(1)} MB; CPU-seconds, median of ${ROUNDS} rounds`)
  printSpeed('ours, the whole chain', texts.length, bytes, seconds, null)
  if (options.python === undefined) {
    console.log('datatrove is not beside it: name a Python that has it with --python.')
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-cleaning-'))
  try {
    const file = join(folder, 'texts.jsonl')
    writeFileSync(file, texts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
    for (const [kind, name] of [
      ['whitespace', 'its white-space splitter'],
      ['split', "Python's split"],
      ['kiwi', 'Kiwi'],
    ] as const) {
      const peer = runPeer(options.python, file, kind)
      printSpeed(`${peer.versions}, ${name}`, peer.documents, bytes, peer.seconds, peer.seconds / seconds)
      if (kind === 'split') compareDuplicates(texts, peer)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function runPeer(python: string, file: string, kind: string): Peer {
  const script = new URL('cleaning-peer.py', import.meta.url).pathname
  return JSON.parse(
    execFileSync(python, [script, file, kind], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
}

function printSpeed(name: string, documents: number, bytes: number, seconds: number, ratio: number | null): void {
  const figures = [
    `${(bytes / 1e6 / seconds).toFixed(2)} MB/s`,
    `${(documents / seconds).toFixed(0)} documents/s`,
    ratio === null ? '' : `ours is ${ratio.toFixed(1)} times as fast`,
  ]
  console.log(`  ${name.padEnd(62)} ${figures.join('  ')}`)
}

/**
 * The characters in repeated 5- to 10-grams as both count them. The peer joins words without a space between, so that
 * to it `a bc` repeats `ab c`: the few texts where that happens are the difference.
 */
function compareDuplicates(texts: readonly string[], peer: Peer): void {
  let same = 0
  let compared = 0
  let repeating = 0
  for (const [i, byLength] of peer.duplicates.entries()) {
    const { runs } = prepare('', texts[i]!)
    for (const [n, characters] of Object.entries(byLength)) {
      compared++
      if (characters > 0) repeating++
      if (runs[Number(n)]!.duplicate === characters) same++
    }
  }
  console.log(
    `  the same count of repeated 5- to 10-grams in ${same} of ${compared} comparisons (${repeating} not zero)`,
  )
}

function printKept(): void {
  for (const name of KEPT_SOURCES) {
    const texts = textsOf(name)
    const kept = texts.filter((text) => cleanText(text, defaultCleaning).kept).length
    console.log(`  ${name.padEnd(30)} ${kept} of ${texts.length} kept (${((100 * kept) / texts.length).toFixed(1)} %)`)
  }
}

function printSpam(): void {
  for (const [name, pages] of [
    ['pages that sell', spamPages(7, 1600)],
    ['pages that write about it', honestPages(7, 900)],
  ] as const) {
    const reasons = new Map<string, number>()
    for (const { text } of pages) {
      const verdict = cleanText(text, defaultCleaning)
      const reason = verdict.kept ? 'kept' : verdict.rule
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
    console.log(`  ${name.padEnd(30)} ${pages.length}: ${[...reasons].map(([rule, n]) => `${rule} ${n}`).join(', ')}`)
  }
}

function printLanguage(): void {
  for (const [name, texts, expected] of [
    ['Korean', koreanTexts(), true],
    ['other languages, code', foreignTexts(), false],
  ] as const) {
    const figures = LENGTHS.map((longest, i) => {
      const some = texts.filter(({ length }) => length <= longest && length > (LENGTHS[i - 1] ?? 0))
      const right = some.filter((text) => isKorean(text) === expected).length
      return `<=${longest} ${right}/${some.length}`
    })
    console.log(`  ${name.padEnd(30)} ${figures.join('  ')}`)
  }
}

if (existsSync(options.data)) {
  measureSpeed(Object.entries(SPEED_SOURCES).flatMap(([name, count]) => textsOf(name).slice(0, count)))
  console.log('kept by the default rules')
  printKept()
  printSpam()
  console.log('told right, by length in characters')
  printLanguage()
} else {
  console.log(`No texts to measure: ${options.data} does not exist. Name the folder with --data DIR.`)
  printSpam()
}
