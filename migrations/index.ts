/** All migrations, in order. A migration, once landed, is never edited: a change is a new file. */
import type { Migration } from 'kysely/migration'
import * as initial from './0001_initial.ts'
import * as crawl from './0002_crawl.ts'
import * as text from './0003_text.ts'
import * as corpus from './0004_corpus.ts'
import * as leftOut from './0005_left_out.ts'

export const migrations: Readonly<Record<string, Migration>> = {
  '0001_initial': initial,
  '0002_crawl': crawl,
  '0003_text': text,
  '0004_corpus': corpus,
  '0005_left_out': leftOut,
}
