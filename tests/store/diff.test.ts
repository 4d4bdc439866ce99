/** Versions compared: each change once, with the last cause, in sums that add up; the same by hand, and after pruning. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { FailedError } from '../../pipeline/contract.ts'
import { sha256 } from '../../pipeline/digest.ts'
import type { Change } from '../../store/answers.ts'
import { diffCounts, diffVersions } from '../../store/diff.ts'
import { diffStatement } from '../../store/diff-sql.ts'
import { memberTexts } from '../../store/member-text.ts'
import { keptVersions, pruneVersions } from '../../store/prune.ts'
import { setTag } from '../../store/tags.ts'
import { resolveVersion, type VersionRow } from '../../store/versions.ts'
import {
  DATASET,
  DOCUMENTS,
  type Held,
  type ModelVersion,
  openHistory,
  REVISIONS,
  sameHeld,
  sourceOf,
  textOf,
  urlOf,
  writeHistory,
} from '../support/history.ts'

let history: Awaited<ReturnType<typeof openHistory>>
before(async () => {
  history = await openHistory()
})
after(() => history.close())

const held = fc.record({ revision: fc.nat(REVISIONS - 1), omitted: fc.boolean() })
const state = fc.record({
  held: fc.option(held, { freq: 2 }),
  cause: fc.constantFrom('crawled', 'revised', 'rejected', 'accepted', 'gone', 'cap'),
})
const version: fc.Arbitrary<ModelVersion> = fc.array(state, { minLength: DOCUMENTS, maxLength: DOCUMENTS })
const versions = fc.array(version, { minLength: 2, maxLength: 6 })

const named = (number: number) => resolveVersion(history.connection.db, `${DATASET}@${number}`)
const changesOf = (from: VersionRow, to: VersionRow) => Array.fromAsync(diffVersions(history.connection.db, from, to))

/** By the definition: what differs at the ends, with the cause of the last step that made a difference. */
function expected(model: readonly ModelVersion[], from: number, to: number): readonly Change[] {
  const [older, newer] = [Math.min(from, to), Math.max(from, to)]
  const at = (number: number, document: number): Held | null => model[number - 1]?.[document]?.held ?? null
  const changes = Array.from({ length: DOCUMENTS }, (_, document): Change | null => {
    const [before, after] = [at(from, document), at(to, document)]
    if (sameHeld(before, after)) return null
    const steps = Array.from({ length: newer - older }, (_, step) => older + 1 + step)
    const last = steps.findLast((step) => !sameHeld(at(step - 1, document), at(step, document)))
    const digest = (state: Held | null) => (state ? sha256(textOf(document, state)) : null)
    const bytes = (state: Held | null) => (state ? Buffer.byteLength(textOf(document, state)) : null)
    return {
      change: before === null ? 'added' : after === null ? 'removed' : 'changed',
      cause: model[(last ?? 0) - 1]?.[document]?.cause ?? '',
      source: sourceOf(document),
      url: urlOf(document),
      from: digest(before),
      to: digest(after),
      bytes: { from: bytes(before), to: bytes(after) },
      detail: null,
    }
  })
  const place = ({ change, source, url }: Change) => `${change} ${source} ${url}`
  return changes.filter((change) => change !== null).toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}

test('any two versions differ by what the definition says, forwards and backwards, and it adds up', async () => {
  await fc.assert(
    fc.asyncProperty(versions, fc.nat(), fc.nat(), async (model, first, second) => {
      await writeHistory(history.connection, model)
      const [from, to] = [await named((first % model.length) + 1), await named((second % model.length) + 1)]
      const changes = await changesOf(from, to)
      assert.deepEqual(
        changes.map((change) => ({ ...change, detail: null })),
        expected(model, from.number, to.number),
      )
      const { counts, sums } = await diffCounts(history.connection.db, from, to)
      assert.equal(
        counts.reduce((sum, { documents }) => sum + documents, 0),
        changes.length,
      )
      assert.equal(from.documents + sums.added - sums.removed, to.documents)
      assert.equal(from.bytes + sums.bytes, to.bytes)
    }),
    { numRuns: 60 },
  )
})

test('the statement for psql gives the same rows, whatever the name of the dataset', async () => {
  await fc.assert(
    fc.asyncProperty(versions, fc.nat(), fc.nat(), async (model, first, second) => {
      await writeHistory(history.connection, model)
      const [from, to] = [await named((first % model.length) + 1), await named((second % model.length) + 1)]
      const { rows } = await sql.raw<object>(diffStatement(from, to)).execute(history.connection.db)
      const changes = await changesOf(from, to)
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        changes.map(({ bytes, detail: _, ...change }) => ({ ...change, bytes_from: bytes.from, bytes_to: bytes.to })),
      )
    }),
    { numRuns: 40 },
  )
})

test('changes that do not add up are an error', async () => {
  const all = (revision: number): ModelVersion =>
    Array.from({ length: DOCUMENTS }, () => ({ held: { revision, omitted: false }, cause: 'crawled' }))
  const [first = [], second = []] = [all(0), all(1)]
  await writeHistory(history.connection, [first.with(0, { held: null, cause: '' }), second])
  const { db } = history.connection
  await sql`delete from member where added = 2 and document_id = (select min(document_id) from member)`.execute(db)
  const [from, to] = [await named(1), await named(2)]
  await assert.rejects(
    changesOf(from, to),
    (error) => error instanceof FailedError && /do not add up/.test(error.message),
  )
  await assert.rejects(diffCounts(db, from, to), FailedError)
})

