/** One of two writers at the store: what a build writes of a round, over a connection of its own, and what came of both. */
import assert from 'node:assert/strict'
import { type Kysely, sql } from 'kysely'
import { sha256 } from '../../pipeline/digest.ts'
import { addRevisions, addVerdicts, cleaningId } from '../../store/documents.ts'
import { freezeVersion } from '../../store/freeze.ts'
import { openFrontier } from '../../store/frontier.ts'
import type { Database } from '../../store/schema.ts'
import { indexTexts } from '../../store/search/index-texts.ts'
import { decodePlaces } from '../../store/search/places.ts'
import { listVersions, type VersionRow } from '../../store/versions.ts'
import {
  bytesOf,
  changesBetween,
  digestOfHeld,
  type Held,
  heldOf,
  REJECTED,
  type Round,
  revisionLines,
  type Side,
  SOURCES,
  verdictLines,
  type Wordings,
} from './shared-store.ts'

export interface Writer {
  readonly db: Kysely<Database>
  readonly name: string
  readonly folder: string
  /** The source it crawls; it reads this one first. */
  readonly own: Side
  /** Reads texts of documents that the other one leaves out. */
  readonly readsMore: boolean
}

const MEASURES = ['wording']

export function cleaningOf(db: Kysely<Database>, name: string): Promise<number> {
  return cleaningId(db, { digest: sha256(name), code: sha256('code'), config: { rules: {} }, measures: MEASURES })
}

/** Links of a crawl to hosts that the other crawl links to as well, in its own order. */
export async function crawlLinks({ db, own, folder }: Writer, round: Round, number: number): Promise<void> {
  const { batch } = round[own]
  const frontier = await openFrontier(db, batch, { folder, warcinfo: () => Buffer.alloc(0), maxVariants: 1_000 })
  const hosts = Array.from({ length: 30 }, (_, host) => `https://host-${number}-${host}.example/`)
  const links = (own === 'left' ? hosts : hosts.toReversed()).map((url) => ({
    ...({ key: url, url, depth: 0, hops: 0, priority: 1, lastmod: null, form: null } as const),
  }))
  await frontier.add(links)
  await frontier.close()
}

/** Revisions, verdicts, texts and postings of both batches, both at once, as a plan has stages of batches side by side. */
export async function writeRound(writer: Writer, round: Round): Promise<void> {
  const sides = writer.own === 'left' ? SOURCES : SOURCES.toReversed()
  await Promise.all(
    sides.map(async (side) => {
      const { batch, said, extra } = round[side]
      const lines = writer.readsMore ? new Map([...extra, ...said]) : said
      const extraction = sha256(`${writer.name} ${side} ${batch.night}`)
      await writer.db
        .transaction()
        .execute((trx) => addRevisions(trx, batch.id, extraction, asynchronous(revisionLines(side, lines))))
      await judge(writer, side, lines, 'the datasets’ cleaning', REJECTED)
    }),
  )
}

/** Judges the whole source anew under another cleaning, as from two batches that have some revisions in common. */
export async function judgeAgain(writer: Writer, round: Round, cleaning: string): Promise<void> {
  await cleaningOf(writer.db, cleaning)
  await Promise.all(
    SOURCES.flatMap((side) => {
      const { said, extra } = round[side]
      return [said, new Map([...extra, ...said])].map((lines) => judge(writer, side, lines, cleaning, WORST))
    }),
  )
}

/** No wording is accepted. */
const WORST = 99

async function judge({ db }: Writer, side: Side, lines: Wordings, cleaning: string, rejected: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const id = await cleaningOf(trx, cleaning)
    await indexTexts(
      trx,
      addVerdicts(trx, { id, measures: MEASURES }, asynchronous(verdictLines(side, lines, rejected))),
    )
  })
}

export async function* asynchronous<Value>(values: Iterable<Value>): AsyncIterable<Value> {
  yield* values
}

/** What is known of frozen versions by their digest: what they hold. */
export type HeldByDigest = Map<string, Held>

export interface Nights {
  readonly left: readonly Round[]
  readonly right: readonly Round[]
}

