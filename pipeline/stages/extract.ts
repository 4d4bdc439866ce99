/**
 * extract: a batch's new and changed payloads → its revisions. One line a document, in the delta's order.
 * Input: the batch's delta. Works on what is new only; pages are parsed on worker threads.
 */
import { decodeBody } from '../../crawler/decode.ts'
import { type Droppable, dropBlocks, droppable } from '../../crawler/extract/blocks.ts'
import { extractPage } from '../../crawler/extract/index.ts'
import { payloadOf, recordContentType } from '../../crawler/warc.ts'
import { openWarcFile, readRange } from '../../store/captures.ts'
import { addRevisions } from '../../store/documents.ts'
import { grouped } from '../../store/grouped.ts'
import { type DeltaLine, FailedError, type RevisionLine } from '../contract.ts'
import { digestOf, sha256 } from '../digest.ts'
import { numberOf } from '../meta.ts'
import type { Stage } from '../stage.ts'
import { readLines, writeLines } from './lines.ts'

type Config = { readonly source: string; readonly drop: readonly Droppable[] }
/** The batch's row: where its WARC file is. */
type Outside = { readonly batchId: number }

interface Page {
  readonly config: Config
  readonly line: DeltaLine
  readonly member: Uint8Array
}

const PAGES_A_TASK = 16

export const extract: Stage<Config, Outside> = {
  name: 'extract',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, outside, objects, connection, folder, map, progress }) {
    const [delta] = inputs
    if (!delta) throw new Error('extract needs a delta')
    const { warc } = await connection.db
      .selectFrom('batch')
      .select('warc')
      .where('id', '=', outside.batchId)
      .executeTakeFirstOrThrow()
    const file = await openWarcFile(folder, warc)
    const total = numberOf(delta, 'documents') ?? null

    async function* pages(group: readonly DeltaLine[]): AsyncIterable<Page> {
      const rows = await connection.db
        .selectFrom('capture')
        .innerJoin('document', 'document.id', 'capture.document_id')
        .select(['key', 'warc_offset', 'warc_length'])
        .where('batch_id', '=', outside.batchId)
        .where(
          'key',
          'in',
          group.map((line) => line.key),
        )
        .execute()
      const places = new Map(rows.map((row) => [row.key, row]))
      for (const line of group) {
        const place = places.get(line.key)
        if (!place) throw new FailedError(`${line.url} has no capture in ${warc}`)
        yield { config, line, member: await readRange(file, place.warc_offset, place.warc_length) }
      }
    }
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
      return { artifact, record: (trx) => addRevisions(trx, outside.batchId, lines) }
    } finally {
      await file.close()
    }
  },
}

/** Runs on a worker thread. */
export async function extractPages(pages: readonly Page[]): Promise<readonly RevisionLine[]> {
  const revisions: RevisionLine[] = []
  for (const { config, line, member } of pages) {
    const { payload, contentType } = await payloadOf(member)
    if (sha256(payload) !== line.payload) {
      throw new FailedError(
        `the capture of ${line.url} is not what was recorded: payload ${sha256(payload).slice(0, 12)}, expected ${line.payload.slice(0, 12)}`,
        'restore the WARC file from a backup',
      )
    }
    const found = contentType === recordContentType ? importedRecord(payload) : readPage(payload, line, config)
    const { title, author, published, lang, text } = found
    const named = [config.source, line.key, title ?? '', author ?? '', published ?? '', lang ?? '', text]
    const { key, url, payload: digest } = line
    revisions.push({ key, url, payload: digest, revision: digestOf(...named), title, author, published, lang, text })
  }
  return revisions
}

function readPage(payload: Uint8Array, line: DeltaLine, { drop }: Config) {
  const page = extractPage(decodeBody(payload, line.contentType).text, line.url)
  return dropBlocks(
    page,
    drop.map((name) => droppable[name]),
  )
}

function importedRecord(payload: Uint8Array) {
  const record: Record<string, unknown> = JSON.parse(new TextDecoder().decode(payload))
  const field = (name: string) => (typeof record[name] === 'string' ? record[name] : null)
  return {
    title: field('title'),
    author: field('author'),
    published: field('published'),
    lang: field('lang'),
    text: field('text') ?? '',
  }
}
