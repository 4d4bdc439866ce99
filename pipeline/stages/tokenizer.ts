/**
 * tokenizer: the texts of a version → a SentencePiece model file.
 * Inputs: the version, its clusters, then the verdicts of its batches (where its texts are). A recipe pins what comes out.
 */

import type { Objects } from '../../store/objects.ts'
import { writeModel } from '../../tokenize/model-file.ts'
import { trainBpe } from '../../tokenize/trainer/bpe.ts'
import type { Artifact, Digest, TokenizerConfig } from '../contract.ts'
import type { Stage } from '../stage.ts'
import { type DedupeLine, editsOf, isMember } from './dedupe.ts'
import { readLines } from './lines.ts'
import { readEdits, readTexts } from './texts.ts'

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

/** The texts of a version, each from the first batch that has it, in the order of the batches. */
async function* versionTexts(
  objects: Objects,
  clusters: Artifact,
  verdicts: readonly Artifact[],
): AsyncIterable<string> {
  const wanted = new Set<Digest>()
  for await (const line of readLines<DedupeLine>(objects, clusters.digest))
    if (isMember(line)) wanted.add(line.revision)
  const edits = await readEdits(objects, Object.values(editsOf(clusters)))
  for (const { digest } of verdicts) {
    for await (const { revision, text } of readTexts(objects, digest, edits)) if (wanted.delete(revision)) yield text
  }
}
