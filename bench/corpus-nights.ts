/** The nights of the benchmark's history, each by the real command in a process of its own, with what it cost by stage. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { changedOn, documentOf, type History, nightDate, SOURCES, sourceOf } from './corpus-documents.ts'
import { type Cost, type Given, measured } from './corpus-processes.ts'

export interface Night extends Cost {
  readonly night: number
  /** Records in the night's files. */
  readonly records: number
  readonly version: string
  readonly digest: string
  /** Seconds by stage, which may run beside each other. */
  readonly stages: Readonly<Record<string, number>>
}

interface RunOutput {
  readonly version: string
  readonly versionDigest: string
  readonly executed: readonly { readonly stage: string; readonly seconds: number }[]
}

export function writeConfig(folder: string): void {
  const sources = SOURCES.map(({ name, licence }) => ({ name, kind: 'files', path: `inbox/${name}.jsonl`, licence }))
  mkdirSync(join(folder, 'inbox'), { recursive: true })
  writeFileSync(
    join(folder, 'malmoi.config.ts'),
    `export default ${JSON.stringify({ sources, datasets: { all: {} } }, null, 2)}\n`,
  )
}

/** Writes what is new or revised on a night to the files of the sources, and tells how many records that is. */
export function writeNight(folder: string, history: History, night: number): number {
  const lines = new Map<string, string[]>(SOURCES.map(({ name }) => [name, []]))
  let records = 0
  for (const number of changedOn(history, night)) {
    lines.get(sourceOf(number))?.push(`${JSON.stringify(documentOf(history, number, night))}\n`)
    records++
  }
  for (const [name, own] of lines) writeFileSync(join(folder, 'inbox', `${name}.jsonl`), own.join(''))
  return records
}

/** Runs one night until its version is frozen. */
export async function runNight(given: Given, history: History, night: number): Promise<Night> {
  const records = writeNight(given.folder, history, night)
  const { stdout, ...cost } = await measured(given, 'run', 'snapshot', '--night', nightDate(night), '--json')
  const output: RunOutput = JSON.parse(stdout)
  const stages: Record<string, number> = {}
  for (const { stage, seconds } of output.executed) stages[stage] = (stages[stage] ?? 0) + seconds
  return { ...cost, night, records, version: output.version, digest: output.versionDigest, stages }
}

/** One line for a person who watches. */
export function describeNight({ night, records, wall, node, postgres, peak, last, version, stages }: Night): string {
  const spent = Object.entries(stages).map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)}`)
  const cost = `${wall.toFixed(1)} s, processor ${node.toFixed(1)} + ${postgres.toFixed(1)} s, ${peak.toFixed(0)} MB`
  return `night ${night} → ${version}: ${records} records, ${cost} (${spent.join(', ')}, frozen in ${last.toFixed(1)})`
}
