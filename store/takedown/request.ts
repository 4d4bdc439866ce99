/** What a takedown asks for, and what it finds. Plain data: both are recorded with it, and neither holds any text. */
import type { Digest } from '../../pipeline/contract.ts'

/**
 * copy: the named documents; cluster: their copies and near copies too, since one of those would be elected in their
 * place; span: every document that holds a passage.
 */
export type Scope = 'copy' | 'cluster' | 'span'

/** How documents are named. Of words that were searched for only the digest is recorded: they may be the text itself. */
export type Named =
  | { readonly by: 'url'; readonly url: string }
  | { readonly by: 'document'; readonly document: string }
  | { readonly by: 'source'; readonly source: string }
  | { readonly by: 'search'; readonly querySha256: Digest }
  | { readonly by: 'span'; readonly spanSha256: Digest }

export interface Request {
  readonly named: Named
  readonly scope: Scope
  readonly reason: string
  /** How long backups are kept, by the config at that time; null where it does not say. */
  readonly backupDays: number | null
}

/** Everything that holds a document of the takedown. Lists are sorted, so that the same corpus gives the same value. */
export interface Places {
  readonly documents: readonly { readonly source: string; readonly url: string }[]
  readonly versions: readonly { readonly version: string; readonly documents: number }[]
  /** Digests of the revisions, and of their clean texts: rows of the tables, and what the search index was made of. */
  readonly revisions: readonly Digest[]
  readonly texts: readonly Digest[]
  /** Exchanges in WARC files, as offset and length. */
  readonly warc: readonly { readonly file: string; readonly records: readonly (readonly [number, number])[] }[]
  /** Feeds that carry what the documents say: their records are among those of `warc`. */
  readonly listings: readonly { readonly source: string; readonly url: string; readonly night: string }[]
  /** Artifacts with lines of the documents. */
  readonly artifacts: readonly { readonly stage: string; readonly digest: Digest; readonly documents: number }[]
  /** Token ranges in shards, as start and length. */
  readonly shards: readonly { readonly digest: Digest; readonly ranges: readonly (readonly [number, number])[] }[]
  /** Trained on a version with one of the documents: its pieces stay. */
  readonly tokenizers: readonly Digest[]
  readonly trainingSets: readonly Digest[]
  readonly checkpoints: readonly Digest[]
  readonly evaluations: readonly Digest[]
  readonly exports: readonly { readonly path: string; readonly version: string }[]
}

/** How many of each, for a person and for the attestation. */
export function countsOf(places: Places): Readonly<Record<string, number>> {
  return {
    documents: places.documents.length,
    versions: places.versions.length,
    revisions: places.revisions.length,
    texts: places.texts.length,
    warcRecords: places.warc.reduce((sum, { records }) => sum + records.length, 0),
    listings: places.listings.length,
    artifacts: places.artifacts.length,
    shards: places.shards.length,
    shardDocuments: places.shards.reduce((sum, { ranges }) => sum + ranges.length, 0),
    tokenizers: places.tokenizers.length,
    trainingSets: places.trainingSets.length,
    checkpoints: places.checkpoints.length,
    evaluations: places.evaluations.length,
    exports: places.exports.length,
  }
}
