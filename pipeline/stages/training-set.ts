/**
 * trainingSet: a version's selection of documents out of shards, in training order, split by document identity.
 * Inputs: the version, the clusters (which batch each document is read from), the tokenizer, then the shards of the
 * batches. The manifest's digest is what a checkpoint pins.
 */

import type { Objects } from '../../store/objects.ts'
import { addTrainingSet } from '../../store/tokens.ts'
import { buildSelection, documentIdentity } from '../../tokenize/training-set.ts'
import { type Digest, FailedError, type TokenSourceSpec } from '../contract.ts'
import { canonicalJson } from '../digest.ts'
import type { Stage } from '../stage.ts'
import { type DedupeLine, isMember } from './dedupe.ts'
import { readLines } from './lines.ts'
import { type ShardLine, shardDocuments } from './shards.ts'

type Config = {
  readonly seed: number
  readonly validation: number
  /** Of the shards, in their order. */
  readonly batches: readonly { readonly source: string; readonly night: string }[]
}

export interface TrainingSetManifest {
  readonly version: Digest
  readonly tokenizer: Digest
  readonly seed: number
  readonly validation: number
  readonly shards: readonly { readonly sha256: Digest; readonly tokens: number }[]
  readonly train: Split
  readonly held: Split
}

interface Split {
  readonly selection: Digest
  readonly documents: number
  readonly tokens: number
}

export const trainingSet: Stage<Config> = {
  name: 'trainingSet',
  adapter: new URL(import.meta.url),
  async run({ config, inputs, objects }) {
    const [version, clusters, tokenizer, ...encoded] = inputs
    if (!version || !clusters || !tokenizer) throw new Error('trainingSet needs a version, clusters and a tokenizer')
    const identities = new Map<string, string>()
    for await (const line of readLines<DedupeLine>(objects, clusters.digest)) {
      const { source, key, revision, night } = line
      // A text that came back later stands in the shards of two nights.
      if (isMember(line)) identities.set(`${night} ${revision}`, documentIdentity(source, key))
    }
    const wanted = identities.size
    const lines: ShardLine[] = []
    const documents: { identity: string; shard: number; start: number; length: number }[] = []
    for (const [batch, input] of encoded.entries()) {
      const night = config.batches[batch]?.night ?? ''
      for await (const line of readLines<ShardLine>(objects, input.digest)) {
        for await (const { revision, start, length } of shardDocuments(objects, line)) {
          const identity = identities.get(`${night} ${revision}`)
          if (identity === undefined || !identities.delete(`${night} ${revision}`)) continue
          documents.push({ identity, shard: lines.length, start, length })
        }
        lines.push(line)
      }
    }
    if (identities.size > 0) {
      const [missing] = identities.values()
      throw new FailedError(
        `${identities.size} of ${wanted} documents are in no shard, ${missing?.split('\n')[1]} first`,
      )
    }
    const selection = buildSelection(documents, { seed: config.seed, validationShare: config.validation })
    const manifest: TrainingSetManifest = {
      version: version.digest,
      tokenizer: tokenizer.digest,
      seed: config.seed,
      validation: config.validation,
      shards: lines.map((line) => ({ sha256: line.bin, tokens: line.tokens })),
      train: {
        selection: (await objects.put([selection.train], 'raw')).digest,
        documents: selection.trainDocuments,
        tokens: selection.trainTokens,
      },
      held: {
        selection: (await objects.put([selection.validation], 'raw')).digest,
        documents: selection.validationDocuments,
        tokens: selection.validationTokens,
      },
    }
    const stored = await objects.putLines([canonicalJson(manifest)])
    const meta = { trainTokens: selection.trainTokens, validationTokens: selection.validationTokens }
    return {
      artifact: { kind: 'trainingSet', ...stored, meta, parts: [manifest.train.selection, manifest.held.selection] },
      record: (trx) =>
        addTrainingSet(
          trx,
          {
            digest: stored.digest,
            version: version.digest,
            tokenizer: tokenizer.digest,
            train_tokens: selection.trainTokens,
            validation_tokens: selection.validationTokens,
          },
          lines.map((line) => line.bin),
        ),
    }
  },
}

export async function readTrainingSet(objects: Objects, digest: Digest): Promise<TrainingSetManifest> {
  return JSON.parse(await objects.text(digest))
}

/** A split as files on this machine; shards of which documents were taken down are verified as what they are now. */
export function splitFiles(objects: Objects, manifest: TrainingSetManifest, split: 'train' | 'held'): TokenSourceSpec {
  const { selection } = manifest[split]
  return {
    shards: manifest.shards.map(({ sha256 }) => objects.file(sha256)),
    selection: objects.file(selection),
  }
}
