/** What extraction and cleaning say of a document, paragraphs left out of a version, passages of evaluation sets. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // ---- what a page says of itself
  `alter table revision
     add modified text,
     add section text,
     add canonical text,
     add licence text,
     add images jsonb`,

  // ---- personal data: kind, start and length of each placeholder in the clean text, never the value
  `alter table text add personal jsonb`,

  // ---- memberships name the text they hold: the clean text without the paragraphs that another document owns
  `alter table member add digest bytea, add omitted integer[]`,
  `update member set digest = text.digest from text
     where text.revision_id = member.revision_id and text.cleaning_id = member.cleaning_id`,
  `alter table member alter digest set not null`,
  `create function member_text(body text, omitted integer[]) returns text
     language sql immutable parallel safe
     return case when omitted is null then body else
       array_to_string(array(
         select part from unnest(string_to_array(body, E'\\n\\n')) with ordinality as paragraph (part, ord)
         where ord - 1 <> all (omitted) order by ord), E'\\n\\n') end`,

  // ---- which revisions an extraction of a batch gave, again or anew: what a document was at a version
  `create table extraction (
     id integer generated always as identity primary key,
     batch_id integer not null references batch,
     digest text not null,
     unique (digest, batch_id))`,
  `create table extracted (
     extraction_id integer not null references extraction,
     revision_id bigint not null references revision,
     primary key (extraction_id, revision_id))`,

  // ---- passages that a document shares with an evaluation item
  `create table contamination (
     revision_id bigint not null references revision,
     cleaning_id integer not null references cleaning,
     evaluation_set text not null,
     ord integer not null,
     name text not null,
     item text not null,
     start integer not null,
     length integer not null,
     letters integer not null,
     primary key (revision_id, cleaning_id, evaluation_set, ord))`,
]
