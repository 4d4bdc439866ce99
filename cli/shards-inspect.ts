/** malmoi shards inspect: counts of shards, verified, and their first documents decoded. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../pipeline/contract.ts'
import { inspectShard, openShard } from '../tokenize/shards/read.ts'
import { MANIFEST, type Manifest } from './shards-write.ts'
import { openTokenizer, TOKENIZER } from './tokenizer-file.ts'
import type { Verb } from './verb.ts'

const PREVIEW = 100

export const verb: Verb = {
  usage: 'DIR [--tokenizer X.model] [--limit N]',
  details: `
Verifies every file against the manifest's SHA-256, prints the counts, and with a tokenizer the first documents of each
shard. An altered or cut file is an error that names it.

  malmoi shards inspect shards --tokenizer ko.model --limit 3`,
  options: {
    tokenizer: TOKENIZER,
    limit: { type: 'string', value: 'N', about: 'documents shown of each shard (default: 3)' },
  },
  async run(call) {
    const [directory] = call.positionals
    if (!directory) throw new UsageError('malmoi shards inspect takes the folder that `malmoi shards write` wrote')
    const manifest = await readManifest(directory)
    const tokenizer = call.text('tokenizer') === undefined ? null : (await openTokenizer(call)).tokenizer
    for (const { documents, tokens, files } of manifest.shards) {
      const [bin, ends, docs] = files.map(({ name, sha256 }) => ({ path: join(directory, name), sha256 }))
      if (!bin || !ends || !docs) throw new UsageError(`${directory}/${MANIFEST} names too few files for a shard`)
      const shard = openShard({ tokens: bin, ends, docs })
      const samples = tokenizer === null ? [] : [...inspectShard(shard, tokenizer, call.count('limit') ?? 3)]
      if (call.json) {
        call.emit({ shard: bin.path, documents, tokens, samples })
        continue
      }
      call.print(`${bin.path}  ${documents} documents, ${tokens} tokens`)
      for (const { index, digest, tokens: length, text } of samples) {
        const shown = text === null ? '(taken down)' : text.replaceAll(/\s+/g, ' ').slice(0, PREVIEW)
        call.print(`  ${index}  ${digest.slice(0, 12)}  ${length} tokens  ${shown}`)
      }
    }
  },
}

async function readManifest(directory: string): Promise<Manifest> {
  const path = join(directory, MANIFEST)
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
