/** malmoi extract: the main text of HTML files, or of a batch's captures. */
import { createReadStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { droppable } from '../crawler/extract/blocks.ts'
import { extractFile } from '../crawler/extract/tool.ts'
import { type BlockKind, FailedError, UsageError } from '../pipeline/contract.ts'
import { batchPayloads } from '../store/captures.ts'
import { OUT, writeAll } from './records.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'FILE… | --captures SOURCE@NIGHT  [--drop code,tables,captions] [--out FILE]',
  details: `
Writes {id, file, url, title, author, published, modified, section, lang, canonical, licence, text,
blocks, images} a line, in the order of the files. --captures reads the pages kept in a batch instead, without the network.

  malmoi extract pages/*.html.gz --drop code,tables > pages.jsonl
  malmoi extract --captures hani@2026-11-02`,
  options: {
    out: OUT,
    drop: { type: 'string', value: 'KINDS', about: `leave out blocks: ${Object.keys(droppable).join(', ')}` },
    captures: { type: 'string', value: 'SOURCE@NIGHT', about: 'the pages of a batch' },
  },
  async run(call) {
    const drop = dropped(call)
    const captures = call.text('captures')
    if ((captures === undefined) === (call.positionals.length === 0)) {
      throw new UsageError('malmoi extract takes HTML files, or --captures SOURCE@NIGHT')
    }
    const lines = captures === undefined ? fromFiles(call.positionals, drop) : fromCaptures(call, captures, drop)
    await writeAll(call.text('out'), lines)
  },
}

async function* fromFiles(files: readonly string[], drop: readonly BlockKind[]): AsyncIterable<string> {
  for (const file of files) {
    const bytes = await buffer(createReadStream(file)).catch((cause: unknown) => {
      throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      })
    })
    yield JSON.stringify(extractFile(file, bytes, { drop }))
  }
}

async function* fromCaptures(call: Call, captures: string, drop: readonly BlockKind[]): AsyncIterable<string> {
  const [source = '', night = ''] = captures.split('@')
  const { payloadOf } = await import('../crawler/warc/record.ts')
  const { isTakedown } = await import('../crawler/warc/takedown.ts')
  const { connection, folder } = await call.open()
  let found = false
  for await (const { url, contentType, member } of batchPayloads(connection.db, folder, source, night)) {
    found = true
    if (isTakedown(member)) {
      call.note(`${url} was taken down`)
      continue
    }
    const { payload } = await payloadOf(member)
    yield JSON.stringify(extractFile(url, payload, { url, drop, contentType, seen: night }))
  }
  if (!found)
    throw new FailedError(`there is no page in batch ${captures}`, 'see `malmoi status` for sources and nights')
}

function dropped(call: Call): readonly BlockKind[] {
  return (call.text('drop')?.split(',') ?? []).map((name) => {
    const found = Object.entries(droppable).find(([known]) => known === name)
    if (!found) throw new UsageError(`--drop ${name}: there is ${Object.keys(droppable).join(', ')}`)
    return found[1]
  })
}
