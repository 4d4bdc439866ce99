/**
 * The peer of bench/corpus.ts: the same nights as files under DVC, whose storage knows files and not documents. Two
 * layouts: `shards`, 256 JSONL files by a hash of the document, as corpora are published; `documents`, a file each, by
 * which DVC stores a document once.
 *   MALMOI_DVC=…/bin/dvc node bench/corpus-dvc.ts [thousands] [shards|documents]
 * What DVC is given is finished: it crawls, cleans and compares nothing, and keeps no raw captures.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changedOn, type Document, documentOf, documentsBy, NIGHTS, openHistory } from './corpus-documents.ts'
import { childrenSeconds } from './corpus-processes.ts'

const SHARDS = 256
const dvc = process.env.MALMOI_DVC ?? 'dvc'
const history = openHistory(Number(process.argv[2] ?? 1000) * 1000)
const layout = process.argv[3] ?? 'shards'

const folder = mkdtempSync(join(tmpdir(), 'malmoi-dvc-'))
const data = join(folder, 'data')

function run(command: string, ...args: string[]): string {
  const env = { ...process.env, DVC_NO_ANALYTICS: '1' }
  return execFileSync(command, args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 30 })
}

/** Seconds of the clock and of the processor. */
function timed(work: () => void): string {
  const [clock, processor] = [performance.now(), childrenSeconds()]
  work()
  const seconds = ((performance.now() - clock) / 1000).toFixed(1)
  return `${seconds} s (processor ${(childrenSeconds() - processor).toFixed(1)} s)`
}

const line = (document: Document) => `${JSON.stringify(document)}\n`
const shardOf = (number: number) => number % SHARDS

/** All documents as they stand after a night, in the shards that hold something new or revised. */
function writeShards(night: number): void {
  const touched = new Set([...changedOn(history, night)].map(shardOf))
  for (const shard of touched) {
    const lines: string[] = []
    for (let number = shard; number < documentsBy(history, night); number += SHARDS)
      lines.push(line(documentOf(history, number, night)))
    writeFileSync(join(data, `part-${String(shard).padStart(3, '0')}.jsonl`), lines.join(''))
  }
}

function writeDocuments(night: number): void {
  for (const number of changedOn(history, night)) {
    const document = documentOf(history, number, night)
    const place = join(data, String(shardOf(number)))
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, `${document.id}.json`), line(document))
  }
}

const diskUsage = (path: string) => Number(run('du', '-s', '--block-size=1', path).split('\t')[0]) / 1e6

function night(number: number): void {
  if (layout === 'documents') writeDocuments(number)
  else writeShards(number)
  const cost = timed(() => {
    run(dvc, 'add', '--quiet', 'data')
    run('git', 'add', '-A')
    run('git', 'commit', '--quiet', '--message', `night ${number}`)
  })
  const stored = diskUsage(join(folder, '.dvc/cache')).toFixed(0)
  console.log(`night ${number}: add and commit ${cost}, cache ${stored} MB, data ${diskUsage(data).toFixed(0)} MB`)
}

try {
  mkdirSync(data)
  run('git', 'init', '--quiet')
  run('git', 'config', 'user.name', 'bench')
  run('git', 'config', 'user.email', 'bench@localhost')
  run(dvc, 'init', '--quiet')
  console.log(`${history.documents} documents as ${layout}, DVC ${run(dvc, '--version').trim()}`)
  for (let number = 1; number <= NIGHTS + 1; number++) night(number)
  let changed = 0
  const diff = timed(() => {
    const found = JSON.parse(run(dvc, 'diff', '--json', 'HEAD~1', 'HEAD'))
    changed = found.modified.length + found.added.length
  })
  console.log(`diff of the last two nights: ${diff}, ${changed} files`)
  const back = timed(() => {
    run('git', 'checkout', '--quiet', 'HEAD~15')
    run(dvc, 'checkout', '--quiet')
  })
  console.log(`checkout of fifteen nights ago: ${back}`)
  const forth = timed(() => {
    run('git', 'checkout', '--quiet', '-')
    run(dvc, 'checkout', '--quiet')
  })
  console.log(`checkout of the latest: ${forth}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
