/** What a report of a version shows: plain data, gathered by pipeline/report-data.ts. */

export interface ReportData {
  readonly version: string
  readonly digest: string
  readonly frozenAt: string
  readonly documents: number
  readonly bytes: number
  readonly characters: number
  /** Documents whose text is a sample where there are too many to look at all: one in so many. */
  readonly sampledOneIn: number
  readonly funnels: readonly Funnel[]
  readonly rules: readonly RuleReport[]
  readonly lengths: Histogram
  readonly languages: readonly Count[]
  readonly licences: readonly Count[]
  readonly personal: readonly Count[]
  readonly contamination: readonly OverlapExample[]
  readonly clusters: ClusterReport
  readonly omittedParagraphs: { readonly documents: number; readonly paragraphs: number }
  readonly sample: readonly Reading[]
  readonly recipe: string
}

/** The documents of one source, as they were last captured, on their way into the version. */
export interface Funnel {
  readonly source: string
  readonly captured: number
  /** Documents by the rule that rejected them. */
  readonly rejected: readonly Count[]
  readonly contaminated: number
  /** Accepted, like no other, and left out: licence, window, cap, mixture, takedown. */
  readonly left: readonly Count[]
  readonly duplicates: number
  readonly kept: number
}

export interface Count {
  readonly name: string
  readonly count: number
}

export interface RuleReport {
  readonly name: string
  readonly about: string
  readonly measure: string
  readonly side: 'least' | 'most'
  /** Null where the rule decides nothing. */
  readonly threshold: number | null
  readonly rejected: number
  readonly distribution: Histogram
  /** Nearest to the threshold on either side. */
  readonly rejectedExamples: readonly Example[]
  readonly keptExamples: readonly Example[]
}

/** Equal bins from `from` on, `width` wide; the last holds what lies beyond too. */
export interface Histogram {
  readonly from: number
  readonly width: number
  readonly counts: readonly number[]
  /** Whether the bins are of the logarithm to the base 2. */
  readonly logarithmic: boolean
}

export interface Example {
  readonly source: string
  readonly url: string
  readonly title: string | null
  readonly value: number
  readonly excerpt: string
}

export interface OverlapExample {
  readonly set: string
  readonly documents: number
  readonly item: string
  readonly url: string
  readonly passage: string
}

export interface ClusterReport {
  readonly clusters: number
  /** Clusters by how many copies were dropped: 1, 2, 3–4, 5–8 … */
  readonly sizes: readonly Count[]
  readonly largest: readonly {
    readonly owner: string
    readonly title: string | null
    readonly copies: number
    readonly leastSimilarity: number
    readonly members: readonly string[]
  }[]
}

export interface Reading {
  readonly source: string
  readonly url: string
  readonly title: string | null
  readonly published: string | null
  readonly text: string
}
