/**
 * extract: a batch's new and changed payloads → its revisions. One line a document, in the delta's order.
 * Input: the batch's delta. Works on what is new only; pages are parsed on worker threads.
 */
import { type Droppable, dropBlocks, droppable } from '../../crawler/extract/blocks.ts'
import { extractPayload } from '../../crawler/extract/payload.ts'
import { payloadOf } from '../../crawler/warc/record.ts'
import { isTakedown } from '../../crawler/warc/takedown.ts'
import { openBatchRecords, recordPlaces } from '../../store/captures.ts'
import { addRevisions, extractedRevision } from '../../store/documents.ts'
import { grouped } from '../../store/grouped.ts'
import { type Digest, type Extracted, FailedError, type RevisionLine } from '../contract.ts'
import type { DeltaLine } from '../crawl-contract.ts'
import { digestOf, sha256 } from '../digest.ts'
import { numberOf } from '../meta.ts'
import type { Stage } from '../stage.ts'
import { readLines, writeLines } from './lines.ts'

type Config = {
  readonly source: string
  /** The batch's night: no page that it read was written later. */
  readonly night: string
  readonly drop: readonly Droppable[]
}
/** The batch's row: where its WARC files are. */
type Outside = { readonly batchId: number }

interface Page {
  readonly config: Config
  readonly line: DeltaLine
  /** Null where the document was withdrawn or taken down. */
  readonly member: Uint8Array | null
  /** Of a document that was taken down: its revision before that, where it is on record. */
  readonly takenDown: { readonly revision: Digest | null } | null
}

const PAGES_A_TASK = 16
/** Of a document that was withdrawn or taken down. */
const nothing = {
  ...{ title: null, author: null, published: null, modified: null, section: null, lang: null, canonical: null },
  ...{ licence: null, text: '', images: [] },
}

export const extract: Stage<Config, Outside> = {
  name: 'extract',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, outside, objects, connection, folder, recorded, map, progress }) {
    const [delta] = inputs
    if (!delta) throw new Error('extract needs a delta')
    const records = await openBatchRecords(connection.db, folder, outside.batchId)
    const total = numberOf(delta, 'documents') ?? null

    async function* pages(group: readonly DeltaLine[]): AsyncIterable<Page> {
      const keys = group.map((line) => line.key)
      const places = await recordPlaces(connection.db, outside.batchId, keys)
      for (const line of group) {
        const place = places.get(line.key)
        if (!place) throw new FailedError(`${line.url} has no capture in the batch of ${config.source}`)
        const member = line.payload === null ? null : await records.read(place)
        if (member === null || !isTakedown(member)) yield { config, line, member, takenDown: null }
        else yield { config, line, member: null, takenDown: { revision: await revisionOf(line.key) } }
      }
    }
    const revisionOf = async (key: string): Promise<Digest | null> =>
      recorded === undefined ? null : extractedRevision(connection.db, outside.batchId, recorded, key)
    async function* tasks(): AsyncIterable<readonly Page[]> {
      for await (const group of grouped(readLines<DeltaLine>(objects, delta!.digest), PAGES_A_TASK)) {
        yield await Array.fromAsync(pages(group))
      }
    }
    let done = 0
    async function* revisions(): AsyncIterable<RevisionLine> {
      const task = { module: import.meta.url, name: 'extractPages' }
      for await (const lines of map<readonly Page[], readonly RevisionLine[]>(task, tasks())) {
        done += lines.length
        progress(done, total)
        yield* lines
      }
    }
    try {
      const artifact = await writeLines(objects, 'revisions', revisions(), () => ({ documents: done }))
      const lines = readLines<RevisionLine>(objects, artifact.digest)
      return { artifact, record: (trx, digest) => addRevisions(trx, outside.batchId, digest, lines) }
    } finally {
      await records.close()
    }
  },
}

/** Runs on a worker thread. */
export async function extractPages(pages: readonly Page[]): Promise<readonly RevisionLine[]> {
  const revisions: RevisionLine[] = []
  for (const { config, line, member, takenDown } of pages) {
    const { key, url, payload } = line
    if (takenDown !== null) {
      revisions.push(takenDownLine(line, takenDown.revision ?? digestOf(config.source, key, 'taken down')))
      continue
    }
    if (member === null) {
      revisions.push({ key, url, payload, revision: digestOf(config.source, key, 'withdrawn'), ...nothing })
      continue
    }
    const { blocks: _, ...extracted } = await extractCapture(member, line, config)
    const { title, author, published, lang, licence, text } = extracted
    const named = [title, author, published, lang, licence].map((field) => field ?? '')
    revisions.push({ key, url, payload, revision: digestOf(config.source, key, ...named, text), ...extracted })
  }
  return revisions
}

/** What is left of a document that was taken down: its names. */
export function takenDownLine(
  { key, url, payload }: Pick<RevisionLine, 'key' | 'url' | 'payload'>,
  revision: Digest,
): RevisionLine {
  return { key, url, payload, revision, ...nothing, takenDown: true }
}

async function extractCapture(member: Uint8Array, line: DeltaLine, { drop, night }: Config): Promise<Extracted> {
  const { payload, contentType } = await payloadOf(member)
  const digest = sha256(payload)
  if (digest !== line.payload) {
    throw new FailedError(
      `the capture of ${line.url} is not what was recorded: payload ${digest.slice(0, 12)}, expected ${line.payload?.slice(0, 12)}`,
      'restore the WARC file from a backup',
    )
  }
  return dropBlocks(
    extractPayload(payload, contentType, line.url, night),
    drop.map((name) => droppable[name]),
  )
}
