/**
 * The words of the project and the types that meet between its parts. Imports nothing.
 * Domain folders (crawler, clean, dedupe, tokenize, model, train, evaluate) and the store know this file and
 * nothing of each other; pipeline/stages joins them, cli wires everything. What crawling adds is in crawl-contract.ts.
 *
 * source      where text comes from: a news site, a wiki, an import
 * capture     one fetched payload and its HTTP exchange, or one imported record, stored as WARC
 * document    the stable identity: (source, canonical URL or external id)
 * revision    one immutable extracted text of a document, named by digest
 * verdict     what cleaning decided of a revision: the clean text, or the rejecting rule with value and threshold
 * batch       the captures of one source in one night, frozen; the root everything is computed from
 * cluster     a kept revision and the revisions it was verified to duplicate
 * dataset     a named recipe: sources, licences, cleaning, deduplication, tokenizer, split
 * version     a frozen dataset, `news@7`, named by digest, with its parent
 * shard       the encoded documents of one batch under one cleaning and one tokenizer
 * training set  a manifest: a version's selection of documents out of shards, with order seed and split
 * checkpoint  model weights, optimizer and data-loader position, pinned to the digest of its training set
 * stage, plan, run, task  a step; the DAG of steps; one execution of a step; one independent piece of a run
 */

/** 64 lowercase hexadecimal characters: SHA-256 of uncompressed content. */
export type Digest = string

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** What flows between stages: immutable, named by its content. */
export interface Artifact {
  readonly kind: string
  readonly digest: Digest
  /** Bytes of the uncompressed content. */
  readonly bytes: number
  readonly meta: Json
  /** Other objects that belong to it and are needed wherever it is used: the files of shards, of a checkpoint. */
  readonly parts: readonly Digest[]
}

/* ---------------------------------------------------------------- errors: what should the caller do? */

/** The user (config, arguments, input files) must change something. Shown as one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
/** The work failed; `message` says what, on which input, and `remedy` what to do next. Shown as one line, exit code 1. */
export class FailedError extends Error {
  override readonly name = 'FailedError'
  readonly remedy: string | undefined
  constructor(message: string, remedy?: string, options?: ErrorOptions) {
    super(message, options)
    this.remedy = remedy
  }
}
/** Worth trying again: a connection reset, a database that is restarting. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError'
}

/* ---------------------------------------------------------------- text */

export type BlockKind = 'heading' | 'paragraph' | 'list' | 'table' | 'quote' | 'code' | 'caption'
export interface Block {
  readonly kind: BlockKind
  readonly text: string
}

/** An image of the main content, for a corpus that also shows. Nothing is fetched. */
export interface ImageReference {
  /** Absolute, http or https. */
  readonly url: string
  /** What the page offers in place of the image. */
  readonly alt: string | null
  /** What is printed beside it. */
  readonly caption: string | null
  /** Index of the block it stands before; the number of blocks where none follows. */
  readonly before: number
}

/** What extraction finds in a page. */
export interface Extracted {
  readonly title: string | null
  readonly author: string | null
  /** ISO 8601 date or date-time, as the page states it. */
  readonly published: string | null
  /** As `published`: when the page says it was last changed. */
  readonly modified: string | null
  /** Where the site files it, in the site's words: 사회, Tech. */
  readonly section: string | null
  /** BCP 47 primary language subtag. */
  readonly lang: string | null
  /** The address the page calls its own, absolute, where it lies on the same site. */
  readonly canonical: string | null
  /** `CC-BY-SA-4.0`, `CC-BY-2.0-KR`, `CC0-1.0`, `KOGL-1` where it can be told, else the URL of the licence. */
  readonly licence: string | null
  /** Blocks joined by a blank line. */
  readonly text: string
  readonly blocks: readonly Block[]
  /** In the order of the page. */
  readonly images: readonly ImageReference[]
}

