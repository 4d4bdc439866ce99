/** The corpus for programs, as types: what `open` gives, what it is asked, what it answers. */
/// <reference lib="esnext.disposable" preserve="true" />
import type { Json } from '../pipeline/contract.ts'
import type { Change, Count, Dimension, KeyedCount, RuleCount, SearchPage, Story } from '../store/answers.ts'

export interface Version {
  /** `news@7` */
  readonly name: string
  readonly dataset: string
  readonly number: number
  /** SHA-256 of its recipe and its documents. */
  readonly digest: string
  /** The number of the version before; null for the first. */
  readonly parent: number | null
  readonly documents: number
  /** UTF-8, of all texts. */
  readonly bytes: number
  readonly frozenAt: Date
  readonly recipe: Json
}

/** Which version is asked. Without `version` and `asOf` the latest; without `dataset` the only one there is. */
export interface VersionQuestion {
  readonly dataset?: string
  /** A number, a tag, `latest`, or all of `news@7`. */
  readonly version?: number | string
  /** The version that was the latest at the end of a day, `2026-11-01`, or at a moment, `2026-11-01T09:00+09:00`. */
  readonly asOf?: string
}

/** Which of its documents. Of several values one has to hold; all that is given has to hold. */
export interface DocumentsQuestion extends VersionQuestion {
  readonly source?: string | readonly string[]
  /** First and last day, `YYYY-MM-DD`: when it was published, else the night on which it was captured. */
  readonly since?: string
  readonly until?: string
  readonly licence?: string | readonly string[]
  readonly lang?: string | readonly string[]
  /** Compares fields and measures: `hangul_ratio > .9 and section = '사회'`. */
  readonly where?: string
  /** What it says, in the language of `malmoi corpus search`. */
  readonly search?: string
}

/** What of each document, and of how many at most. */
export interface FieldsQuestion<Name extends string> {
  /** Fields, and measures of cleaning by name. */
  readonly fields?: readonly Name[]
  readonly limit?: number
}

interface Identity {
  readonly dataset: string
  readonly version: number
  readonly source: string
  /** The canonical URL, or the id in the source that it was imported from. */
  readonly url: string
  readonly title: string | null
  readonly author: string | null
  /** ISO 8601, as the page states it. */
  readonly published: string | null
  readonly modified: string | null
  readonly section: string | null
  /** BCP 47 primary language subtag. */
  readonly lang: string | null
  /** What the page states, else the source's. */
  readonly licence: string
  /** `YYYY-MM-DD`: published, else captured. */
  readonly day: string
  /** SHA-256 of what the document said. */
  readonly revision: string
  /** ISO 8601, UTC. */
  readonly fetchedAt: string
  /** By name; null where nothing was measured. */
  readonly measures: { readonly [name: string]: number } | null
}

export interface DocumentFields extends Identity {
  /** UTF-8, of the text. */
  readonly bytes: number
  /** SHA-256 of the text. */
  readonly digest: string
  readonly text: string
}

export interface RejectedFields extends Identity {
  readonly rule: string
  readonly measured: number
  readonly threshold: number
}

/** What is told of a document where no fields are named. */
export type UsualField =
  | 'dataset'
  | 'version'
  | 'source'
  | 'url'
  | 'title'
  | 'author'
  | 'published'
  | 'modified'
  | 'section'
  | 'lang'
  | 'licence'
  | 'revision'
  | 'fetchedAt'
  | 'text'
export type UsualRejectedField = 'source' | 'url' | 'title' | 'rule' | 'measured' | 'threshold'

/** A row of the fields that were asked for; what is no field of a document is a measure. */
export type Row<Fields, Name extends string> = {
  readonly [Field in Name]: Field extends keyof Fields ? Fields[Field] : number | null
}

/** A field is offered as one types; any other name may be a measure. */
export type NameOf<Fields> = Extract<keyof Fields, string> | (string & {})

/** An open workspace, to read. Close it, or hold it with `await using`: a program does not end before. */
export interface Corpus {
  /** Of one dataset, or of all; by dataset and number. */
  versions(dataset?: string): Promise<readonly Version[]>
  /** `news@7`, `news@tag`, `news@latest`, `news`, or a digest's beginning. */
  version(name: string): Promise<Version>
  /**
   * Documents by source and document, or by day where days bound them, read as they are taken: stopping early costs
   * nothing more, and memory holds one page.
   */
  query<const Name extends NameOf<DocumentFields> = UsualField>(
    question?: DocumentsQuestion & FieldsQuestion<Name>,
  ): AsyncIterable<Row<DocumentFields, Name>>
  /** The documents of the version's batches that cleaning rejected. */
  rejected<const Name extends NameOf<RejectedFields> = UsualRejectedField>(
    question?: Omit<DocumentsQuestion, 'search'> & FieldsQuestion<Name>,
  ): AsyncIterable<Row<RejectedFields, Name>>
  count(question?: DocumentsQuestion): Promise<Count>
  countBy(dimension: Dimension, question?: DocumentsQuestion): Promise<readonly KeyedCount[]>
  /** What became of all documents that the version was made from, and by which rule what was rejected. */
  countByRule(question?: Omit<DocumentsQuestion, 'search'>): Promise<readonly RuleCount[]>
  /** From one version of a dataset to another, with the cause of each change. */
  diff(from: string, to: string): AsyncIterable<Change>
  /** A page of what says something, newest or best first, with the words in their place. */
  search(
    text: string,
    question?: VersionQuestion & {
      readonly order?: 'newest' | 'rank'
      readonly limit?: number
      readonly before?: string
    },
  ): Promise<SearchPage>
  /** Everything that is known of a document: null where nothing is. */
  why(url: string): Promise<Story | null>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface OpenOptions {
  /** A PostgreSQL server in place of the embedded one (default: the environment's DATABASE_URL). */
  readonly databaseUrl?: string
}
