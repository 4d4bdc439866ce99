/** malmoi build: a dataset up to its training set, from the batches that are there. */
import { UsageError } from '../pipeline/contract.ts'
import { buildNamed } from './plan-run.ts'
import { type Verb, WORKERS } from './verb.ts'

export const verb: Verb = {
  usage: 'DATASET[@N] [--workers N]',
  details: `
Builds a new version where the content differs from the latest one, its shards and its training set. Crawls nothing.
With @N, makes sure that everything of that version is there: stored artifacts are used, and what has to be rebuilt is
compared with what is on record; a difference is an error that names both digests.

  malmoi build news
  malmoi build news@3`,
  options: { workers: WORKERS },
  async run(call) {
    const [name, ...more] = call.positionals
    if (!name || more.length > 0) throw new UsageError('malmoi build takes one dataset: `malmoi build news`')
    const config = await call.config()
    const workspace = await call.open()
    const { version, tokenizer, shards, trainingSet } = await buildNamed(workspace, config, name)
    const { executed } = workspace.stages
    const named = `${version.dataset}@${version.number}`
    if (call.json) {
      call.emit({
        version: named,
        versionDigest: version.digest,
        tokenizer: tokenizer?.digest ?? null,
        shards: shards.map((shard) => shard.digest),
        trainingSet: trainingSet?.digest ?? null,
        executed,
      })
    } else {
      call.print(
        `${named}  ${version.documents} documents, ${version.bytes} bytes  training set ${trainingSet?.digest}`,
      )
    }
  },
}