/**
 * One line of an extract artifact; `revision` names (source, key, title, author, published, lang, licence, text). Of a
 * document that was withdrawn the payload is null and the text empty; of one that was taken down all is but its names.
 */
export interface RevisionLine extends Omit<Extracted, 'blocks'> {
  readonly key: string
  readonly url: string
  readonly payload: Digest | null
  readonly revision: Digest
  readonly takenDown?: true
}

/** What cleaning measured of one text, by name: finite numbers of at most four decimals, so they survive JSON as they are. */
export type Measures = { readonly [name: string]: number }

/** What cleaning decided of one text. */
export type Verdict =
  | {
      readonly kept: true
      readonly text: string
      readonly personal: readonly PersonalSpan[]
      readonly measures: Measures
    }
  | {
      readonly kept: false
      readonly rule: string
      readonly value: number
      readonly threshold: number
      readonly measures: Measures
    }

/** What cleaning decides by. Every number a rule compares with is here, none in code. */
export interface CleaningConfig {
  /** Thresholds by rule name (clean/rules.ts); null: the rule decides nothing, its measure is taken all the same. */
  readonly rules: { readonly [rule: string]: number | null }
  /** Whether bylines, copyright lines and calls to subscribe are cut from the head and tail of news. */
  readonly boilerplate: boolean
  readonly personalData: PersonalDataConfig
}

export type PersonalKind =
  | 'email'
  | 'resident_registration'
  | 'driver_licence'
  | 'card'
  | 'phone'
  | 'passport'
  | 'account'
  | 'ip'

/** mask: a typed placeholder; pseudonym: a fake value, the same for the same value; drop: the document goes; keep: left. */
export type PersonalAction = 'mask' | 'pseudonym' | 'drop' | 'keep'

export interface PersonalDataConfig {
  readonly actions: Readonly<Record<PersonalKind, PersonalAction>>
  readonly placeholders: Readonly<Record<PersonalKind, string>>
  /** SHA-256 of the key of the pseudonyms: another key is another cleaning. Null where there are none. */
  readonly key: Digest | null
}

/** Where a stand-in for personal data lies in the clean text, in UTF-16 code units. Never the value itself. */
export interface PersonalSpan {
  readonly kind: PersonalKind
  readonly start: number
  readonly length: number
}

/* ---------------------------------------------------------------- contamination */

/** One text of an evaluation set. `item` names its record within the set. */
export interface EvaluationItem {
  readonly set: string
  readonly item: string
  readonly text: string
}

/** A passage that a document shares with an evaluation item. */
export interface Overlap {
  readonly set: string
  readonly item: string
  /** Of the document's clean text, in UTF-16 code units. */
  readonly start: number
  readonly length: number
  /** Letters and digits that are equal. */
  readonly letters: number
}

export interface ContaminationConfig {
  /** Evaluation sets by name, each by the digest of its file. */
  readonly sets: readonly { readonly name: string; readonly file: string; readonly digest: Digest }[]
  /** Letters and digits in a row that make an overlap; an item with fewer counts where all of it is found. */
  readonly letters: number
  /** Whether a document with an overlap leaves the version, or stays with a note. */
  readonly action: 'drop' | 'mark'
}

/* ---------------------------------------------------------------- duplicates */

/** What two texts must share to be duplicates. */
export interface DeduplicationConfig {
  /** Letters in a shingle, white space not counted. */
  readonly shingle: number
  /** A text of fewer different shingles is compared exactly only. */
  readonly leastShingles: number
  /** Bands of the MinHash signature; 0 compares texts exactly only. */
  readonly bands: number
  /** Minima in a band. */
  readonly rows: number
  /** Least Jaccard similarity of near-duplicates, in thousandths: compared as integers. */
  readonly perMille: number
  /** Null where paragraphs that several documents have stay in all of them. */
  readonly paragraphs: ParagraphRule | null
}

export interface ParagraphRule {
  /** Shorter paragraphs, in letters without white space, are left alone. */
  readonly leastLetters: number
  /** A document of which fewer letters would remain is dropped whole. */
  readonly leastRemaining: number
}

