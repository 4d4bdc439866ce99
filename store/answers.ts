/**
 * What questions to the corpus are answered with, as plain data, for the command and for programs that import malmoi. What
 * these types reach needs no types of the database.
 */
import type { Json } from '../pipeline/contract.ts'

/** What documents are counted by. */
export type Dimension = 'source' | 'date' | 'month' | 'language' | 'licence' | 'length'

export interface Count {
  readonly documents: number
  /** UTF-8, of the texts as the version holds them. */
  readonly bytes: number
}

/** `key` is what the documents have in common; of `length` the least bytes, of up to twice as many. */
export interface KeyedCount extends Count {
  readonly key: string | number | null
}

export interface RuleCount extends Count {
  /** `left out`: cleaning kept it, the version does not hold it: a duplicate, contaminated, or against the recipe. */
  readonly outcome: 'kept' | 'left out' | 'rejected'
  readonly rule: string | null
}

export type ChangeKind = 'added' | 'removed' | 'changed'

/** One document. Where several steps lie between the versions, the cause is that of the last one which touched it. */
export interface Change {
  readonly change: ChangeKind
  readonly cause: string
  readonly source: string
  readonly url: string
  /** Digests of the texts as the versions hold them; null too where a text was taken down since. */
  readonly from: string | null
  readonly to: string | null
  /** UTF-8 bytes of the texts. */
  readonly bytes: { readonly from: number | null; readonly to: number | null }
  readonly detail: { readonly [field: string]: Json } | null
}

export interface SearchOptions {
  /** newest: what was stored last comes first. rank: the best by BM25 of the newest 2,000 that match. */
  readonly order: 'newest' | 'rank'
  readonly limit: number
  /** `next` of the page before; null for the first. */
  readonly before: string | null
}

export interface Snippet {
  /** One line, `…` where the text goes on. */
  readonly snippet: string
  /** Start and length of what was found, in UTF-16 units of the snippet; they do not overlap. */
  readonly highlights: readonly (readonly [number, number])[]
}

export interface Hit extends Snippet {
  readonly source: string
  readonly url: string
  readonly title: string | null
  /** YYYY-MM-DD: published, else captured. */
  readonly day: string
  readonly lang: string | null
  readonly licence: string
  readonly revision: string
  readonly bytes: number
  /** Null where the newest come first. */
  readonly score: number | null
}

export interface SearchPage {
  readonly hits: readonly Hit[]
  /** Key of the page that follows; null where there is none. */
  readonly next: string | null
}

/** What keeps an accepted document, like no other, out of a dataset's latest version. */
export type LeftOutOf = { readonly version: string } & (
  | { readonly reason: 'licence'; readonly licence: string; readonly licences: readonly string[] }
  | { readonly reason: 'window'; readonly day: string; readonly since: string | null; readonly until: string | null }
  | {
      readonly reason: 'cap'
      readonly source: string
      readonly cap: { readonly documents?: number; readonly bytes?: number }
    }
  | { readonly reason: 'mixture'; readonly source: string; readonly share: number }
)

/** Everything that is known of one document. */
export interface Story {
  readonly url: string
  readonly source: string
  readonly licence: string
  readonly terms: string | null
  readonly state: string
  readonly reason: string | null
  readonly robotsRule: string | null
  /** What is asked for, where it is not the document's own address. */
  readonly askedFor: string | null
  /** The night from which it is due, and nights between two visits. */
  readonly due: string | null
  readonly revisit: number | null
  /** Steps from a start address. */
  readonly depth: number | null
  /** Why it was left for another night, of the last night that left it. */
  readonly unreached: { readonly night: string; readonly reason: string } | null
  /** Exchanges that gave no capture: tried again, or refused for what was answered. */
  readonly exchanges: readonly {
    readonly night: string
    readonly status: number
    readonly reason: string
    readonly fetchedAt: string
    readonly warc: string
    readonly offset: number
    readonly length: number
  }[]
  readonly captures: readonly {
    readonly night: string
    readonly state: string
    readonly status: number
    readonly fetchedAt: string
    readonly robotsRule: string
    readonly directives: string | null
    readonly canonical: string | null
    readonly payload: string | null
    readonly warc: string
    readonly offset: number
    readonly length: number
  }[]
  readonly revisions: readonly {
    readonly digest: string
    readonly title: string | null
    readonly licence: string | null
    readonly verdicts: readonly {
      readonly kept: boolean
      readonly rule: string | null
      readonly measured: number | null
      readonly threshold: number | null
      readonly measures: Readonly<Record<string, number>>
    }[]
    /** The kept copy it was verified against, with the exact Jaccard similarity of the two. */
    readonly duplicateOf: readonly {
      readonly dataset: string
      readonly owner: string
      readonly since: number
      readonly similarity: number
    }[]
    /** Passages that it shares with evaluation sets. */
    readonly contamination: readonly {
      readonly set: string
      readonly item: string
      readonly start: number
      readonly length: number
      readonly letters: number
    }[]
    /** Placeholders for personal data in the clean text. */
    readonly personal: readonly { readonly kind: string; readonly start: number; readonly length: number }[]
    /** Paragraphs that a dataset leaves to the document which has them first. */
    readonly omitted: readonly {
      readonly dataset: string
      readonly paragraphs: readonly number[]
      readonly since: number
    }[]
    readonly versions: readonly string[]
    readonly shards: readonly { readonly shard: string; readonly start: number; readonly length: number }[]
  }[]
  readonly checkpoints: readonly string[]
  readonly leftOut: readonly LeftOutOf[]
}
