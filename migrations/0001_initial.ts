/**
 * The tables of the corpus, the lineage and the runs. Everything lives in the schema `malmoi`.
 * Digests are bytea in the tables that hold a row per document, hexadecimal text in the small ones.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // ---- ingestion: sources, batches, the frontier and what was captured
  `create table source (
     id integer generated always as identity primary key,
     name text not null unique,
     kind text not null,
     licence text not null)`,
  `create table batch (
     id integer generated always as identity primary key,
     source_id integer not null references source,
     night date not null,
     parent_id integer references batch,
     warc text not null,
     warc_bytes bigint not null default 0,
     digest text,
     delta text,
     counts jsonb,
     opened_at timestamptz not null default now(),
     frozen_at timestamptz,
     unique (source_id, night))`,
  `create table document (
     id bigint generated always as identity primary key,
     source_id integer not null references source,
     key text not null,
     first_batch_id integer not null references batch,
     gone_batch_id integer references batch,
     unique (source_id, key))`,
  `create index document_key on document (key)`,
  `create table frontier (
     source_id integer not null references source,
     key text not null,
     url text not null,
     depth integer not null,
     settled_night date,
     state text not null default 'pending' check (state in ('pending', 'captured', 'refused', 'failed')),
     status integer,
     reason text,
     robots_rule text,
     primary key (source_id, key))`,
  `create index frontier_due on frontier (source_id, settled_night, depth, key)`,
  `create table capture (
     id bigint generated always as identity primary key,
     batch_id integer not null references batch,
     document_id bigint not null references document,
     url text not null,
     state text not null check (state in ('new', 'changed', 'unchanged', 'notModified', 'gone', 'other')),
     status integer not null,
     payload bytea,
     payload_bytes bigint not null,
     payload_capture_id bigint references capture,
     content_type text,
     etag text,
     last_modified text,
     fetched_at timestamptz not null,
     robots_rule text not null,
     record_id text not null,
     warc_offset bigint not null,
     warc_length integer not null,
     unique (batch_id, document_id))`,
  `create index capture_document on capture (document_id, id desc)`,

  // ---- text: revisions, verdicts, clean texts
  `create table revision (
     id bigint generated always as identity primary key,
     document_id bigint not null references document,
     capture_id bigint not null references capture,
     digest bytea not null,
     title text,
     author text,
     published text,
     lang text,
     unique (document_id, digest))`,
  `create index revision_digest on revision (digest)`,
  `create index revision_capture on revision (capture_id)`,
  `create table cleaning (
     id integer generated always as identity primary key,
     digest text not null unique,
     code text not null,
     config jsonb not null)`,
  `create table verdict (
     revision_id bigint not null references revision,
     cleaning_id integer not null references cleaning,
     kept boolean not null,
     rule text,
     measured double precision,
     threshold double precision,
     measures jsonb not null,
     primary key (revision_id, cleaning_id))`,
  `create table text (
     revision_id bigint not null references revision,
     cleaning_id integer not null references cleaning,
     digest bytea not null,
     body text not null,
     primary key (revision_id, cleaning_id))`,

  // ---- versions
  `create table version (
     dataset text not null,
     number integer not null,
     parent integer,
     digest text not null,
     recipe jsonb not null,
     batches jsonb not null,
     dedupe text not null,
     cleaning_id integer not null references cleaning,
     documents integer not null,
     bytes bigint not null,
     frozen_at timestamptz not null default now(),
     primary key (dataset, number))`,
  `create index version_digest on version (digest)`,
  `create table member (
     dataset text not null,
     revision_id bigint not null references revision,
     cleaning_id integer not null references cleaning,
     added integer not null,
     added_cause text not null,
     removed integer,
     removed_cause text,
     primary key (dataset, revision_id, cleaning_id, added))`,
  `create index member_revision on member (revision_id)`,
  `create table duplicate (
     dataset text not null,
     revision_id bigint not null references revision,
     owner_id bigint not null references revision,
     intersection integer not null,
     "union" integer not null,
     added integer not null,
     removed integer,
     primary key (dataset, revision_id, owner_id, added))`,

  // ---- tokens and models
  `create table tokenizer (
     dataset text not null,
     recipe text not null,
     digest text not null,
     version text not null,
     primary key (dataset, recipe))`,
  `create table shard (
     id integer generated always as identity primary key,
     digest text not null unique,
     manifest text not null,
     batch_id integer not null references batch,
     cleaning_id integer not null references cleaning,
     tokenizer text not null,
     documents integer not null,
     tokens bigint not null)`,
  `create table shard_document (
     shard_id integer not null references shard,
     ord integer not null,
     revision_id bigint not null references revision,
     start bigint not null,
     length integer not null,
     primary key (shard_id, ord))`,
  `create index shard_document_revision on shard_document (revision_id)`,
  `create table training_set (
     digest text primary key,
     version text not null,
     tokenizer text not null,
     train_tokens bigint not null,
     validation_tokens bigint not null)`,
  `create table training_set_shard (
     training_set text not null references training_set,
     shard text not null references shard (digest),
     primary key (training_set, shard))`,
  `create table checkpoint (
     digest text primary key,
     training_set text not null references training_set,
     step integer not null,
     config jsonb not null)`,
  `create table evaluation (
     digest text primary key,
     checkpoint text not null references checkpoint,
     metrics jsonb not null)`,

  // ---- runs: the truth about what was executed
  `create table artifact (
     digest text primary key,
     kind text not null,
     bytes bigint not null,
     meta jsonb not null,
     created_at timestamptz not null default now())`,
  `create table run (
     id uuid primary key default gen_random_uuid(),
     key text not null,
     stage text not null,
     subject text not null,
     state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
     config jsonb not null,
     code text not null,
     inputs text[] not null,
     output text references artifact,
     host text not null,
     pid integer not null,
     started_at timestamptz not null default now(),
     finished_at timestamptz,
     error text)`,
  `create unique index run_done on run (key) where state = 'done'`,
  `create index run_output on run (output)`,
  `create index run_inputs on run using gin (inputs)`,
  `create index run_recent on run (started_at desc)`,
  `create table metric (
     run_key text not null,
     step integer not null,
     loss double precision not null,
     learning_rate double precision not null,
     gradient_norm double precision not null,
     tokens_per_second double precision not null,
     primary key (run_key, step))`,
]
