/** Passages of evaluation sets in clean texts: rows that the story of a document and a version's causes are told from. */
import { sql, type Transaction } from 'kysely'
import type { Digest, Overlap } from '../pipeline/contract.ts'
import { chunks } from './documents.ts'
import type { Database } from './schema.ts'

interface Where {
  readonly cleaningId: number
  readonly sets: readonly { readonly name: string; readonly digest: Digest }[]
}

/** Adds the overlaps of a batch; those that are known from another version stay. */
export async function addOverlaps(
  trx: Transaction<Database>,
  { cleaningId, sets }: Where,
  lines: () => AsyncIterable<{ readonly revision: Digest; readonly overlaps: readonly Overlap[] }>,
): Promise<void> {
  const digests = new Map(sets.map(({ name, digest }) => [name, digest]))
  async function* rows() {
    for await (const { revision, overlaps } of lines()) {
      for (const [ord, { set, ...overlap }] of overlaps.entries())
        yield { revision, ord, name: set, evaluation_set: digests.get(set), ...overlap }
    }
  }
  for await (const chunk of chunks(rows())) {
    // In the order of the lines, as addVerdicts.
    const records = chunk.map((row, at) => ({ ...row, at }))
    await sql`
      insert into contamination (revision_id, cleaning_id, evaluation_set, ord, name, item, start, length, letters)
      select revision.id, ${cleaningId}::int, line.evaluation_set, line.ord, line.name, line.item, line.start,
        line.length, line.letters
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as line
        (at int, revision text, ord int, name text, evaluation_set text, item text, start int, length int, letters int)
      join revision on revision.digest = decode(line.revision, 'hex')
      order by line.at
      on conflict do nothing`.execute(trx)
  }
}
