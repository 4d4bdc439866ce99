/** What a person should know who trains, or uses what was trained, on a version of which documents were taken down. */
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import { checkpointMarks, takenDownByVersion } from '../store/takedown/affected.ts'
import type { Call } from './verb.ts'

/** Says how many documents a version has lost; gives their number. */
export async function noteTakenDown(call: Pick<Call, 'note'>, db: Kysely<Database>, version: string): Promise<number> {
  const documents = (await takenDownByVersion(db)).get(version) ?? 0
  if (documents > 0)
    call.note(
      `warning: ${documents} documents of ${version} were taken down; their tokens are masked, and take no part in the loss`,
    )
  return documents
}

/** Says which takedowns came after a checkpoint had learned from what they removed; gives their numbers. */
export async function noteMarks(
  call: Pick<Call, 'note'>,
  db: Kysely<Database>,
  checkpoint: string,
): Promise<readonly number[]> {
  const marks = await checkpointMarks(db, checkpoint)
  for (const { takedown, at } of marks)
    call.note(
      `warning: checkpoint ${checkpoint.slice(0, 12)} learned from texts that takedown ${takedown} of ${at.toISOString().slice(0, 10)} removed; train again to be without them`,
    )
  return marks.map(({ takedown }) => takedown)
}