/* ---------------------------------------------------------------- exports */

/** A document of a version as an export has it. */
export interface ExportedDocument {
  /** The source's name and the document's key in it: together its identity, and the order of an export. */
  readonly source: string
  readonly url: string
  /** What it was fetched by; of an imported record the address that it states, else a URN. */
  readonly address: string
  readonly title: string | null
  readonly author: string | null
  /** As the page states them: ISO 8601, a date or a date-time. */
  readonly published: string | null
  readonly modified: string | null
  readonly section: string | null
  /** BCP 47 primary language subtag. */
  readonly lang: string | null
  /** What the page states, else the source's. */
  readonly licence: string
  /** `YYYY-MM-DD`: when it was published, else its night. */
  readonly day: string
  /** `YYYY-MM-DD`: the night whose crawl read this revision first. */
  readonly night: string
  /** Digest of the revision. */
  readonly revision: string
  /** As the version holds it. */
  readonly text: string
}

/* ---------------------------------------------------------------- tokens */

export interface TokenizerConfig {
  readonly algorithm: 'bpe'
  /** Pieces in all (control and byte pieces counted), or 'auto': at most 16,000, fewer where the text is small. */
  readonly vocabSize: number | 'auto'
}

/** What training and evaluation need of a tokenizer. */
export interface Tokenizer {
  readonly vocabSize: number
  readonly bos: number
  readonly eos: number
  readonly unk: number
  encode(text: string): Uint16Array
  decode(ids: Iterable<number>): string
  /** UTF-8 bytes of the piece; 0 for control pieces. */
  pieceBytes(id: number): number
}

/* ---------------------------------------------------------------- training */

export type Architecture = 'gpt'

export interface ModelConfig {
  readonly architecture: Architecture
  readonly vocabSize: number
  readonly context: number
  readonly layers: number
  readonly width: number
  readonly heads: number
  readonly ffn: number
  readonly dropout: number
}

export interface TrainConfig {
  readonly model: ModelConfig
  readonly steps: number
  /** Sequences of `sequence` tokens in one optimizer step. */
  readonly batch: number
  readonly sequence: number
  readonly learningRate: number
  readonly warmupSteps: number
  /** The cosine ends at this fraction of learningRate. */
  readonly minLearningRateShare: number
  readonly weightDecay: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly clipNorm: number
  readonly seed: number
  readonly threads: number
}

export interface StepMetrics {
  readonly step: number
  readonly loss: number
  readonly learningRate: number
  readonly gradientNorm: number
  readonly tokensPerSecond: number
}

/** Reads a split of a training set as windows of tokens; position is a plain counter, so it is saved exactly. */
export interface TokenSource {
  readonly tokens: number
  /** Window `index` of `length + 1` tokens (inputs and shifted targets overlap by one), in training order, wrapping. */
  window(index: number, length: number): Uint16Array
}

/** Where a split of a training set lies on disk; plain data, so it can cross into a child process. */
export interface TokenSourceSpec {
  /** Native shards (256 int32 of header, then uint16 tokens) with the sha256 each must have. */
  readonly shards: readonly { readonly path: string; readonly sha256: Digest }[]
  /** Selected documents in training order: pairs of uint64 little-endian (shard index << 40 | first token), (tokens). */
  readonly selection: { readonly path: string; readonly sha256: Digest }
}

/** A training job as the child process receives it. */
export interface TrainJob {
  readonly config: TrainConfig
  readonly trainingSet: Digest
  readonly data: TokenSourceSpec
  /** State is kept here (`step-000100/`); a job that finds some goes on from the newest whole one. */
  readonly directory: string
  readonly saveEverySteps: number
}

/** The files of a finished training: safetensors of the weights and of the optimizer moments, and the loop's state. */
export interface TrainedFiles {
  readonly weights: string
  readonly optimizer: string
  readonly state: string
}
