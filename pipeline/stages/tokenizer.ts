/**
 * tokenizer: the texts of a version → a SentencePiece model file.
 * Inputs: the version, its clusters, then the verdicts of its batches (where its texts are). A recipe pins what comes out.
 */

import type { Objects } from '../../store/objects.ts'
import { writeModel } from '../../tokenize/model-file.ts'
import { trainBpe } from '../../tokenize/trainer/bpe.ts'
import type { Artifact, TokenizerConfig } from '../contract.ts'
import type { Stage } from '../stage.ts'
import { type DedupeLine, editsOf } from './dedupe.ts'
import { readLines } from './lines.ts'
import { readTexts } from './texts.ts'

type Config = { readonly algorithm: TokenizerConfig['algorithm']; readonly vocabSize: TokenizerConfig['vocabSize'] }

export const tokenizer: Stage<Config> = {
  name: 'tokenizer',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, objects, progress }) {
    const [version, clusters, ...verdicts] = inputs
    if (!version || !clusters) throw new Error('tokenizer needs a version and its clusters')
    const texts = versionTexts(objects, clusters, verdicts)
    const model = await trainBpe(texts, { vocabSize: config.vocabSize, onProgress: progress })
    const stored = await objects.put([writeModel(model)], 'raw')
    return { artifact: { kind: 'tokenizer', ...stored, meta: { vocab: model.pieces.length }, parts: [] } }
  },
}

/** The texts of a version, each from the batch that it is read from, in the order of the batches. */
async function* versionTexts(
  objects: Objects,
  clusters: Artifact,
  verdicts: readonly Artifact[],
): AsyncIterable<string> {
  const wanted = new Set<string>()
  for await (const { revision, batch, owner } of readLines<DedupeLine>(objects, clusters.digest)) {
    if (!owner) wanted.add(`${batch} ${revision}`)
  }
  const edits = editsOf(clusters)
  for (const [batch, { digest }] of verdicts.entries()) {
    for await (const { revision, text } of readTexts(objects, digest, edits[batch] ?? null)) {
      if (wanted.delete(`${batch} ${revision}`)) yield text
    }
  }
}
