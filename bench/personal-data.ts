/**
 * Personal data: precision and recall by kind on the labelled set, and megabytes of text per second, beside datatrove's
 * PIIFormatter, which knows e-mail and IP addresses alone (MALMOI_PYTHON names a Python that has it).
 *   node bench/personal-data.ts [spans per kind] [--seed 4]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findPersonal } from '../clean/pii/detect.ts'
import { defaultPersonalData } from '../clean/pii/personal.ts'
import { redact } from '../clean/pii/redact.ts'
import { type Labelled, labelledSet, score } from '../tests/clean/pii/labelled-set.ts'
import { jsonLines, withoutData } from '../tests/support/shared-data.ts'
import { timePython } from './tokenizer-corpus.ts'

/** Texts of a JSON file redacted into another; the last line is the seconds that the texts after the first set took. */
const DATATROVE = `
import json, sys, time
from datatrove.pipeline.formatters import PIIFormatter
formatter = PIIFormatter()
labelled, corpus = json.load(open(sys.argv[1]))
json.dump([formatter.format(text) for text in labelled], open(sys.argv[2], 'w'))
start = time.process_time()
for text in corpus: formatter.format(text)
print(time.process_time() - start)`

const CORPORA = ['petitions', 'wikinews', 'ms_architecture_ko', 'nsmc_reviews']

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '4' } },
  allowPositionals: true,
})
const corpus = withoutData ? [] : CORPORA.flatMap((name) => texts(`corpus/${name}.jsonl.zst`))
const surroundings = corpus.filter((text) => text.length < 200 && findPersonal(text).length === 0)
const set = labelledSet(Number(values.seed), Number(positionals[0] ?? 2000), surroundings)

console.log(`${set.length} texts, ${set.filter(({ nearMiss }) => nearMiss !== null).length} of them near-misses`)
for (const [kind, { spans, precision, recall }] of Object.entries(score(set, findPersonal))) {
  const figures = `precision ${precision.toFixed(4)}  recall ${recall.toFixed(4)}`
  console.log(`  ${kind.padEnd(22)} ${String(spans).padStart(6)} spans  ${figures}`)
}
compareWithDatatrove()

function texts(path: string): readonly string[] {
  return jsonLines<{ readonly text: string }>(path).map(({ text }) => text)
}

function compareWithDatatrove(): void {
  const sample = corpus.length > 0 ? corpus : set.map(({ text }) => text)
  const megabytes = sample.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6
  const started = process.cpuUsage()
  for (const text of sample) redact(text, defaultPersonalData)
  const { user, system } = process.cpuUsage(started)
  const ours = megabytes / ((user + system) / 1e6)
  const source = corpus.length > 0 ? CORPORA.join(', ') : 'the labelled set (no corpus here)'
  console.log(`${megabytes.toFixed(1)} MB of ${source}: ${ours.toFixed(1)} MB/s on one core`)
  report(
    'ours',
    set.map(({ text }) => redact(text, defaultPersonalData).text),
  )
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-personal-data-'))
  try {
    const [input, output] = [join(folder, 'texts.json'), join(folder, 'redacted.json')]
    writeFileSync(input, JSON.stringify([set.map(({ text }) => text), sample]))
    const seconds = timePython(DATATROVE, [input, output])
    if (typeof seconds === 'string') {
      console.log(`datatrove left out: ${seconds}`)
      return
    }
    const theirs = megabytes / seconds
    console.log(
      `datatrove: ${theirs.toFixed(1)} MB/s; ours is ${(ours / theirs).toFixed(1)} times as fast, for eight kinds`,
    )
    report('datatrove', JSON.parse(readFileSync(output, 'utf8')))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** By what is gone from the text, since datatrove tells no spans. */
function report(name: string, redacted: readonly string[]): void {
  const share = (
    chosen: readonly (readonly [Labelled, string])[],
    holds: (pair: readonly [Labelled, string]) => boolean,
  ) => `${((100 * chosen.filter(holds).length) / chosen.length).toFixed(1)} %`
  const pairs = set.map((labelled, i) => [labelled, redacted[i]!] as const)
  const isGone = ([{ text, spans }, after]: readonly [Labelled, string]): boolean =>
    !spans.some(({ start, end }) => after.includes(text.slice(start, end)))
  const removed = ['email', 'ip'].map((kind) => {
    return `${kind} ${share(
      pairs.filter(([{ spans }]) => spans[0]?.kind === kind),
      isGone,
    )}`
  })
  const misses = pairs.filter(([{ nearMiss }]) => nearMiss !== null)
  const harmed = share(misses, ([{ text }, after]) => after !== text)
  console.log(`  ${name.padEnd(10)} removed: ${removed.join(', ')}; near-misses changed: ${harmed}`)
}
