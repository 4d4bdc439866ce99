/**
 * Claim: a million documents in thirty nightly batches are a database of at most 2.2 times their text; the next night costs
 * what changed; and versions, differences, questions and searches of it are answered at once.
 *   node bench/corpus.ts [thousands] [--keep DIR] [--skip-load] [--rebuild] [--nights N] [--profile]
 * Peer: the same nights through DVC (bench/corpus-dvc.ts).
 *   --keep DIR     the workspace, left there; with --skip-load one that is there is asked again
 *   --rebuild      the same nights into an empty database: every version comes out with the same digest
 *   --profile      a processor profile of the last night, in DIR/profile
 */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { connect } from '../store/connect.ts'
import { locateEmbedded } from '../store/embedded-place.ts'
import { removeWorkspace } from '../tests/support/command.ts'
import { type History, NIGHTS, openHistory } from './corpus-documents.ts'
import { describeNight, type Night, runNight, writeConfig } from './corpus-nights.ts'
import { type Given, postmasterOf } from './corpus-processes.ts'
import { askQuestions } from './corpus-questions.ts'
import { describeSizes, grown, measureSizes } from './corpus-size.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: 'string' },
    'skip-load': { type: 'boolean' },
    rebuild: { type: 'boolean' },
    profile: { type: 'boolean' },
    nights: { type: 'string' },
  },
})
const nights = Number(values.nights ?? NIGHTS + 1)
const thousands = Number(positionals[0] ?? 1000)
if (!(thousands >= 10))
  throw new Error(`give at least 10 (thousand documents), so that every source has some every night`)
const history = openHistory(thousands * 1000)

const folder = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
mkdirSync(folder, { recursive: true })
const results = join(folder, 'results')
mkdirSync(results, { recursive: true })

function say(line: string): void {
  console.log(line)
  appendFileSync(join(results, 'log.txt'), `${line}\n`)
}

/** All nights in a workspace; each is on record once it is over, so that a load which was cut off goes on. */
async function load(given: Given, last: number, record: string): Promise<readonly Night[]> {
  const file = join(results, record)
  const done: Night[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
  for (let number = done.length + 1; number <= last; number++) {
    const profile = values.profile && number === nights
    const flags = profile ? ['--cpu-prof', `--cpu-prof-dir=${join(folder, 'profile')}`] : []
    const night = await runNight({ ...given, flags }, history, number)
    done.push(night)
    say(describeNight(night))
    writeFileSync(file, JSON.stringify(done, null, 2))
  }
  return done
}

function sayTotals(done: readonly Night[]): void {
  const full = done.filter(({ night }) => night <= NIGHTS)
  const sum = (of: (night: Night) => number) => full.reduce((total, night) => total + of(night), 0)
  const processor = sum(({ node, postgres }) => node + postgres)
  say(`${full.length} nights: ${sum(({ wall }) => wall).toFixed(0)} s, processor ${processor.toFixed(0)} s`)
  const extra = done.find(({ night }) => night === NIGHTS + 1)
  if (!extra) return
  const cost = extra.node + extra.postgres
  const limit = processor * 0.02 + 3
  say(`the night after: ${cost.toFixed(1)} s of processor time, at most ${limit.toFixed(1)} (2 % and 3 s)`)
}

/** A second run of the last night executes nothing. */
async function runAgain(given: Given, { night, version }: Night): Promise<void> {
  const again = await runNight(given, { ...history }, night)
  say(
    `run again: ${Object.keys(again.stages).length} stages executed, ${again.version} as ${version}, ${again.wall.toFixed(1)} s`,
  )
}

/** The same nights in an empty workspace. */
async function rebuild(versions: readonly Night[]): Promise<void> {
  const other = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
  writeConfig(other)
  const { close } = await connect(other, undefined)
  try {
    const given = { folder: other, postmaster: postmasterOf(locateEmbedded(other).dataFolder) }
    let different = 0
    for (const { night, digest } of versions) {
      const again = await runNight(given, history, night)
      if (again.digest !== digest) different++
      say(`again ${describeNight(again)}${again.digest === digest ? '' : `: ${again.digest} instead of ${digest}`}`)
    }
    say(`rebuilt: ${versions.length - different} of ${versions.length} versions with the same digest`)
  } finally {
    await close()
    await removeWorkspace(other)
  }
}

function sayHistory({ documents, pool }: History): void {
  say(`${documents} documents, recombined from ${pool.length} sentences, in ${folder}`)
}

// Keeps the database running between the nights.
const { db, close } = await connect(folder, undefined)
try {
  const given = { folder, postmaster: postmasterOf(locateEmbedded(folder).dataFolder) }
  sayHistory(history)
  if (!values['skip-load']) {
    writeConfig(folder)
    await load(given, Math.min(nights, NIGHTS), 'nights.json')
    const before = await measureSizes(db)
    for (const line of describeSizes(before)) say(line)
    const done = await load(given, nights, 'nights.json')
    sayTotals(done)
    const after = await measureSizes(db)
    say(`rows that the last night added: ${JSON.stringify(grown(before, after))}`)
    const last = done.at(-1)
    if (last) await runAgain(given, last)
  } else {
    for (const line of describeSizes(await measureSizes(db))) say(line)
  }
  await askQuestions(folder, results, say)
  if (values.rebuild) await rebuild(JSON.parse(readFileSync(join(results, 'nights.json'), 'utf8')))
} finally {
  await close()
  if (!values.keep) await removeWorkspace(folder)
}
