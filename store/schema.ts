/** The tables as Kysely types; migrations/ is where they come from. int8 is read as a number (below 2^53). */
import type { ColumnType, Generated } from 'kysely'
import type { Json } from '../pipeline/contract.ts'
import type { CaptureState } from '../pipeline/crawl-contract.ts'

/** `date` columns are read and written as `YYYY-MM-DD`. */
type Night = string
type Timestamp = ColumnType<Date, Date | string | undefined, Date | string>
/** Read as parsed JSON, written as text. */
type JsonColumn = ColumnType<Json, string, string>

export interface Database {
  source: {
    id: Generated<number>
    name: string
    kind: string
    licence: string
    terms: string | null
    contact: string | null
  }
  source_state: { source_id: number; name: string; value: JsonColumn }
  host: {
    id: Generated<number>
    name: string
    entered_at: ColumnType<Date | null, Date | null, Date>
    last_ms: number | null
    not_before: ColumnType<Date | null, string | null, string | null>
  }
  /** robots.txt and the like, as last answered. */
  site_file: {
    url: string
    night: Night
    fetched_at: Timestamp
    status: number
    body: Buffer
    etag: string | null
    last_modified: string | null
    record_id: string
    digest: Buffer
  }
  batch: {
    id: Generated<number>
    source_id: number
    night: Night
    parent_id: number | null
    digest: string | null
    delta: string | null
    counts: ColumnType<Json | null, string | null | undefined, string>
    /** Why due entries were left for another night, by host; '' for all hosts. */
    unreached: ColumnType<Readonly<Record<string, string>> | null, string | null | undefined, string>
    opened_at: Timestamp
    frozen_at: ColumnType<Date | null, never, Date | string>
  }
  warc_file: { batch_id: number; number: number; path: string; bytes: number }
  /** What a night's settled entries came to, by host. */
  batch_host: Record<HostCounter, number> & {
    batch_id: number
    host_id: number
    first_at: Timestamp
    last_at: Timestamp
  }
  batch_reason: { batch_id: number; host_id: number; state: string; reason: string; urls: number }
  document: {
    id: Generated<number>
    source_id: number
    key: string
    first_batch_id: number
    gone_batch_id: number | null
    /** The last that was answered 200 or 304. */
    latest_capture_id: ColumnType<number | null, undefined, number>
  }
  /** Addresses of a source. `hash` is the first half of the SHA-256 of `key`; `url` is null where it is the key. */
  frontier: {
    source_id: number
    hash: string
    host_id: number
    key: string
    url: string | null
    depth: number
    hops: number
    priority: number
    due: Night
    settled_night: Night | null
    revisit: number
    state: Generated<'pending' | 'captured' | 'refused' | 'failed'>
    status: number | null
    reason: string | null
    robots_rule: string | null
    lastmod: string | null
    /** Hash of the key it redirects to. */
    target: string | null
  }
  capture: {
    id: Generated<number>
    batch_id: number
    document_id: number
    url: string
    state: CaptureState
    status: number
    payload: Buffer | null
    payload_bytes: number
    payload_capture_id: number | null
    content_type: string | null
    etag: string | null
    last_modified: string | null
    fetched_at: Timestamp
    robots_rule: string
    record_id: string
    warc_file: number
    warc_offset: number
    warc_length: number
    holds_text: boolean
    canonical: string | null
    directives: string | null
  }
  /** Exchanges that are no captures: tried again, or refused for what was answered. */
  exchange: {
    id: Generated<number>
    batch_id: number
    hash: string
    status: number
    reason: string
    fetched_at: Timestamp
    record_id: string
    warc_file: number
    warc_offset: number
    warc_length: number
  }
  revision: {
    id: Generated<number>
    document_id: number
    capture_id: number
    digest: Buffer
    title: string | null
    author: string | null
    published: string | null
    lang: string | null
    modified: string | null
    section: string | null
    canonical: string | null
    /** What the page itself states, where it states one; else the source's holds. */
    licence: string | null
    images: ColumnType<Json | null, string | null, string | null>
  }
  /** Of a batch: the extract artifact, and the revisions it lists. */
  extraction: { id: Generated<number>; batch_id: number; digest: string }
  extracted: { extraction_id: number; revision_id: number }
  /** `measures`: what its verdicts measured, in the order of their `values`. */
  cleaning: { id: Generated<number>; digest: string; code: string; config: JsonColumn; measures: string[] }
  verdict: {
    revision_id: number
    cleaning_id: number
    kept: boolean
    rule: string | null
    measured: number | null
    threshold: number | null
    /** What was measured, by the cleaning's names; 0 is null. Null where nothing was: the document was withdrawn. */
    values: (number | null)[] | null
    /** Null where it was rejected. */
    text_id: number | null
  }
  /** A clean text, once a revision whatever cleanings gave it. */
  text: {
    id: Generated<number>
    revision_id: number
    digest: Buffer
    body: string
    /** Kind, start and length of each placeholder that stands for personal data. */
    personal: ColumnType<Json | null, string | null, string | null>
  }
  /** Passages that a clean text shares with an item of an evaluation set, which is named by its file's digest. */
  contamination: {
    revision_id: number
    cleaning_id: number
    evaluation_set: string
    ord: number
    name: string
    item: string
    start: number
    length: number
    letters: number
  }
  version: {
    dataset: string
    number: number
    parent: number | null
    digest: string
    recipe: JsonColumn
    batches: JsonColumn
    dedupe: string
    cleaning_id: number
    documents: number
    bytes: number
    frozen_at: Timestamp
    /** The newest text there was when it was frozen. */
    last_text: Generated<number>
  }
  member: {
    dataset: string
    source_id: number
    document_id: number
    revision_id: number
    text_id: number
    added: number
    removed: number | null
    /** Of the text as the version holds it. */
    bytes: number
    /** When it was published, else the night it was captured. */
    day: Night
    lang: string | null
    licence: string
    added_cause: string
    removed_cause: string | null
    /** Of the text as the version holds it, where that is without the paragraphs at `omitted`. */
    digest: Buffer | null
    omitted: number[] | null
  }
  version_tag: { dataset: string; tag: string; number: number; pinned: boolean; tagged_at: Timestamp }
  /** A part of the search index: the postings of texts from id `first` to id `last`. */
  search_segment: { id: Generated<number>; first: number; last: number; texts: number }
  /** The texts that hold a term: ids less the segment's first, as differences in variable-length bytes. */
  search_posting: { segment_id: number; term: number; texts: number; places: Buffer }
  export: {
    id: Generated<number>
    dataset: string
    number: number
    path: string
    options: JsonColumn
    manifest: string
    exported_at: Timestamp
  }
  takedown: {
    id: Generated<number>
    state: 'running' | 'done'
    request: JsonColumn
    places: JsonColumn
    attestation: ColumnType<Json | null, string | null | undefined, string>
    begun_at: Timestamp
    done_at: ColumnType<Date | null, undefined, Date>
  }
  tombstone: { document_id: number; takedown_id: number }
  /** Texts that may not come back under another address. */
  tombstone_text: { digest: Buffer; takedown_id: number }
  /** An object whose text was taken down, and the object that stands in its place. */
  redaction: { digest: string; replacement: string; takedown_id: number }
  takedown_checkpoint: { takedown_id: number; checkpoint: string }
  duplicate: {
    dataset: string
    revision_id: number
    owner_id: number
    intersection: number
    union: number
    added: number
    removed: number | null
  }
  left_out: {
    dataset: string
    revision_id: number
    reason: 'cap' | 'mixture'
    added: number
    removed: number | null
  }
  tokenizer: { dataset: string; recipe: string; digest: string; version: string }
  shard: {
    id: Generated<number>
    digest: string
    manifest: string
    batch_id: number
    cleaning_id: number
    tokenizer: string
    documents: number
    tokens: number
  }
  shard_document: { shard_id: number; ord: number; revision_id: number; start: number; length: number }
  training_set: {
    digest: string
    version: string
    tokenizer: string
    train_tokens: number
    validation_tokens: number
  }
  training_set_shard: { training_set: string; shard: string }
  checkpoint: { digest: string; training_set: string; step: number; config: JsonColumn }
  evaluation: { digest: string; checkpoint: string; metrics: JsonColumn }
  artifact: { digest: string; kind: string; bytes: number; meta: JsonColumn; parts: string[]; created_at: Timestamp }
  run: {
    id: Generated<string>
    key: string
    stage: string
    subject: string
    state: RunState
    config: JsonColumn
    code: string
    inputs: string[]
    output: string | null
    host: string
    pid: number
    started_at: Timestamp
    finished_at: ColumnType<Date | null, never, Date | string>
    error: string | null
  }
  schedule: { name: string; cron: string; next_at: ColumnType<Date, Date, Date> }
  schedule_night: {
    name: string
    night: Night
    cause: 'scheduled' | 'missed' | 'by hand'
    state: 'running' | 'done' | 'failed'
    started_at: Timestamp
    finished_at: ColumnType<Date | null, undefined, Date | null>
    host: string
    pid: number
    error: string | null
  }
  metric: {
    run_key: string
    step: number
    loss: number
    learning_rate: number
    gradient_norm: number
    tokens_per_second: number
  }
}

/** `answered`: captures; `received`: documents and listings answered 200 or 304; the states count documents alone. */
export type HostCounter =
  | 'answered'
  | 'received'
  | 'not_modified'
  | 'unchanged'
  | 'new'
  | 'changed'
  | 'gone'
  | 'robots'
  | 'refused'
  | 'failed'
  | 'bytes'

export type RunState = 'running' | 'done' | 'failed' | 'interrupted'
