/**
 * Claim: of pairs at J ≥ .8, at least .99 are found, on real documents and on seeded edits of them; nothing is dropped
 * without a kept copy at J ≥ .8; paraphrases all stay; signatures are made ten times as fast as datatrove's.
 * node bench/near-duplicates.ts [--data DIR]; the peer is PyPI's datatrove (MALMOI_PYTHON names its interpreter).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { zstdDecompressSync } from 'node:zlib'
import { applyChanges } from '../dedupe/apply.ts'
import { addLine, createChanges } from '../dedupe/changes.ts'
import { nearDuplicates as config } from '../dedupe/config.ts'
import { canBeSimilar, similarIntersection } from '../dedupe/jaccard.ts'
import { lettersOf } from '../dedupe/letters.ts'
import { bandKeys } from '../dedupe/minhash.ts'
import { shinglesOf } from '../dedupe/shingles.ts'
import { sign } from '../dedupe/signature.ts'
import { createState, type Decision, decisions } from '../dedupe/state.ts'
import { edits } from './near-duplicates-edits.ts'
import { type Record, readCorpus } from './near-duplicates-texts.ts'

const REAL = [
  'ms_dotnet_ko',
  'ms_sql_ko',
  'ms_windows_ko',
  'ms_azuredev_ko',
  'petitions',
  'rust_docs_ko',
  'tensorflow_docs_ko',
]
const EDITED = [
  'petitions',
  'ms_dotnet_ko',
  'ms_sql_ko',
  'wikinews',
  'book_review_nanet',
  'rust_docs_ko',
  'react_docs_ko',
]
const EDITS_OF_A_KIND = 1_500

const { values: options } = parseArgs({
  options: { data: { type: 'string', default: new URL('../../shared/data', import.meta.url).pathname } },
})
const corpus = (name: string) => readCorpus(join(options.data, 'corpus', `${name}.jsonl.zst`))

interface Prepared extends Record {
  readonly shingles: Uint32Array
  readonly keys: Uint32Array
}

function prepare({ id, text }: Record): Prepared {
  const all = shinglesOf(lettersOf(text), config.shingle)
  const shingles = all.length < config.leastShingles ? new Uint32Array(0) : all
  return { id, text, shingles, keys: bandKeys(shingles, config) }
}

function similarity(a: Uint32Array, b: Uint32Array, perMille: number = config.perMille): number {
  const common =
    a.length === 0 || !canBeSimilar(a.length, b.length, perMille) ? -1 : similarIntersection(a, b, perMille)
  return common < 0 ? 0 : common / (a.length + b.length - common)
}

const shareKey = (a: Prepared, b: Prepared) => a.keys.some((key, band) => key === b.keys[band])

async function decide(records: readonly Record[]): Promise<readonly Decision[]> {
  const state = createState(config)
  const changes = createChanges(config)
  for (const [place, { text }] of records.entries()) {
    addLine(changes, { id: `${place}`, batch: '', place, signature: sign(text, config) })
  }
  await applyChanges(state, changes, (positions) => positions.map(({ place }) => records[place]?.text ?? ''))
  return [...decisions(state)]
}

/** Drops whose owner is not kept, or not as similar as it says; compared over sets made anew. */
function unverified(records: readonly Record[], decided: readonly Decision[]): number {
  return decided.filter(({ row, owner, intersection, union }) => {
    if (owner === null) return false
    const [own, others] = [row, owner.row].map((place) => lettersOf(records[place]?.text ?? ''))
    if (!own || !others || decided[owner.row]?.owner !== null) return true
    if (Buffer.compare(Buffer.from(own.buffer), Buffer.from(others.buffer)) === 0) return false
    const a = new Set(shinglesOf(own, config.shingle))
    const b = new Set(shinglesOf(others, config.shingle))
    const exact = a.intersection(b).size === intersection && a.union(b).size === union
    return !exact || intersection * 1000 < config.perMille * union
  }).length
}

function pairsFound(documents: readonly Prepared[]): { pairs: number; found: number } {
  let pairs = 0
  let found = 0
  for (const [i, a] of documents.entries()) {
    for (let j = 0; j < i; j++) {
      const b = documents[j]!
      if (similarity(a.shingles, b.shingles) === 0) continue
      pairs++
      if (shareKey(a, b)) found++
    }
  }
  return { pairs, found }
}

async function realDocuments(): Promise<void> {
  console.log('real documents, every pair compared')
  let [pairs, found] = [0, 0]
  for (const name of REAL) {
    const records = corpus(name)
    const here = pairsFound(records.map(prepare))
    const decided = await decide(records)
    const dropped = decided.filter(({ owner }) => owner !== null).length
    const counts = `${here.found} of ${here.pairs} pairs at J ≥ .8 found`
    console.log(
      `  ${name}: ${records.length} documents, ${counts}; ${dropped} dropped, ${unverified(records, decided)} unverified`,
    )
    pairs += here.pairs
    found += here.found
  }
  console.log(`  in all ${found} of ${pairs}: recall ${(found / pairs).toFixed(4)}`)
}

