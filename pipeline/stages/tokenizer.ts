/**
 * tokenizer: the texts of a version → a SentencePiece model file.
 * Inputs: the version, then the verdicts of its batches (where its texts are). A recipe pins what comes out.
 */

import type { Objects } from '../../store/objects.ts'
import { writeModel } from '../../tokenize/model-file.ts'
import { trainBpe } from '../../tokenize/trainer/bpe.ts'
import type { Digest, TokenizerConfig } from '../contract.ts'
import type { Stage } from '../stage.ts'
import type { CleanLine } from './clean.ts'
import { readLines } from './lines.ts'
import { readLeaves } from './snapshot.ts'

type Config = { readonly algorithm: TokenizerConfig['algorithm']; readonly vocabSize: TokenizerConfig['vocabSize'] }

export const tokenizer: Stage<Config> = {
  name: 'tokenizer',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, objects, progress }) {
    const [version, ...verdicts] = inputs
    if (!version) throw new Error('tokenizer needs a version')
    const texts = versionTexts(
      objects,
      version.digest,
      verdicts.map((input) => input.digest),
    )
    const model = await trainBpe(texts, { vocabSize: config.vocabSize, onProgress: progress })
    const stored = await objects.put([writeModel(model)], 'raw')
    return { artifact: { kind: 'tokenizer', ...stored, meta: { vocab: model.pieces.length }, parts: [] } }
  },
}

/** The clean texts of a version, in the order of its batches; a revision that stands in two of them counts once. */
export async function* versionTexts(
  objects: Objects,
  version: Digest,
  verdicts: readonly Digest[],
): AsyncIterable<string> {
  const wanted = new Set<Digest>()
  for await (const [, , revision] of readLeaves(objects, version)) wanted.add(revision)
  for (const digest of verdicts) {
    for await (const line of readLines<CleanLine>(objects, digest)) {
      if (line.kept && wanted.delete(line.revision)) yield line.text
    }
  }
}
