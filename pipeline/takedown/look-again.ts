/** Looks at every place of a takedown again, and says where something is left. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { isTakedown } from '../../crawler/warc/takedown.ts'
import { namesOf } from '../../store/takedown/find.ts'
import { remainingRows } from '../../store/takedown/remains.ts'
import { countsOf, type Places } from '../../store/takedown/request.ts'
import type { Verification } from './attestation.ts'
import { redactTokens } from './redact-shard.ts'
import { type RemoveDeps, rangesOf, redactArtifact } from './remove.ts'

/** What is left of these documents in these places; `looked` counts the places. Changes nothing. */
export async function lookAgain(deps: RemoveDeps, places: Places, documents: readonly number[]): Promise<Verification> {
  const { connection, objects, folder } = deps
  const left = [...(await remainingRows(connection.db, documents))]
  for (const { file, records } of places.warc) {
    const kept = await recordsLeft(join(folder, file), records)
    if (kept > 0) left.push(`${file}: ${kept} records`)
  }
  const keys = new Set((await namesOf(connection.db, documents)).map(({ key }) => key))
  // What is redacted already gives no redaction.
  for (const artifact of places.artifacts)
    if ((await redactArtifact(deps, artifact, keys)) !== null) left.push(`${artifact.stage} ${artifact.digest}`)
  for (const { digest, ranges } of places.shards)
    if ((await redactTokens(objects, digest, rangesOf(ranges))) !== null) left.push(`shard ${digest}`)
  return { looked: countsOf(places), left }
}

async function recordsLeft(path: string, records: readonly (readonly [number, number])[]): Promise<number> {
  const handle = await open(path, 'r')
  try {
    let left = 0
    for (const [offset, length] of records) {
      const member = new Uint8Array(length)
      await handle.read(member, 0, length, offset)
      if (!isTakedown(member)) left++
    }
    return left
  } finally {
    await handle.close()
  }
}
