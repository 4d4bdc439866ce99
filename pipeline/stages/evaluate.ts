/**
 * evaluate: a checkpoint → bits per byte and perplexity on the validation split of its training set.
 * Inputs: the checkpoint, the training set.
 */
import { readFile } from 'node:fs/promises'
import { evaluateText } from '../../evaluate/perplexity.ts'
import { addEvaluation } from '../../store/tokens.ts'
import { createTokenizer } from '../../tokenize/encoder.ts'
import { documents } from '../../train/data-loader.ts'
import { FailedError, type Tokenizer } from '../contract.ts'
import { canonicalJson } from '../digest.ts'
import type { Stage } from '../stage.ts'
import { readCheckpoint } from './train.ts'
import { readTrainingSet, splitFiles } from './training-set.ts'

type Config = { readonly threads: number }

export const evaluate: Stage<Config> = {
  name: 'evaluate',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, objects, progress }) {
    const [checkpoint, set] = inputs
    if (!checkpoint || !set) throw new Error('evaluate needs a checkpoint and a training set')
    const { weights, config: trained } = await readCheckpoint(objects, checkpoint.digest)
    const manifest = await readTrainingSet(objects, set.digest)
    if (manifest.held.documents === 0) {
      throw new FailedError(
        `the validation split of training set ${set.digest.slice(0, 12)} is empty: ${manifest.train.documents} documents at a share of ${manifest.validation}`,
        'raise `validation` of the dataset in malmoi.config.ts, or crawl more',
      )
    }
    const tokenizer = createTokenizer(await readFile(objects.path(manifest.tokenizer, 'raw')))
    const result = await evaluateText(
      {
        model: trained.model,
        weights: objects.path(weights, 'raw'),
        threads: config.threads,
        bos: tokenizer.bos,
        documents: measured(documents(splitFiles(objects, manifest, 'held')), tokenizer),
      },
      (done) => progress(done.documents, manifest.held.documents),
    )
    const metrics = { ...result, tasks: {} }
    const stored = await objects.putLines([canonicalJson({ checkpoint: checkpoint.digest, ...metrics })])
    const meta = { bitsPerByte: result.bitsPerByte, perplexity: result.perplexity }
    return {
      artifact: { kind: 'evaluation', ...stored, meta, parts: [] },
      record: (trx) => addEvaluation(trx, { digest: stored.digest, checkpoint: checkpoint.digest, metrics }),
    }
  },
}

/** Each document with the UTF-8 bytes its tokens stand for; special tokens stand for none. */
function* measured(source: Iterable<Uint16Array>, tokenizer: Tokenizer) {
  for (const ids of source) {
    let bytes = 0
    for (const id of ids) bytes += tokenizer.pieceBytes(id)
    yield { ids, bytes }
  }
}
