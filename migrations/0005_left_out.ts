/** What the recipe's caps and its mixture leave out of a version, beside what duplicates another document. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table left_out (
    dataset text not null,
    revision_id bigint not null references revision,
    reason text not null check (reason in ('cap', 'mixture')),
    added integer not null,
    removed integer,
    primary key (dataset, revision_id, added))`.execute(db)
}
