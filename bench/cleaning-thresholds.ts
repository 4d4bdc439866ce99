/**
 * Where the thresholds of cleaning come from: the distribution of every measure by source and over all well-written
 * documents, as percentiles, and what the default rules keep of each source with the reasons for the rest.
 *   node bench/cleaning-thresholds.ts [--measure NAME] [--data DIR] [--examples RULE]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { zstdDecompressSync } from 'node:zlib'
import { cleanText } from '../clean/clean.ts'
import { defaultCleaning, RULES } from '../clean/rules.ts'
import type { Verdict } from '../pipeline/contract.ts'

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../shared/data/corpus', import.meta.url).pathname },
    measure: { type: 'string' },
    examples: { type: 'string' },
  },
})
const PERCENTILES = [0, 0.1, 0.5, 1, 5, 50, 95, 99, 99.5, 99.9, 100]
/** Prose and manuals that people wrote and read: what they look like is what a threshold may not touch. */
const WELL_WRITTEN = [
  'wikinews',
  'petitions',
  'book_review_nanet',
  'book_review_nlk',
  'law_articles',
  'kolaw_kobill',
  'novel_camellia',
  'unesco_report',
  'hf_course_ko',
  'react_docs_ko',
  'vue_docs_ko',
  'rust_docs_ko',
  'tensorflow_docs_ko',
  'ms_architecture_ko',
  'ms_azuredev_ko',
]
const LEAST_CHARS = defaultCleaning.rules.min_chars ?? 0
/** Of sources of short texts, so many are enough. */
const MOST_TEXTS = 10_000

interface Source {
  readonly name: string
  readonly texts: readonly string[]
  readonly verdicts: readonly Verdict[]
}

function readSource(file: string): Source {
  const lines = zstdDecompressSync(readFileSync(file)).toString().trim().split('\n').slice(0, MOST_TEXTS)
  const texts = lines.map((line): { readonly text: string } => JSON.parse(line)).map(({ text }) => text)
  const verdicts = texts.map((text) => cleanText(text, defaultCleaning))
  return { name: basename(file, '.jsonl.zst'), texts, verdicts }
}

function percentiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  return PERCENTILES.map((p) => String(sorted[Math.floor((p / 100) * (sorted.length - 1))]).padStart(9)).join('')
}

function printMeasure(measure: string, sources: readonly Source[]): void {
  console.log(`\n${measure.padEnd(24)}${PERCENTILES.map((p) => `p${p}`.padStart(9)).join('')}`)
  for (const { name, verdicts } of sources) {
    console.log(`  ${name.padEnd(22)}${percentiles(verdicts.map(({ measures }) => measures[measure] ?? 0))}`)
  }
  const documents = sources
    .filter(({ name }) => WELL_WRITTEN.includes(name))
    .flatMap(({ verdicts }) => verdicts.map(({ measures }) => measures))
    .filter(({ chars }) => chars !== undefined && chars >= LEAST_CHARS)
  console.log(`  ${'all well-written'.padEnd(22)}${percentiles(documents.map((measures) => measures[measure] ?? 0))}`)
}

function printKept({ name, verdicts }: Source): void {
  const reasons = new Map<string, number>()
  for (const verdict of verdicts) if (!verdict.kept) reasons.set(verdict.rule, (reasons.get(verdict.rule) ?? 0) + 1)
  const kept = verdicts.filter((verdict) => verdict.kept).length
  const why = [...reasons].toSorted((a, b) => b[1] - a[1]).map(([rule, count]) => `${rule} ${count}`)
  console.log(
    `${name.padEnd(24)}${String(verdicts.length).padStart(6)}${((100 * kept) / verdicts.length).toFixed(1).padStart(7)} %  ${why.join(', ')}`,
  )
}

function printExamples({ name, texts, verdicts }: Source, rule: string): void {
  for (const [i, verdict] of verdicts.entries()) {
    if (!verdict.kept && verdict.rule === rule) {
      console.log(`${name} ${verdict.value}: ${texts[i]!.slice(0, 160).replaceAll('\n', '⏎')}`)
    }
  }
}

if (!existsSync(options.data))
  console.log(`No texts to measure: ${options.data} does not exist. Name them with --data.`)
else {
  const files = readdirSync(options.data).filter((name) => name.endsWith('.jsonl.zst'))
  const sources = files.map((name) => readSource(join(options.data, name)))
  if (options.examples !== undefined) for (const source of sources) printExamples(source, options.examples)
  else {
    const measures = options.measure?.split(',') ?? [...new Set(RULES.map(({ measure }) => measure))]
    for (const measure of measures) printMeasure(measure, sources)
    console.log(`\n${'source'.padEnd(24)} texts    kept`)
    for (const source of sources) printKept(source)
  }
}
