/**
 * snapshot: the kept documents of a dataset → a version. The first line is the recipe, its fields sorted, then one leaf a
 * document, sorted by (source, key). The artifact's digest is the version's: recipe and leaves, nothing else.
 * Freezing the version's row (its number, its parent, its members) is store/freeze.ts's.
 */
import { type Digest, FailedError } from '../contract.ts'
import { canonicalJson } from '../digest.ts'
import type { Stage } from '../stage.ts'
import { type DedupeLine, isMember } from './dedupe.ts'
import { readLines, writeLines } from './lines.ts'

type Config = { readonly recipe: object }

/** A leaf: source, document key, revision digest, digest of the clean text. */
type VersionLeaf = readonly [source: string, key: string, revision: Digest, text: Digest]

export const snapshot: Stage<Config, { readonly dataset: string }> = {
  name: 'snapshot',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, outside, objects }) {
    const [clusters] = inputs
    if (!clusters) throw new Error('snapshot needs clusters')
    const leaves: VersionLeaf[] = []
    for await (const line of readLines<DedupeLine>(objects, clusters.digest)) {
      if (isMember(line)) leaves.push([line.source, line.key, line.revision, line.text])
    }
    if (leaves.length === 0) {
      throw new FailedError(
        `dataset ${outside.dataset} would be empty: no document of its sources was kept`,
        'see `malmoi status` for what was captured and rejected, and check `sources` and the cleaning thresholds in malmoi.config.ts',
      )
    }
    leaves.sort(([aSource, aKey], [bSource, bKey]) =>
      aSource === bSource ? order(aKey, bKey) : order(aSource, bSource),
    )
    async function* lines(): AsyncIterable<object> {
      // Of a rebuild it comes from the table, which keeps fields in another order than the config has them.
      yield { recipe: JSON.parse(canonicalJson(config.recipe)) }
      yield* leaves
    }
    const artifact = await writeLines(objects, 'version', lines(), () => ({ documents: leaves.length }))
    return { artifact }
  },
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
