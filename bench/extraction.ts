/**
 * Claim: on the pages of article-extraction-benchmark our extraction is more exact than every peer in the same run, and it
 * reads at least three times the pages a CPU-second that Readability over linkedom does. Korean news and a documentation
 * site are measured beside it. Code blocks are dropped, of peers too where they give HTML; those that give text keep them,
 * which costs them precision on the documentation site.
 *   npm ci --prefix bench && node bench/extraction.ts      Readability and Defuddle beside us
 *   MALMOI_PYTHON=python3 node bench/extraction.ts         those Python peers too that this Python has installed
 * Also --data DIR, --each (every page's score), --worst N, --halves (the spread of F1 over random halves of the pages).
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dropBlocks, textOf, toBlocks } from '../crawler/extract/blocks.ts'
import { parseHtml } from '../crawler/extract/dom.ts'
import { extractPage } from '../crawler/extract/index.ts'
import { readPage } from '../crawler/extract/runs.ts'
import { type PageSet, pageSets } from './extraction-pages.ts'
import { type PageScore, scorePage, spreadOfHalves, summarise } from './shingles.ts'

interface Measured {
  readonly name: string
  /** CPU time on all pages. */
  readonly seconds: number
  readonly texts: readonly string[]
}

/** A line of a peer's process. */
type PeerLine =
  | { readonly name: string; readonly absent: string }
  | {
      readonly name: string
      readonly seconds: number
      readonly thrown: number
      readonly results: readonly { readonly text?: string; readonly html?: string }[]
    }

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: join(import.meta.dirname, '../../shared/data/html') },
    worst: { type: 'string', default: '0' },
    each: { type: 'boolean', default: false },
    halves: { type: 'boolean', default: false },
  },
})

/** What we find, and the time it takes. */
function ours({ pages }: PageSet): Measured {
  const started = process.cpuUsage()
  const texts = pages.map(({ html, url }) => dropBlocks(extractPage(html, url), ['code']).text)
  const { user, system } = process.cpuUsage(started)
  return { name: 'malmoi', seconds: (user + system) / 1e6, texts }
}

/** What the peers of one program find; those that are absent are said to be. */
function peers(program: string, args: readonly string[], set: PageSet, scratch: string): readonly Measured[] {
  const path = join(scratch, 'pages.json')
  writeFileSync(path, JSON.stringify(set.pages.map(({ html, url }) => ({ html: html.toWellFormed(), url }))))
  const output = execFileSync(program, [...args, path], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line): PeerLine => JSON.parse(line))
    .flatMap((line) => {
      if ('absent' in line) {
        console.log(`  ${line.name} is not installed for ${program}: ${line.absent}`)
        return []
      }
      const name = line.thrown === 0 ? line.name : `${line.name} (failed on ${line.thrown})`
      return [
        { name, seconds: line.seconds, texts: line.results.map(({ text, html }) => text ?? shownText(html ?? '')) },
      ]
    })
}

/** All text of a piece of HTML, paragraphs apart and code dropped, as of our own blocks. */
function shownText(html: string): string {
  const { runs } = readPage(parseHtml(html))
  const { blocks } = toBlocks(runs, [...runs.keys()])
  return textOf(blocks.filter((block) => block.kind !== 'code'))
}

function report(set: PageSet, measured: readonly Measured[]): void {
  console.log(`${set.name}: ${set.pages.length} pages`)
  const readability = measured.find(({ name }) => name.startsWith('@mozilla/readability'))
  for (const { name, seconds, texts } of measured) {
    const { f1, precision, recall } = summarise(set.pages.map(({ body }, i) => scorePage(body, texts[i]!)))
    const ratio = readability === undefined ? '' : `  ${(readability.seconds / seconds).toFixed(2)} × Readability's`
    console.log(
      `  ${name.padEnd(48)} F1 ${f1.toFixed(4)}  precision ${precision.toFixed(4)}  recall ${recall.toFixed(4)}  ` +
        `${(set.pages.length / seconds).toFixed(0)} pages/CPU-s${ratio}`,
    )
  }
}

function reportPages({ pages }: PageSet, scores: readonly PageScore[]): void {
  const ordered = pages
    .map((page, i) => ({ page, score: scores[i]! }))
    .sort((a, b) => a.score.matched - b.score.matched)
  for (const { page, score } of ordered.slice(0, options.each ? undefined : Number(options.worst))) {
    const { f1, precision, recall } = summarise([score])
    console.log(
      `    ${f1.toFixed(3)}  P ${precision.toFixed(3)} R ${recall.toFixed(3)}  ${page.file.slice(0, 60)}  ${page.url}`,
    )
  }
}

function measure(set: PageSet, scratch: string): void {
  const mine = ours(set)
  const others: Measured[] = []
  if (existsSync(join(import.meta.dirname, 'node_modules/@mozilla/readability'))) {
    others.push(...peers(process.execPath, [join(import.meta.dirname, 'extraction-peers.mjs')], set, scratch))
  } else console.log('  Readability and Defuddle are not installed: npm ci --prefix bench')
  const python = process.env.MALMOI_PYTHON
  if (python !== undefined) {
    others.push(...peers(python, [join(import.meta.dirname, 'extraction-peers.py')], set, scratch))
  } else console.log('  Python peers are not measured: name a Python that has them in MALMOI_PYTHON')
  report(set, [mine, ...others])
  const scores = set.pages.map(({ body }, i) => scorePage(body, mine.texts[i]!))
  if (options.halves && scores.length > 10) {
    const { least, low, median, high } = spreadOfHalves(scores, 1000)
    console.log(
      `    random halves: least ${least.toFixed(4)}, 5 % ${low.toFixed(4)}, median ${median.toFixed(4)}, 95 % ${high.toFixed(4)}`,
    )
  }
  reportPages(set, scores)
}

if (!existsSync(options.data)) {
  console.log(`No pages to measure: ${options.data} does not exist. Name the folder with --data DIR.`)
} else {
  const scratch = mkdtempSync(join(tmpdir(), 'malmoi-extraction-'))
  try {
    for (const set of pageSets(options.data, scratch)) measure(set, scratch)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}
