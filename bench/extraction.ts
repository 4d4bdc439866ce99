/**
 * Extraction quality on pages with a known body: precision, recall and F1 over 4-word shingles, as the
 * article-extraction-benchmark of Zyte defines them (counts per page normalised by their sum, precision and recall
 * averaged over pages, F1 of the averages), and pages per CPU-second.
 *   node bench/extraction.ts [--worst 10] [--data DIR]
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { decodeBody } from '../crawler/decode.ts'
import { dropBlocks } from '../crawler/extract/blocks.ts'
import { extractPage } from '../crawler/extract/index.ts'
import { type PageScore, scorePage, summarise } from './shingles.ts'

interface Truth {
  readonly file: string
  readonly url: string
  readonly body: string
  readonly lang: string
}

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../shared/data/html', import.meta.url).pathname },
    worst: { type: 'string', default: '0' },
  },
})

function truths(path: string): readonly Truth[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Truth => JSON.parse(line))
}

function readPage(path: string): Uint8Array {
  if (existsSync(path)) return path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)
  return gunzipSync(readFileSync(`${path}.gz`))
}

function measure(name: string, folder: string, pages: readonly Truth[]): void {
  const bodies = pages.map((page) => decodeBody(readPage(join(folder, page.file)), null).text)
  const started = process.cpuUsage()
  const texts = pages.map((page, i) => dropBlocks(extractPage(bodies[i]!, page.url), ['code']).text)
  const { user, system } = process.cpuUsage(started)
  const scores = pages.map((page, i) => scorePage(page.body, texts[i]!))
  const { f1, precision, recall } = summarise(scores)
  const rate = (pages.length * 1e6) / (user + system)
  const figures = `F1 ${f1.toFixed(4)}  precision ${precision.toFixed(4)}  recall ${recall.toFixed(4)}`
  console.log(
    `${name.padEnd(32)} ${String(pages.length).padStart(4)} pages  ${figures}  ${rate.toFixed(0)} pages/CPU-s`,
  )
  for (const { score, page } of worst(scores, pages)) {
    const { precision: p, recall: r } = summarise([score])
    console.log(`  ${page.file.slice(0, 60).padEnd(60)} P ${p.toFixed(2)} R ${r.toFixed(2)}  ${page.url.slice(0, 70)}`)
  }
}

function worst(scores: readonly PageScore[], pages: readonly Truth[]): { score: PageScore; page: Truth }[] {
  return scores
    .map((score, i) => ({ score, page: pages[i]! }))
    .sort((a, b) => a.score.matched - b.score.matched)
    .slice(0, Number(options.worst))
}

if (!existsSync(options.data)) {
  console.log(`No pages to measure: ${options.data} does not exist. Name the folder with --data DIR.`)
} else {
  const benchmark = join(options.data, 'article_extraction_benchmark')
  measure('article-extraction-benchmark', benchmark, truths(join(benchmark, 'ground_truth.jsonl')))
  for (const name of ['kr_news_fundus', 'kr_news_donga_2013']) {
    measure(name, join(options.data, name), truths(join(options.data, name, 'ground_truth.jsonl')))
  }
  const site = mkdtempSync(join(tmpdir(), 'malmoi-extraction-'))
  try {
    const archive = join(site, 'site.tar')
    writeFileSync(archive, zstdDecompressSync(readFileSync(join(options.data, 'pytorch_kr_site.tar.zst'))))
    execFileSync('tar', ['-xf', archive, '-C', site])
    const pages = truths(join(options.data, 'pytorch_kr_site.ground_truth.jsonl')).filter((page) => page.lang === 'ko')
    measure('pytorch_kr_site (ko, no code)', join(site, 'pytorch_kr_site'), pages)
  } finally {
    rmSync(site, { recursive: true })
  }
}
