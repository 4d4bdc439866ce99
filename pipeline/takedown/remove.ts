/**
 * Removes documents from the bytes: WARC records, artifacts of lines, shards. Every step may be done again, so that a
 * takedown that was killed is finished by beginning anew; what replaces an object is on record before the object goes.
 */
import type { Connection } from '../../store/connect.ts'
import type { Objects } from '../../store/objects.ts'
import { namesOf } from '../../store/takedown/find.ts'
import { configOf, recordRedaction, type Takedown } from '../../store/takedown/record.ts'
import type { Places } from '../../store/takedown/request.ts'
import { type DeduplicationConfig, FailedError } from '../contract.ts'
import { redactCapture } from './redact-captures.ts'
import { type Redaction, redactOverlaps, redactRevisions, redactVerdicts } from './redact-lines.ts'
import { redactTokens } from './redact-shard.ts'
import { redactSignatures, type SignaturesRedaction } from './redact-signatures.ts'

interface SignaturesConfig {
  readonly deduplication: DeduplicationConfig
}

export interface RemoveDeps {
  readonly connection: Connection
  readonly objects: Objects
  /** The workspace's `.malmoi`. */
  readonly folder: string
  /** One line for whoever waits. */
  readonly report: (line: string) => void
}

export async function removeBytes(deps: RemoveDeps, takedown: Takedown, documents: readonly number[]): Promise<void> {
  const { connection, folder, report } = deps
  const { id, places } = takedown
  const note = { takedown: id, date: takedown.begunAt.toISOString() }
  for (const { file, records } of places.warc) {
    report(`${file}: ${records.length} records`)
    for (const [offset, length] of records) await redactCapture(folder, { path: file, offset, length }, note)
  }
  const keys = new Set((await namesOf(connection.db, documents)).map(({ key }) => key))
  for (const artifact of places.artifacts) {
    report(`${artifact.stage} ${artifact.digest.slice(0, 12)}: ${artifact.documents} documents`)
    await replace(deps, id, await redactArtifact(deps, artifact, keys))
  }
  for (const { digest, ranges } of places.shards) {
    report(`shard ${digest.slice(0, 12)}: ${ranges.length} documents`)
    await replace(deps, id, await redactTokens(deps.objects, digest, rangesOf(ranges)))
  }
}

export function rangesOf(ranges: readonly (readonly [number, number])[]) {
  return ranges.map(([start, length]) => ({ start, length }))
}

/** Stores an artifact without the documents of these keys; null where it has none of them. */
export async function redactArtifact(
  { connection, objects }: RemoveDeps,
  { stage, digest }: Places['artifacts'][number],
  keys: ReadonlySet<string>,
): Promise<Redaction | SignaturesRedaction | null> {
  if (stage === 'extract') return redactRevisions(objects, digest, keys)
  if (stage === 'clean') return redactVerdicts(objects, digest, keys)
  if (stage === 'contamination') return redactOverlaps(objects, digest, keys)
  if (stage !== 'signatures') throw new FailedError(`no text is known in artifacts of ${stage}`)
  // The config of a run of this stage, as its adapter wrote it.
  const { deduplication } = (await configOf(connection.db, digest)) as unknown as SignaturesConfig
  return redactSignatures(objects, digest, keys, deduplication)
}

async function replace(
  { connection, objects }: RemoveDeps,
  takedown: number,
  redaction: Redaction | SignaturesRedaction | null,
): Promise<void> {
  if (redaction === null) return
  await recordRedaction(connection.db, takedown, redaction)
  await objects.redact(redaction.digest, redaction.replacement, takedown)
}
