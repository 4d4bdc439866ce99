/** Verdicts on the same revisions, written by two at once: whoever comes second waits, and neither waits for the other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { addRevisions, addVerdicts, type VerdictLine } from '../../store/documents.ts'
import { testDatabase } from '../support/database.ts'
import { captureKeys, revisionLines, verdictLines, type Wordings } from '../support/shared-store.ts'
import { asynchronous, cleaningOf } from '../support/store-writer.ts'

/** Lines of one statement. */
const STATEMENT = 500

const connection = testDatabase('documents')

test('two batches that share documents in other statements, read first in another order, are judged at once', async () => {
  const { db } = connection()
  const rejected = (keys: readonly string[]): Wordings => new Map(keys.map((key) => [key, 0]))
  const between = Array.from({ length: STATEMENT }, (_, index) => `n${String(index).padStart(4, '0')}`)
  const all = ['a', ...between, 'z']
  const { id: batch } = await captureKeys(db, 'left', 0, all)
  for (const keys of [['z'], all])
    await db
      .transaction()
      .execute((trx) =>
        addRevisions(trx, batch, String(keys.length), asynchronous(revisionLines('left', rejected(keys)))),
      )
  const cleaning = { id: await cleaningOf(db, 'both'), measures: ['wording'] }
  const judge = (lines: AsyncIterable<VerdictLine>) =>
    db.transaction().execute((trx) => Array.fromAsync(addVerdicts(trx, cleaning, lines)))
  let other: Promise<unknown> = Promise.resolve()
  async function* withOtherBetween() {
    for (const [index, line] of [...verdictLines('left', rejected(all))].entries()) {
      if (index === STATEMENT) {
        other = judge(asynchronous(verdictLines('left', rejected(['a', 'z']))))
        await oneWaits()
      }
      yield line
    }
  }
  await judge(withOtherBetween())
  await other
  const { rows } = await sql<{ verdicts: number }>`select count(*) as verdicts from verdict`.execute(db)
  assert.equal(rows[0]?.verdicts, all.length)
})

/** Until a transaction waits for another one. */
async function oneWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql`select from pg_locks where not granted and locktype = 'transactionid'`.execute(
      connection().db,
    )
    if (rows.length === 1) return
  }
}