/** Freezes what the writer has seen, and where that is stale all there is; gives the version, and whether it was stale. */
export async function freezeSeen(
  { db }: Writer,
  dataset: string,
  known: HeldByDigest,
  views: readonly Nights[],
): Promise<{ readonly version: VersionRow; readonly stale: boolean }> {
  for (const [attempt, nights] of views.entries()) {
    const version = await freezeNights(db, dataset, known, nights)
    if (version) return { version, stale: attempt > 0 }
  }
  throw new Error(`${dataset} was stale with all there is`)
}

async function freezeNights(
  db: Kysely<Database>,
  dataset: string,
  known: HeldByDigest,
  nights: Nights,
): Promise<VersionRow | null> {
  const empty: Wordings = new Map()
  const held = heldOf(nights.left.at(-1)?.left.state ?? empty, nights.right.at(-1)?.right.state ?? empty)
  const digest = digestOfHeld(held)
  known.set(digest, held)
  const batches = SOURCES.flatMap((source) =>
    nights[source].map((round) => ({
      ...{ source, night: round[source].batch.night, extract: digest, clean: digest, signatures: digest },
    })),
  )
  const rules = { droppedSets: [], licences: null }
  return freezeVersion(db, {
    ...{ dataset, digest, batches, dedupe: digest, recipe: { sources: [...SOURCES] } },
    cleaningId: await cleaningOf(db, 'the datasets’ cleaning'),
    causes: { ...rules, before: () => ({ ...rules, sources: [...SOURCES] }) },
    changes: (parent) => changesBetween(parent ? heldBy(known, parent) : new Map(), held, batches[0]?.night ?? ''),
  })
}

function heldBy(known: HeldByDigest, { dataset, number, digest }: VersionRow): Held {
  const held = known.get(digest)
  if (held) return held
  throw new Error(`nobody froze ${dataset}@${number}`)
}

/** A linear history whose last version holds every document once, as its sums say. */
export async function checkDataset(db: Kysely<Database>, dataset: string, held: Held): Promise<number> {
  const versions = await listVersions(db, dataset)
  assert.deepEqual(
    versions.map(({ number, parent }) => [number, parent]),
    versions.map((_, index) => [index + 1, index === 0 ? null : index]),
  )
  const { rows } = await sql<{ name: string; revision: string; bytes: number }>`
    select source.name || ' ' || document.key as name, encode(revision.digest, 'hex') as revision, member.bytes
    from member join document on document.id = document_id join source on source.id = document.source_id
    join revision on revision.id = revision_id join text on text.id = text_id and text.revision_id = revision.id
    where dataset = ${dataset} and removed is null`.execute(db)
  const order = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
  const expected = [...held].map(([name, said]) => ({ name, ...said }))
  const lines = [...verdictLinesOf(expected)]
  assert.deepEqual(rows.toSorted(order), lines.toSorted(order))
  const last = versions.at(-1)
  assert.equal(last?.digest, digestOfHeld(held))
  assert.equal(last?.documents, rows.length)
  assert.equal(
    last?.bytes,
    rows.reduce((sum, { bytes }) => sum + bytes, 0),
  )
  return versions.length
}

function* verdictLinesOf(expected: readonly ({ readonly name: string } & Parameters<typeof bytesOf>[0])[]) {
  for (const { name, side, key, wording } of expected) {
    const [line] = verdictLines(side, new Map([[key, wording]]))
    yield { name, revision: line?.revision, bytes: bytesOf({ side, key, wording }) }
  }
}

/** Every text is in the search index once; the server counted no deadlock. */
export async function checkIndex(db: Kysely<Database>): Promise<number> {
  const { rows: texts } = await sql<{ id: number }>`select id from text order by id`.execute(db)
  const segments = await db.selectFrom('search_segment').selectAll().execute()
  const postings = await db.selectFrom('search_posting').selectAll().execute()
  const found: number[] = []
  for (const { id, first, texts: counted } of segments) {
    const own = postings.filter((posting) => posting.segment_id === id)
    const places = new Set(own.flatMap((posting) => [...decodePlaces(posting.places, posting.texts)]))
    assert.equal(places.size, counted)
    for (const place of places) found.push(first + place)
  }
  assert.deepEqual(
    found.toSorted((a, b) => a - b),
    texts.map(({ id }) => id),
  )
  return texts.length
}

export async function deadlocks(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(db)
  return rows[0]?.deadlocks ?? 0
}
