/**
 * shards: the accepted documents of one batch, encoded by one tokenizer. Immutable, and shared by every version that
 * holds some of them. Inputs: the batch's verdicts, the tokenizer, and its edits where paragraphs are left out. The artifact lists the files with their digests.
 */
import { readFileSync } from 'node:fs'
import { grouped } from '../../store/grouped.ts'
import type { Objects } from '../../store/objects.ts'
import { addShard, type ShardDocument } from '../../store/tokens.ts'
import { createTokenizer } from '../../tokenize/encoder.ts'
import { encodeDocument } from '../../tokenize/shards/format.ts'
import { readPlaces } from '../../tokenize/shards/read.ts'
import { writeShards } from '../../tokenize/shards/write.ts'
import type { Digest, Tokenizer } from '../contract.ts'
import type { Stage } from '../stage.ts'
import { writeLines } from './lines.ts'
import { readEdits, readTexts } from './texts.ts'

type Config = { readonly source: string; readonly maxTokens: number }
/** Rows that the shards' rows refer to. */
type Outside = { readonly batchId: number; readonly cleaningId: number }

/** One line of a shards artifact: one shard of three files, each named by its digest. */
export interface ShardLine {
  readonly tokenizer: Digest
  readonly documents: number
  readonly tokens: number
  readonly bin: Digest
  readonly ends: Digest
  readonly docs: Digest
}

const DOCUMENTS_A_TASK = 64

export const shards: Stage<Config, Outside> = {
  name: 'shards',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, outside, objects, scratch, map, progress }) {
    const [verdicts, tokenizer, edits] = inputs
    if (!verdicts || !tokenizer) throw new Error('shards needs verdicts and a tokenizer')
    const model = objects.path(tokenizer.digest, 'raw')
    let done = 0
    async function* tasks() {
      const texts = readTexts(objects, verdicts!.digest, await readEdits(objects, edits ? [edits.digest] : []))
      for await (const group of grouped(texts, DOCUMENTS_A_TASK)) {
        yield { model, documents: group.map(({ revision, text }) => ({ digest: revision, text })) }
      }
    }
    async function* encoded() {
      const task = { module: import.meta.url, name: 'encodeDocuments' }
      for await (const documents of map<object, ReturnType<typeof encodeDocuments>>(task, tasks())) {
        done += documents.length
        progress(done, null)
        yield* documents
      }
    }
    const written = await writeShards(encoded(), { directory: scratch, maxTokens: config.maxTokens })
    const lines: ShardLine[] = []
    for (const { documentCount, tokenCount, tokens, ends, docs } of written) {
      lines.push({
        tokenizer: tokenizer.digest,
        documents: documentCount,
        tokens: tokenCount,
        bin: (await objects.adopt(tokens.path)).digest,
        ends: (await objects.adopt(ends.path)).digest,
        docs: (await objects.adopt(docs.path)).digest,
      })
    }
    const tokens = lines.reduce((sum, line) => sum + line.tokens, 0)
    const listed = await writeLines(objects, 'shards', lines, () => ({ documents: done, tokens }))
    const artifact = { ...listed, parts: lines.flatMap(({ bin, ends, docs }) => [bin, ends, docs]) }
    return {
      artifact,
      record: async (trx) => {
        for (const line of lines) {
          const row = {
            digest: line.bin,
            manifest: artifact.digest,
            batch_id: outside.batchId,
            cleaning_id: outside.cleaningId,
            tokenizer: tokenizer.digest,
            documents: line.documents,
            tokens: line.tokens,
          }
          await addShard(trx, row, shardDocuments(objects, line))
        }
      },
    }
  },
}

/** Where each document of a shard lies, from the files beside its tokens. */
export async function* shardDocuments(
  objects: Pick<Objects, 'file'>,
  { ends, docs }: ShardLine,
): AsyncIterable<ShardDocument> {
  for (const { digest, start, length } of readPlaces({ ends: objects.file(ends), docs: objects.file(docs) })) {
    yield { revision: digest, start, length }
  }
}

let loaded: { readonly path: string; readonly tokenizer: Tokenizer } | null = null

/** Runs on a worker thread, which keeps the tokenizer it used last. */
export function encodeDocuments(task: {
  readonly model: string
  readonly documents: readonly { readonly digest: Digest; readonly text: string }[]
}): readonly { readonly digest: Digest; readonly ids: Uint16Array }[] {
  if (loaded?.path !== task.model) loaded = { path: task.model, tokenizer: createTokenizer(readFileSync(task.model)) }
  const { tokenizer } = loaded
  return task.documents.map(({ digest, text }) => ({ digest, ids: encodeDocument(tokenizer, text) }))
}