test('a document whose text was taken down since is still told of, and counted', async () => {
  const { db } = history.connection
  const [state, gone] = [
    { revision: 0, omitted: false },
    { held: null, cause: 'takedown' },
  ]
  const all: ModelVersion = Array.from({ length: DOCUMENTS }, () => ({ held: state, cause: 'crawled' }))
  await writeHistory(history.connection, [all, all.with(0, gone)])
  const [from, to] = [await named(1), await named(2)]
  const [told] = await changesOf(from, to)
  const trx = await db.startTransaction().execute()
  try {
    await sql`delete from text using member where text.id = member.text_id and removed = 2`.execute(trx)
    const rows = (await sql.raw<object>(diffStatement(from, to)).execute(trx)).rows
    assert.equal(rows.length, 1)
    assert.deepEqual(await memberTexts(trx, from, [urlOf(0)]), [{ source: sourceOf(0), url: urlOf(0), text: null }])
    assert.deepEqual([told?.change, told?.cause, told?.from], ['removed', 'takedown', sha256(textOf(0, state))])
    assert.equal((await diffCounts(trx, from, to)).sums.removed, 1)
  } finally {
    await trx.rollback().execute()
  }
})

test('versions that stay hold after pruning what they held, and differ by the same; numbers stay', async () => {
  const rule = fc.integer({ min: 1, max: 4 })
  await fc.assert(
    fc.asyncProperty(versions, rule, fc.nat(), async (model, kept, tagged) => {
      const { db } = history.connection
      await writeHistory(history.connection, model)
      const tag = (tagged % model.length) + 1
      await setTag(db, { dataset: DATASET, tag: '논문', number: tag, pinned: false }, false)
      const stays = (await keptVersions(db, DATASET, { versions: kept })).filter(({ because }) => because !== null)
      const numbers = stays.map(({ number }) => number)
      assert.ok(numbers.includes(model.length) && numbers.includes(tag))
      const { versions: gone } = await pruneVersions(db, DATASET, { versions: kept })
      assert.equal(gone.length, model.length - numbers.length)
      for (const number of numbers) {
        const found = await memberTexts(
          db,
          await named(number),
          Array.from({ length: DOCUMENTS }, (_, each) => urlOf(each)),
        )
        const texts = model[number - 1]?.flatMap(({ held: state }, document) =>
          state ? [{ source: sourceOf(document), url: urlOf(document), text: textOf(document, state) }] : [],
        )
        assert.deepEqual(found.toSorted(byUrl), texts?.toSorted(byUrl))
      }
      const [from, to] = [await named(numbers[0] ?? 0), await named(numbers.at(-1) ?? 0)]
      const ends = ({ change, url, from: old, to: fresh }: Change) => ({ change, url, old, fresh })
      assert.deepEqual((await changesOf(from, to)).map(ends), expected(model, from.number, to.number).map(ends))
      const lost =
        await sql`select from member where not exists (select from version where version.dataset = member.dataset
        and number >= added and (removed is null or number < removed))`.execute(db)
      assert.equal(lost.rows.length, 0)
    }),
    { numRuns: 60 },
  )
})

test('a version stays for a checkpoint, an export, a tokenizer or a tag, and by days while it is young', async () => {
  const { db } = history.connection
  const empty: ModelVersion = []
  await writeHistory(history.connection, Array(7).fill(empty))
  await sql`update version set digest = 'digest ' || number, frozen_at = now() - make_interval(days => 10 * (7 - number))`.execute(
    db,
  )
  await sql`insert into training_set select 'set ' || number, digest, '', 0, 0 from version where number <= 2`.execute(
    db,
  )
  await sql`insert into checkpoint values ('checkpoint', 'set 1', 1, '{}')`.execute(db)
  await sql`insert into tokenizer values (${DATASET}, 'recipe', 'tokenizer', 'digest 3')`.execute(db)
  await sql`insert into export (dataset, number, path, options, manifest) values (${DATASET}, 4, '/out', '{}', '')`.execute(
    db,
  )
  await setTag(db, { dataset: DATASET, tag: 'paper', number: 5, pinned: true }, false)
  const because = async (rule: Parameters<typeof keptVersions>[2]) =>
    (await keptVersions(db, DATASET, rule)).map((each) => each.because)
  const held = ['checkpoint checkpoint', null, 'tokenizer tokenizer', 'export /out', 'tag paper']
  assert.deepEqual(await because({ versions: 1 }), [...held, null, 'the latest'])
  assert.deepEqual(await because({ days: 15 }), [...held, 'within the rule', 'the latest'])
  assert.deepEqual(await because({ days: 25 }), [
    ...held.slice(0, 4),
    'within the rule',
    'within the rule',
    'the latest',
  ])
})

const byUrl = (a: { readonly url: string }, b: { readonly url: string }) => (a.url < b.url ? -1 : 1)
