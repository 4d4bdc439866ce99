/**
 * The corpus as one asks it: a text once a revision whatever cleanings gave it, measurements as numbers in a row,
 * memberships with what they are asked by, postings for search, tags, exports, takedowns, and views for SQL.
 */
import { type Kysely, sql } from 'kysely'
import { views } from './0004_corpus_views.ts'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // ---- indexes that others of the same table serve as well
  `drop index document_key`,
  `alter table document drop constraint document_source_id_key_key, add unique (key, source_id)`,
  `alter table revision drop constraint revision_document_id_digest_key`,
  `drop index revision_digest`,
  `drop index revision_capture`,
  `alter table revision add unique (digest)`,
  `create index revision_document on revision (document_id)`,

  `create index run_subject on run (stage, subject)`,

  // ---- a text once, whatever cleanings gave it. Its body is kept in the row, compressed where it is long
  `alter table text rename to text_by_cleaning`,
  `alter table text_by_cleaning rename constraint text_pkey to text_by_cleaning_pkey`,
  `create table text (
     id bigint generated always as identity primary key,
     revision_id bigint not null references revision,
     digest bytea not null,
     body text not null,
     personal jsonb,
     unique (revision_id, digest))`,
  `alter table text alter body set storage main`,
  `insert into text (revision_id, digest, body, personal)
     select distinct on (revision_id, digest) revision_id, digest, body, personal from text_by_cleaning
     order by revision_id, digest, cleaning_id desc`,

  // ---- measurements: values in the order of the cleaning's names; 0 is null, which takes a bit
  `alter table cleaning add measures text[]`,
  `update cleaning set measures = array(
     select distinct name from verdict, jsonb_object_keys(verdict.measures) as name
     where verdict.cleaning_id = cleaning.id order by name)`,
  `alter table cleaning alter measures set not null`,
  `alter table verdict add values double precision[], add text_id bigint references text`,
  `update verdict set values = array(
     select nullif((verdict.measures ->> name)::float8, 0)
     from unnest(cleaning.measures) with ordinality as measure (name, ord) order by ord)
   from cleaning where cleaning.id = verdict.cleaning_id and verdict.measures <> '{}'`,
  `update verdict set text_id = text.id from text_by_cleaning
     join text on text.revision_id = text_by_cleaning.revision_id and text.digest = text_by_cleaning.digest
     where text_by_cleaning.revision_id = verdict.revision_id and text_by_cleaning.cleaning_id = verdict.cleaning_id`,
  `alter table verdict drop measures`,
  `create index verdict_rejected on verdict (cleaning_id, rule) where not kept`,
  `create function measures(names text[], given double precision[]) returns jsonb
     language sql immutable parallel safe
     return (select jsonb_object_agg(name, coalesce(value, 0))
       from unnest(names, given) as measure (name, value) where given is not null)`,
  `drop table text_by_cleaning`,

  // ---- memberships
  `alter table member rename to member_by_cleaning`,
  `alter table member_by_cleaning rename constraint member_pkey to member_by_cleaning_pkey`,
  `drop index member_revision`,
  `create table member (
     dataset text not null,
     source_id integer not null references source,
     document_id bigint not null references document,
     revision_id bigint not null references revision,
     text_id bigint not null,
     added integer not null,
     removed integer,
     bytes integer not null,
     day date not null,
     lang text,
     licence text not null,
     added_cause text not null,
     removed_cause text,
     digest bytea,
     omitted integer[],
     primary key (dataset, source_id, document_id, added))`,
  `create function day_of(published text, night date) returns date
     language sql stable parallel safe
     return case when left(published, 10) ~ '^\\d{4}-\\d\\d-\\d\\d$' and pg_input_is_valid(left(published, 10), 'date')
       then left(published, 10)::date else night end`,
  `insert into member
     select dataset, document.source_id, document.id, revision.id, text.id, added, removed,
       octet_length(member_text(body, omitted)), day_of(published, night), lang,
       coalesce(revision.licence, source.licence), added_cause, removed_cause,
       case when omitted is not null then member_by_cleaning.digest end, omitted
     from member_by_cleaning
     join verdict using (revision_id, cleaning_id)
     join revision on revision.id = member_by_cleaning.revision_id
     join document on document.id = revision.document_id
     join source on source.id = document.source_id
     join capture on capture.id = revision.capture_id
     join batch on batch.id = capture.batch_id
     join text on text.id = verdict.text_id`,
  `drop table member_by_cleaning`,
  `create index member_text on member (text_id)`,
  `create index member_added on member (dataset, added)`,
  `create index member_removed on member (dataset, removed) where removed is not null`,
  // Each gives the documents of one value in their order: the first hundred are read from it, however rare or late they are.
  `create index member_day on member (dataset, day, source_id, document_id)`,
  `create index member_licence on member (dataset, licence, source_id, document_id)`,
  `create index member_lang on member (dataset, lang, source_id, document_id)`,

  // ---- names for versions; a pinned version outlives its retention
  `create table version_tag (
     dataset text not null,
     tag text not null,
     number integer not null,
     pinned boolean not null,
     tagged_at timestamptz not null default now(),
     primary key (dataset, tag),
     foreign key (dataset, number) references version (dataset, number))`,

  // ---- search: an inverted index in segments. A term is two UTF-16 units; postings are ids of texts less the first
  `create table search_segment (
     id integer generated always as identity primary key,
     first bigint not null,
     last bigint not null,
     texts integer not null)`,
  `create table search_posting (
     segment_id integer not null references search_segment,
     term integer not null,
     texts integer not null,
     places bytea not null,
     primary key (segment_id, term))`,
  `alter table search_posting alter places set storage external`,
  // The newest text that a version can hold; a search in an old version begins there.
  `create function last_text() returns bigint language sql stable
     return (select coalesce(max(id), 0) from text)`,
  `alter table version add last_text bigint not null default last_text()`,

  // ---- what was written outside: a takedown goes there too
  `create table export (
     id integer generated always as identity primary key,
     dataset text not null,
     number integer not null,
     path text not null,
     options jsonb not null,
     manifest text not null,
     exported_at timestamptz not null default now(),
     unique (path))`,

  // ---- takedowns
  `create table takedown (
     id integer generated always as identity primary key,
     state text not null check (state in ('running', 'done')),
     request jsonb not null,
     places jsonb not null,
     attestation jsonb,
     begun_at timestamptz not null default now(),
     done_at timestamptz)`,
  `create table tombstone (
     document_id bigint primary key references document,
     takedown_id integer not null references takedown)`,
  `create table tombstone_text (
     digest bytea primary key,
     takedown_id integer not null references takedown)`,
  `create table redaction (
     digest text primary key,
     replacement text not null,
     takedown_id integer not null references takedown)`,
  `create table takedown_checkpoint (
     takedown_id integer not null references takedown,
     checkpoint text not null references checkpoint,
     primary key (takedown_id, checkpoint))`,

  // ---- what ANALYZE keeps of a column's values would outlive them
  `alter table text alter body set statistics 0, alter personal set statistics 0`,
  `alter table revision alter title set statistics 0, alter author set statistics 0, alter section set statistics 0,
     alter canonical set statistics 0, alter images set statistics 0`,

  ...views,
]
