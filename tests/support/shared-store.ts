/**
 * A corpus that two writers work on, straight at the store: nights of two sources, made up, and what its datasets must
 * hold after each. Writes captures; what the writers write of them is two-writers.ts's.
 */
import { type Kysely, sql } from 'kysely'
import { type Random, randomStream } from '../../model/random.ts'
import type { RevisionLine } from '../../pipeline/contract.ts'
import type { Source } from '../../pipeline/crawl-contract.ts'
import { sha256 } from '../../pipeline/digest.ts'
import { type OpenBatch, openBatch } from '../../store/batches.ts'
import type { VerdictLine } from '../../store/documents.ts'
import type { ChangedDocument } from '../../store/freeze.ts'
import type { Database } from '../../store/schema.ts'

export const SOURCES = ['left', 'right'] as const
export type Side = (typeof SOURCES)[number]

/** More than two statements' worth of lines. */
const KEYS = 1_100
const FEW = 40
/** Every so many rounds a night has all documents. */
const WIDE_EVERY = 25
/** Documents of which one writer alone reads texts, so that its statements begin and end elsewhere. */
const MOST_EXTRA = 450
const WORDINGS = 6
/** Of the wordings the first ones are rejected. */
export const REJECTED = 2

/** Wordings by key, sorted. */
export type Wordings = ReadonlyMap<string, number>

export interface SharedNight {
  readonly batch: OpenBatch
  readonly said: Wordings
  readonly extra: Wordings
  /** Of all documents of the source, in the end of the night. */
  readonly state: Wordings
}

export type Round = Readonly<Record<Side, SharedNight>>

/** A night of both sources, captured and frozen. `before`: the round before. */
export async function captureRound(
  db: Kysely<Database>,
  seed: number,
  round: number,
  before: Round | null,
): Promise<Round> {
  const random = randomStream(seed, `round ${round}`)
  const [left, right] = [await night('left'), await night('right')]
  return { left, right }

  async function night(side: Side): Promise<SharedNight> {
    const wide = round % WIDE_EVERY === 0
    const said = wordings('k', wide ? KEYS : FEW, random, WORDINGS)
    const extra = wordings('a', wide ? 1 + Math.floor(random.uniform() * MOST_EXTRA) : 3, random, REJECTED)
    const batch = await captureKeys(db, side, round, [...extra.keys(), ...said.keys()])
    await sql`update batch set digest = ${sha256(`${side} ${round}`)}, frozen_at = now() where id = ${batch.id}`.execute(
      db,
    )
    return { batch, said, extra, state: new Map([...(before?.[side].state ?? []), ...said]) }
  }
}

/** `count` of the keys, sorted, each with a wording. */
function wordings(prefix: string, count: number, random: Random, among: number): Wordings {
  const keys = new Set<string>()
  while (keys.size < count) keys.add(`${prefix}${String(Math.floor(random.uniform() * KEYS)).padStart(4, '0')}`)
  return new Map([...keys].toSorted().map((key) => [key, Math.floor(random.uniform() * among)]))
}

const dayOf = (round: number): string => new Date(Date.UTC(2026, 0, 1 + round)).toISOString().slice(0, 10)

function sourceOf(name: Side): Source {
  return {
    ...{ name, kind: 'files', path: name, licence: 'CC0-1.0', terms: null, contact: null, include: [], exclude: [] },
    ...{ deletions: 'keep', maxBodyBytes: 1, format: null, fields: {}, records: null, manifest: null, baseUrl: null },
    snapshot: false,
  }
}

/** A batch of that day that captured these documents. */
export async function captureKeys(
  db: Kysely<Database>,
  side: Side,
  day: number,
  keys: readonly string[],
): Promise<OpenBatch> {
  const batch = await openBatch(db, sourceOf(side), dayOf(day))
  const { id, sourceId } = batch
  await sql`insert into document (source_id, key, first_batch_id) select ${sourceId}::int, unnest(${keys}::text[]), ${id}::int
    on conflict do nothing`.execute(db)
  await sql`insert into capture (batch_id, document_id, url, state, status, payload_bytes, fetched_at, robots_rule, record_id,
      warc_offset, warc_length)
    select ${id}::int, id, key, 'new', 200, 0, now(), '', '', 0, 0 from document
    where source_id = ${sourceId} and key = any(${keys}::text[])`.execute(db)
  return batch
}

export const revisionOf = (side: Side, key: string, wording: number): string => sha256(`${side} ${key} ${wording}`)
const textOf = (side: Side, key: string, wording: number): string => `${side} 쪽 ${key} 글의 ${wording}번째 판이다.`

export function* revisionLines(side: Side, wordingsOf: Wordings): Iterable<RevisionLine> {
  for (const [key, wording] of wordingsOf) {
    yield {
      ...{ key, url: key, payload: sha256(key), revision: revisionOf(side, key, wording), text: '', images: [] },
      ...{ title: null, author: null, published: null, modified: null, section: null, lang: 'ko', canonical: null },
      licence: null,
    }
  }
}

export function* verdictLines(side: Side, wordingsOf: Wordings, rejected = REJECTED): Iterable<VerdictLine> {
  for (const [key, wording] of wordingsOf) {
    const revision = revisionOf(side, key, wording)
    const text = textOf(side, key, wording)
    if (wording < rejected)
      yield {
        ...{ revision, text: null },
        verdict: { kept: false, rule: 'wording', value: wording, threshold: rejected, measures: { wording } },
      }
    else yield { revision, text: sha256(text), verdict: { kept: true, text, personal: [], measures: { wording } } }
  }
}

/** What a version holds: wordings by side and key. */
export type Held = ReadonlyMap<string, { readonly side: Side; readonly key: string; readonly wording: number }>

export function heldOf(left: Wordings, right: Wordings): Held {
  const sides = [
    ['left', left],
    ['right', right],
  ] as const
  return new Map(
    sides.flatMap(([side, wordingsOf]) =>
      [...wordingsOf].flatMap(([key, wording]) =>
        wording < REJECTED ? [] : [[`${side} ${key}`, { side, key, wording }] as const],
      ),
    ),
  )
}

export const digestOfHeld = (held: Held): string =>
  sha256(
    [...held]
      .map(([name, { wording }]) => `${name} ${wording}\n`)
      .toSorted()
      .join(''),
  )

export const bytesOf = ({ side, key, wording }: { side: Side; key: string; wording: number }): number =>
  Buffer.byteLength(textOf(side, key, wording))

export async function* changesBetween(before: Held, after: Held, night: string): AsyncIterable<ChangedDocument> {
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, fresh] = [before.get(name), after.get(name)]
    if (old?.wording === fresh?.wording) continue
    yield {
      ...{ was: old ? 'kept' : null, oldRevision: old ? revisionOf(old.side, old.key, old.wording) : null },
      ...{ becomes: fresh ? 'kept' : null, revision: fresh ? revisionOf(fresh.side, fresh.key, fresh.wording) : null },
      text: fresh ? sha256(textOf(fresh.side, fresh.key, fresh.wording)) : null,
      bytes: fresh ? bytesOf(fresh) : 0,
      ...{ night, omitted: [], owner: null, intersection: 0, union: 0 },
    }
  }
}
