/** What a stage is to the executor: a name, a config, inputs by digest, one output artifact. */
import type { Transaction } from 'kysely'
import type { Connection } from '../store/connect.ts'
import type { Objects } from '../store/objects.ts'
import type { Database } from '../store/schema.ts'
import type { Artifact, Digest } from './contract.ts'

/**
 * A step of the plan. Its output is a pure function of code, config and inputs.
 * `Outside` says where bytes are found (a batch's row, a file): it must not change what comes out.
 */
export interface Stage<Config extends object, Outside = null> {
  readonly name: StageName
  /** The adapter's own URL: the code version is computed from what it imports. */
  readonly adapter: URL
  /**
   * For a stage that decides of documents one by one: what it made before of the same subject by the same code is handed
   * to it. `differs` is the part of the config that may have been another, as a path of names.
   */
  readonly memo?: { readonly differs: readonly string[] }
  run(work: StageWork<Config, Outside>): Promise<StageResult>
}

export const STAGES = [
  'crawl',
  'extract',
  'clean',
  'contamination',
  'signatures',
  'dedupe',
  'snapshot',
  'tokenizer',
  'shards',
  'trainingSet',
  'train',
  'evaluate',
] as const
export type StageName = (typeof STAGES)[number]

export interface StageWork<Config, Outside> extends StageContext {
  readonly config: Config
  readonly inputs: readonly Artifact[]
  readonly outside: Outside
}

export interface StageContext {
  readonly connection: Connection
  readonly objects: Objects
  /** The workspace's `.malmoi`. */
  readonly folder: string
  readonly key: Digest
  readonly code: Digest
  /** What the same code made of this subject before; only where the stage has a memo. */
  readonly before: Artifact | null
  /** A folder of this key, kept across attempts: what an interrupted attempt left is found again. */
  readonly scratch: string
  /** The digest that this work has on record, where what it made before was lost. */
  readonly recorded: Digest | undefined
  readonly signal: AbortSignal
  /** Applies an exported function of a module to each item on worker threads; results come in the items' order. */
  map<Item, Result>(task: Task, items: AsyncIterable<Item> | Iterable<Item>): AsyncIterable<Result>
  progress(done: number, of: number | null, note?: string): void
}

/** A function to run on a worker thread: its module and its exported name. */
export interface Task {
  readonly module: string
  readonly name: string
}

export interface StageResult {
  readonly artifact: Artifact
  /** The stage's own rows, written in the transaction that marks the run as done; the artifact by its name on record. */
  readonly record?: (trx: Transaction<Database>, digest: Digest) => Promise<void>
}
