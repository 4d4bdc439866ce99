/** malmoi shards write: JSON lines into token shards with a manifest. */

import { open, readdir, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UsageError } from '../pipeline/contract.ts'
import { canonicalJson, sha256 } from '../pipeline/digest.ts'
import { encodeDocument } from '../tokenize/shards/format.ts'
import { writeShards } from '../tokenize/shards/write.ts'
import { identified, readRecords } from './records.ts'
import { openTokenizer, TOKENIZER } from './tokenizer-file.ts'
import type { Verb } from './verb.ts'

const SHARD_TOKENS = 100_000_000

export const MANIFEST = 'manifest.json'

/** What lies beside shards that were written to a folder. */
export interface Manifest {
  readonly tokenizer: string
  readonly documents: number
  readonly tokens: number
  readonly shards: readonly {
    readonly documents: number
    readonly tokens: number
    readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[]
  }[]
}

export const verb: Verb = {
  usage: '[FILE] --tokenizer X.model --out DIR [--max-tokens N]',
  details: `
Encodes every record's text as bos, text, eos. Each shard is three files: .bin (256 int32 of header, then uint16 tokens,
as llm.c reads them), .ends (uint64 end of each document) and .docs (SHA-256 of each text). manifest.json lists them all.

  malmoi clean pages.jsonl | malmoi dedupe | malmoi shards write --tokenizer ko.model --out shards`,
  options: {
    tokenizer: TOKENIZER,
    out: { type: 'string', value: 'DIR', about: 'a new or empty folder' },
    'max-tokens': { type: 'string', value: 'N', about: 'tokens of one shard at most (default: 100M)' },
  },
  async run(call) {
    const out = call.text('out')
    if (!out) throw new UsageError('malmoi shards write needs --out DIR')
    const directory = resolve(out)
    if ((await filesIn(directory)).length > 0) throw new UsageError(`--out ${out} is not empty: name a new folder`)
    const { tokenizer, bytes } = await openTokenizer(call)
    async function* documents() {
      for await (const record of readRecords(call.positionals[0])) {
        const { text } = identified(record)
        yield { digest: sha256(text), ids: encodeDocument(tokenizer, text) }
      }
    }
    const maxTokens = call.count('max-tokens') ?? SHARD_TOKENS
    const shards = await writeShards(documents(), { directory, maxTokens })
    const manifest: Manifest = {
      tokenizer: sha256(bytes),
      documents: shards.reduce((sum, shard) => sum + shard.documentCount, 0),
      tokens: shards.reduce((sum, shard) => sum + shard.tokenCount, 0),
      shards: shards.map(({ documentCount, tokenCount, tokens, ends, docs }) => ({
        documents: documentCount,
        tokens: tokenCount,
        files: [tokens, ends, docs].map(({ path, ...file }) => ({ name: path.slice(directory.length + 1), ...file })),
      })),
    }
    await writeWhole(join(directory, MANIFEST), `${canonicalJson(manifest)}\n`)
    if (call.json) call.emit(manifest)
    else
      call.print(
        `${manifest.shards.length} shards, ${manifest.documents} documents, ${manifest.tokens} tokens in ${directory}`,
      )
  },
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new UsageError(`--out ${directory} is no folder`, { cause: error })
  }
}

/** Last of all, so that a folder with a manifest is whole. */
async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(`${path}.tmp`, 'w')
  await file.writeFile(text)
  await file.sync()
  await file.close()
  await rename(`${path}.tmp`, path)
}
