/**
 * Crawling for years: a frontier by hash and due night, WARC files that rotate, what is known of hosts and of their
 * robots.txt, every exchange that is no capture, counts by host and reason, and the nights a schedule has begun.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table source add column terms text, add column contact text`,
  `create table source_state (
     source_id integer not null references source,
     name text not null,
     value jsonb not null,
     primary key (source_id, name))`,

  // ---- hosts: imports have the host '', so that every entry has one
  `create table host (
     id integer generated always as identity primary key,
     name text not null unique,
     entered_at timestamptz,
     last_ms integer,
     not_before timestamptz)`,
  `insert into host (name) values ('')`,
  `create table site_file (
     url text primary key,
     night date not null,
     fetched_at timestamptz not null,
     status integer not null,
     body bytea not null,
     etag text,
     last_modified text,
     record_id text not null,
     digest bytea not null)`,

  // ---- the frontier
  `alter table frontier rename to frontier_by_key`,
  `create table frontier (
     source_id integer not null references source,
     hash uuid not null,
     host_id integer not null references host,
     key text not null,
     url text,
     depth smallint not null,
     hops smallint not null,
     priority smallint not null,
     due date not null,
     settled_night date,
     revisit real not null,
     state text not null default 'pending' check (state in ('pending', 'captured', 'refused', 'failed')),
     status smallint,
     reason text,
     robots_rule text,
     lastmod text,
     target uuid,
     primary key (source_id, hash))`,
  `insert into host (name)
     select distinct substring(key from '^https?://([^/?#]+)') from frontier_by_key
     where key ~ '^https?://[^/?#]'`,
  `insert into frontier (source_id, hash, host_id, key, url, depth, hops, priority, due, settled_night, revisit, state,
       status, reason, robots_rule)
     select source_id, substr(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 1, 32)::uuid, host.id, key,
       nullif(url, key), greatest(depth, 0), 0, case when settled_night is null then 2 else 3 end,
       coalesce(settled_night + 1, date '2000-01-01'), settled_night, 1, state, status, reason, robots_rule
     from frontier_by_key
     join host on host.name = coalesce(substring(key from '^https?://([^/?#]+)'), '')
     where depth >= 0`,
  `drop table frontier_by_key`,
  `create index frontier_due on frontier (source_id, host_id, priority, due, depth, hash)`,

  // ---- captures: WARC files rotate; what holds text was decided when it was fetched
  `create table warc_file (
     batch_id integer not null references batch,
     number smallint not null,
     path text not null,
     bytes bigint not null,
     primary key (batch_id, number))`,
  `insert into warc_file (batch_id, number, path, bytes) select id, 0, warc, warc_bytes from batch`,
  `alter table batch drop column warc, drop column warc_bytes, add column unreached jsonb`,
  `alter table document add column latest_capture_id bigint`,
  `alter table capture
     add column warc_file smallint not null default 0,
     add column holds_text boolean not null default false,
     add column canonical text,
     add column directives text`,
  `update capture set holds_text = content_type is null
     or content_type ~* '^(text/html|application/(xhtml[+]xml|vnd[.]malmoi[.]record[+]json))'`,
  `update document set latest_capture_id = (select max(id) from capture where document_id = document.id and status in (200, 304))`,
  `create table exchange (
     id bigint generated always as identity primary key,
     batch_id integer not null references batch,
     hash uuid not null,
     status smallint not null,
     reason text not null,
     fetched_at timestamptz not null,
     record_id text not null,
     warc_file smallint not null,
     warc_offset bigint not null,
     warc_length integer not null)`,
  `create index exchange_hash on exchange (hash)`,

  // ---- what a night did, by host and by reason
  `create table batch_host (
     batch_id integer not null references batch,
     host_id integer not null references host,
     answered integer not null,
     received integer not null,
     not_modified integer not null,
     unchanged integer not null,
     "new" integer not null,
     changed integer not null,
     gone integer not null,
     robots integer not null,
     refused integer not null,
     failed integer not null,
     bytes bigint not null,
     first_at timestamptz not null,
     last_at timestamptz not null,
     primary key (batch_id, host_id))`,
  `create table batch_reason (
     batch_id integer not null references batch,
     host_id integer not null references host,
     state text not null,
     reason text not null,
     urls integer not null,
     primary key (batch_id, host_id, state, reason))`,

  // ---- schedules
  `create table schedule (
     name text primary key,
     cron text not null,
     next_at timestamptz not null)`,
  `create table schedule_night (
     name text not null,
     night date not null,
     cause text not null check (cause in ('scheduled', 'missed', 'by hand')),
     state text not null check (state in ('running', 'done', 'failed')),
     started_at timestamptz not null default now(),
     finished_at timestamptz,
     host text not null,
     pid integer not null,
     error text,
     primary key (name, night))`,
]
