/**
 * Executes one stage: skips it when its key is done, otherwise runs it and records the run whatever happens.
 * The key is SHA-256 over stage, code version, canonical config and input digests; the same key never runs twice.
 * What the stages are and how they follow each other is plan.ts's.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import PQueue from 'p-queue'
import type { Meter } from '../crawler/meter.ts'
import type { Connection } from '../store/connect.ts'
import type { Objects } from '../store/objects.ts'
import {
  beginRun,
  completeRun,
  doneArtifact,
  earlierOutput,
  failRun,
  findArtifact,
  locked,
  setAside,
} from '../store/runs.ts'
import { createCodeVersions } from './code-version.ts'
import { type Artifact, type Digest, FailedError } from './contract.ts'
import { canonicalJson, digestOf } from './digest.ts'
import type { Executor } from './executors/local.ts'
import type { Stage } from './stage.ts'

/** Each holds a connection for its lock; what is parallel inside a stage is on worker threads. */
const STAGES_AT_ONCE = 8

export interface Execution {
  readonly stage: string
  readonly key: Digest
  readonly seconds: number
}

/** What a person sees while stages run. */
export interface Reporter {
  begin(stage: string, subject: string): StageReporter
}
export interface StageReporter {
  progress(done: number, of: number | null, note?: string): void
  /** What a crawl did so far, after each settled entry. */
  crawled(meter: Meter): void
  end(outcome: 'done' | 'failed', note: string): void
}

export interface ExecuteDeps {
  readonly connection: Connection
  readonly objects: Objects
  readonly folder: string
  readonly executor: Executor
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** Null where the environment names none. */
  readonly pseudonymKey: string | null
}

export interface Request<Config extends object, Outside> {
  readonly subject: string
  readonly config: Config
  readonly inputs: readonly Artifact[]
  readonly outside: Outside
  /** The digest recorded for this work before: stored artifacts are used, and what is rebuilt must equal it. */
  readonly expected?: Digest | undefined
}

export interface Stages {
  run<Config extends object, Outside>(
    stage: Stage<Config, Outside>,
    request: Request<Config, Outside>,
  ): Promise<Artifact>
  codeOf(adapter: URL): Digest
  readonly executed: Execution[]
  skipped(): number
}

export function createStages(deps: ExecuteDeps): Stages {
  const { connection, objects, executor } = deps
  const codeOf = createCodeVersions(join(deps.folder, 'cache', 'modules.json'))
  const queue = new PQueue({ concurrency: Math.min(executor.workers, STAGES_AT_ONCE) })
  const executed: Execution[] = []
  let skipped = 0

  async function run<Config extends object, Outside>(
    stage: Stage<Config, Outside>,
    request: Request<Config, Outside>,
  ): Promise<Artifact> {
    const code = codeOf(stage.adapter)
    const inputs = request.inputs.map((input) => input.digest)
    const key = digestOf(stage.name, code, canonicalJson(request.config), ...inputs)
    const ready = await usable(key, request.expected)
    if (ready) {
      skipped++
      return ready
    }
    return queue.add(() =>
      locked(connection, `run ${key}`, async () => {
        // Another process may have finished it while we waited for the lock.
        const finished = await usable(key, request.expected)
        if (finished) {
          skipped++
          return finished
        }
        return attempt(stage, request, key, code)
      }),
    )
  }

  /** The artifact already there for this work, with all its parts; null where it must be made. */
  async function usable(key: Digest, expected: Digest | undefined): Promise<Artifact | null> {
    return stored(expected ? await findArtifact(connection.db, expected) : await doneArtifact(connection.db, key))
  }

  /** The artifact where it is there with all its parts, else null. */
  async function stored(artifact: Artifact | null): Promise<Artifact | null> {
    if (!artifact) return null
    const there = await Promise.all([artifact.digest, ...artifact.parts].map(objects.has))
    return there.every(Boolean) ? artifact : null
  }

  async function attempt<Config extends object, Outside>(
    stage: Stage<Config, Outside>,
    request: Request<Config, Outside>,
    key: Digest,
    code: Digest,
  ): Promise<Artifact> {
    deps.signal.throwIfAborted()
    const { db } = connection
    const lost = await doneArtifact(db, key)
    if (lost) await setAside(db, key)
    const expected = request.expected ?? lost?.digest
    const inputs = request.inputs.map((input) => input.digest)
    const id = await beginRun(db, {
      key,
      stage: stage.name,
      subject: request.subject,
      config: request.config,
      code,
      inputs,
    })
    const report = deps.reporter.begin(stage.name, request.subject)
    const started = performance.now()
    const scratch = join(deps.folder, 'scratch', key.slice(0, 32))
    try {
      await mkdir(scratch, { recursive: true })
      const result = await stage.run({
        config: request.config,
        inputs: request.inputs,
        outside: request.outside,
        connection,
        objects,
        folder: deps.folder,
        key,
        code,
        before: stage.memo ? await stored(await earlierOutput(db, { stage, ...request, code })) : null,
        scratch,
        recorded: expected,
        signal: deps.signal,
        map: executor.map,
        progress: report.progress,
      })
      const artifact = await named(result.artifact, expected, stage.name, request)
      await db.transaction().execute(async (trx) => {
        await result.record?.(trx, artifact.digest)
        await completeRun(trx, id, artifact)
      })
      await rm(scratch, { recursive: true, force: true })
      const seconds = (performance.now() - started) / 1000
      executed.push({ stage: stage.name, key, seconds: Math.round(seconds * 1000) / 1000 })
      report.end('done', describe(artifact))
      return artifact
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      await failRun(db, id, deps.signal.aborted ? 'interrupted' : 'failed', message)
      report.end('failed', message)
      throw error
    }
  }

  /**
   * What was made, by the name on record where it has one: what was taken down since stands under its old name.
   * @throws FailedError where it is something else than what is on record
   */
  async function named(
    artifact: Artifact,
    expected: Digest | undefined,
    stage: string,
    { subject, inputs }: Pick<Request<object, unknown>, 'subject' | 'inputs'>,
  ): Promise<Artifact> {
    if (expected === undefined || artifact.digest === expected) return artifact
    if (objects.resolve(artifact.digest) === objects.resolve(expected)) {
      return (await findArtifact(connection.db, expected)) ?? { ...artifact, digest: expected }
    }
    const takenDown = inputs.some(({ digest }) => objects.resolve(digest) !== digest)
    throw new FailedError(
      `${stage} of ${subject} was rebuilt as ${artifact.digest}, but ${expected} is on record`,
      takenDown
        ? 'texts that it was made of were taken down since: restore the object from a backup, or build a new version with `malmoi run`'
        : 'its code or libraries changed since: check out the version that built it, or build a new version with `malmoi run`',
    )
  }

  return { run, codeOf, executed, skipped: () => skipped }
}

/** The numbers of an artifact's meta, for the line a person reads. */
function describe(artifact: Artifact): string {
  const meta = artifact.meta
  if (meta === null || typeof meta !== 'object' || Array.isArray(meta)) return ''
  return Object.entries(meta)
    .filter(([, value]) => typeof value === 'number' || typeof value === 'string')
    .map(([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : value}`)
    .join(', ')
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toPrecision(4)
}