async function editedDocuments(): Promise<void> {
  const originals = EDITED.flatMap(corpus).filter(({ text }) => lettersOf(text).length >= 100)
  console.log(`seeded edits of ${originals.length} real documents, ${EDITS_OF_A_KIND} of each kind`)
  let [pairs, found, all] = [0, 0, 0]
  const records: Record[] = []
  for (const [kind, [name, edit]] of Object.entries(edits).entries()) {
    let [herePairs, hereFound, sum] = [0, 0, 0]
    for (let i = 0; i < EDITS_OF_A_KIND; i++) {
      const original = originals[(i * 7919 + kind * 104_729) % originals.length]!
      const copy = { id: `${original.id} ${name} ${i}`, text: edit(original.text, i * 31 + kind) }
      records.push(original, copy)
      const [a, b] = [prepare(original), prepare(copy)]
      const similar = similarity(a.shingles, b.shingles)
      sum += similarity(a.shingles, b.shingles, 1)
      if (similar === 0) continue
      herePairs++
      if (shareKey(a, b)) hereFound++
    }
    const recall = (hereFound / herePairs).toFixed(4)
    console.log(
      `  ${name.padEnd(18)} mean J ${(sum / EDITS_OF_A_KIND).toFixed(3)}; at J ≥ .8 ${herePairs}, found ${hereFound}: recall ${recall}`,
    )
    pairs += herePairs
    found += hereFound
    all += EDITS_OF_A_KIND
  }
  const decided = await decide(records)
  console.log(`  in all ${found} of ${pairs} among ${all} edits: recall ${(found / pairs).toFixed(4)}`)
  console.log(
    `  as one collection: ${decided.filter(({ owner }) => owner !== null).length} of ${records.length} dropped, ${unverified(records, decided)} unverified`,
  )
}

/** Pairs that were found elsewhere, by shingles of five eojeol: a reference that is not ours. */
function referencePairs(): void {
  console.log('pairs of the reference lists (eojeol 5-grams)')
  for (const name of ['ms_dotnet_ko', 'ms_sql_ko', 'petitions']) {
    const documents = new Map(corpus(name).map((record) => [record.id, record]))
    const lines = readFileSync(join(options.data, 'eval/neardup', `${name}.tsv`), 'utf8')
      .split('\n')
      .slice(2)
    const pairs = lines.flatMap((line) => {
      const [jaccard, a = '', b = ''] = line.split('\t')
      const [first, second] = [documents.get(a), documents.get(b)]
      return first && second && Number(jaccard) >= 0.8 ? [[prepare(first), prepare(second)] as const] : []
    })
    const similar = pairs.filter(([a, b]) => similarity(a.shingles, b.shingles) > 0)
    const found = similar.filter(([a, b]) => shareKey(a, b)).length
    console.log(
      `  ${name}: ${pairs.length} at J ≥ .8 there; ${similar.length} at J ≥ .8 by syllable 8-grams, ${found} found`,
    )
  }
}

async function paraphrases(): Promise<void> {
  const lines = zstdDecompressSync(readFileSync(join(options.data, 'eval/parakqc/paraKQC_v1.txt.zst')))
    .toString('utf8')
    .split('\n')
  const records = lines
    .filter((line) => line !== '')
    .map((line, i) => ({ id: `${i}`, text: line.split('\t').at(-1) ?? '' }))
  const decided = await decide(records)
  const copies = decided.filter(({ owner, intersection, union }) => owner !== null && intersection === union).length
  const near = decided.filter(({ owner, intersection, union }) => owner !== null && intersection < union)
  console.log(
    `paraKQC: ${records.length} sentences; ${copies} equal to an earlier one; paraphrases dropped: ${near.length}`,
  )
  for (const { row, owner } of near) console.log(`  ${records[row]?.text}  ←  ${records[owner?.row ?? 0]?.text}`)
}

function signatures(): void {
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
  try {
    for (const name of ['petitions', 'nsmc_reviews']) {
      const records = corpus(name).slice(0, 20_000)
      const bytes = records.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
      for (const { text } of records.slice(0, 500)) sign(text, config)
      const started = process.cpuUsage()
      for (const { text } of records) sign(text, config)
      const { user, system } = process.cpuUsage(started)
      const ours = bytes / (user + system)
      const file = join(folder, `${name}.jsonl`)
      writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
      const theirs = datatrove(file)
      const beside =
        theirs === null
          ? 'datatrove is not here'
          : `${theirs.name} ${theirs.rate.toFixed(2)}; ratio ${(ours / theirs.rate).toFixed(1)}`
      const mean = (bytes / records.length).toFixed(0)
      console.log(
        `signatures, ${name} (${mean} bytes a document), MB per processor second: malmoi ${ours.toFixed(1)}, ${beside}`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function datatrove(file: string): { readonly name: string; readonly rate: number } | null {
  const script = fileURLToPath(new URL('near-duplicates-datatrove.py', import.meta.url))
  const { status, stdout } = spawnSync(process.env.MALMOI_PYTHON ?? 'python3', [script, file], { encoding: 'utf8' })
  const words = stdout?.trim().split(' ') ?? []
  return status === 0 ? { name: words.slice(0, 2).join(' '), rate: Number(words[2]) } : null
}

if (!existsSync(options.data)) {
  console.log(`No texts to measure: ${options.data} does not exist. Name the folder with --data DIR.`)
} else {
  signatures()
  await paraphrases()
  referencePairs()
  await realDocuments()
  await editedDocuments()
}
