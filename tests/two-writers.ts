/**
 * Two writers at once: they wait for each other where they must, never for ever, and what comes out is what both wrote.
 * `node tests/two-writers.ts 1000` has a thousand rounds at the store.
 */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../store/connect.ts'
import { removeWorkspace } from './support/command.ts'
import { captureRound, heldOf, type Round } from './support/shared-store.ts'
import {
  checkDataset,
  checkIndex,
  crawlLinks,
  deadlocks,
  freezeSeen,
  type HeldByDigest,
  judgeAgain,
  type Nights,
  type Writer,
  writeRound,
} from './support/store-writer.ts'

/** A version names all its batches: after so many rounds others begin. */
const ROUNDS_A_DATASET = 50
const JUDGED_AGAIN_EVERY = 25

export interface Figures {
  readonly rounds: number
  readonly versions: number
  /** Freezes that had to begin again, since the other writer had frozen meanwhile. */
  readonly stale: number
  readonly texts: number
  readonly deadlocks: number
  readonly seconds: number
}

/** So many rounds at the store: in each a night of two sources, written by two writers over connections of their own. */
export async function roundsAtTheStore(rounds: number, seed: number, report: (line: string) => void): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-two-writers-'))
  const connections = [await connect(folder, undefined), await connect(folder, undefined)]
  const [first, second] = connections
  try {
    if (!first || !second) throw new Error('two connections were opened')
    const writers: readonly Writer[] = [
      { db: first.db, folder: join(folder, '.malmoi'), name: 'a', own: 'left', readsMore: false },
      { db: second.db, folder: join(folder, '.malmoi'), name: 'b', own: 'right', readsMore: true },
    ]
    const began = performance.now()
    const known: HeldByDigest = new Map()
    let [versions, stale] = [0, 0]
    let before: Round | null = null
    for (let at = 0; at < rounds; at += ROUNDS_A_DATASET) {
      const all: Round[] = []
      for (let number = at; number < Math.min(rounds, at + ROUNDS_A_DATASET); number++) {
        const round = await captureRound(first.db, seed, number, before)
        before = round
        all.push(round)
        const outcomes = await Promise.all(writers.map((writer) => work(writer, all, number, known)))
        stale += outcomes.filter((outcome) => outcome.stale).length
      }
      versions += await checkDatasets(writers, at, all)
      known.clear()
      report(`${at + all.length} rounds, ${versions} versions, ${stale} freezes again`)
    }
    const texts = await checkIndex(first.db)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    return { rounds, versions, stale, texts, deadlocks: await deadlocks(second.db), seconds }
  } finally {
    for (const connection of connections) await connection.close()
    await removeWorkspace(folder)
  }
}

/** What one writer does in a round. In every second both freeze one dataset, of which each has seen its own night only. */
async function work(writer: Writer, all: readonly Round[], number: number, known: HeldByDigest) {
  const [round, epoch] = [all.at(-1), Math.floor(number / ROUNDS_A_DATASET)]
  if (!round) throw new Error('a round was captured')
  await crawlLinks(writer, round, number)
  await writeRound(writer, round)
  if (number % JUDGED_AGAIN_EVERY === 0) await judgeAgain(writer, round, `cleaning ${number}`)
  const everything: Nights = { left: all, right: all }
  if (number % 2 === 1) return freezeSeen(writer, `${writer.name}-${epoch}`, known, [everything])
  const seen = { ...everything, [writer.own === 'left' ? 'right' : 'left']: all.slice(0, -1) }
  return freezeSeen(writer, `shared-${epoch}`, known, [seen, everything])
}

async function checkDatasets(writers: readonly Writer[], at: number, all: readonly Round[]): Promise<number> {
  const { db } = writers[0] ?? assert.fail()
  const epoch = Math.floor(at / ROUNDS_A_DATASET)
  const heldAfter = (odd: number) => {
    const round = all.findLast((_, index) => (at + index) % 2 === odd)
    return round && heldOf(round.left.state, round.right.state)
  }
  const [shared, own] = [heldAfter(0), heldAfter(1)]
  let versions = 0
  if (shared) versions += await checkDataset(db, `shared-${epoch}`, shared)
  for (const { name } of own ? writers : []) if (own) versions += await checkDataset(db, `${name}-${epoch}`, own)
  return versions
}

if (import.meta.main) {
  const [rounds, seed] = [Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 1)]
  const figures = await roundsAtTheStore(rounds, seed, (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  assert.equal(figures.deadlocks, 0)
}
