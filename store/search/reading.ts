/**
 * Which postings of a segment answer a query: decided from how many texts hold each term, before any is read. What comes
 * out of it holds every text that matches, and some that do not, which match.ts tells apart.
 */
import { intersect, type Places, unite } from './places.ts'
import type { Query } from './query.ts'
import type { Counted, Found, Segment, TermRange } from './segment.ts'
import { lookupOf, type Term } from './terms.ts'

/** What a query looks up, whatever the segment. */
export type Lookups =
  | { readonly kind: 'terms'; readonly terms: readonly Term[] }
  | { readonly kind: 'range'; readonly range: TermRange }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Lookups[] }
  /** Any text may match. */
  | { readonly kind: 'any' }

export function lookupsOf(query: Query): Lookups {
  switch (query.kind) {
    case 'piece': {
      const lookup = lookupOf(query.text)
      if (!lookup) return { kind: 'any' }
      return lookup.kind === 'terms' ? lookup : { kind: 'range', range: { from: lookup.from, to: lookup.to } }
    }
    case 'and':
    case 'or':
      return { kind: query.kind, of: query.of.map(lookupsOf) }
    default:
      return { kind: 'any' }
  }
}

export function termsOfLookups(lookups: Lookups): readonly Term[] {
  if (lookups.kind === 'terms') return lookups.terms
  return lookups.kind === 'and' || lookups.kind === 'or' ? [...new Set(lookups.of.flatMap(termsOfLookups))] : []
}

export function rangesOfLookups(lookups: Lookups): readonly TermRange[] {
  if (lookups.kind === 'range') return [lookups.range]
  return lookups.kind === 'and' || lookups.kind === 'or' ? lookups.of.flatMap(rangesOfLookups) : []
}

/** What to read of one segment. `texts`: about how many texts it finds. */
export type Reading =
  | { readonly kind: 'all'; readonly texts: number }
  | { readonly kind: 'none'; readonly texts: 0 }
  | { readonly kind: 'read'; readonly ranges: readonly TermRange[]; readonly texts: number }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Reading[]; readonly texts: number }

/** Postings so many times longer than the shortest cost more to read than the texts cost that they would rule out. */
const WORTH_READING = 64
/** A letter whose postings, all its terms together, are so many a text stands in one text of a few: the texts are read. */
const COMMON_LETTER = 4

const NONE: Reading = { kind: 'none', texts: 0 }

export function readingOf(lookups: Lookups, segment: Segment, texts: (term: Term) => number): Reading {
  switch (lookups.kind) {
    case 'any':
      return { kind: 'all', texts: segment.texts }
    case 'terms':
      return narrowest(
        lookups.terms.map((term) => ({ kind: 'read', ranges: [{ from: term, to: term }], texts: texts(term) })),
      )
    case 'range': {
      const sum = texts(lookups.range.from)
      if (sum > COMMON_LETTER * segment.texts) return { kind: 'all', texts: segment.texts }
      return sum === 0 ? NONE : { kind: 'read', ranges: [lookups.range], texts: Math.min(sum, segment.texts) }
    }
    case 'and':
      return narrowest(lookups.of.map((each) => readingOf(each, segment, texts)))
    case 'or': {
      const each = lookups.of.map((one) => readingOf(one, segment, texts)).filter(({ kind }) => kind !== 'none')
      const sum = Math.min(
        segment.texts,
        each.reduce((total, one) => total + one.texts, 0),
      )
      if (each.some(({ kind }) => kind === 'all')) return { kind: 'all', texts: segment.texts }
      return each.length === 0 ? NONE : { kind: 'or', of: each, texts: sum }
    }
  }
}

/** All of these: the shortest, and those that are not much longer. */
function narrowest(readings: readonly Reading[]): Reading {
  const sorted = readings.filter(({ kind }) => kind !== 'all').toSorted((a, b) => a.texts - b.texts)
  const [least] = sorted
  if (!least) return readings[0] ?? NONE
  if (least.texts === 0) return NONE
  const of = sorted.filter(({ texts }) => texts <= least.texts * WORTH_READING)
  return of.length === 1 ? least : { kind: 'and', of, texts: least.texts }
}

export function rangesToRead(reading: Reading): readonly TermRange[] {
  if (reading.kind === 'read') return reading.ranges
  return reading.kind === 'and' || reading.kind === 'or' ? reading.of.flatMap(rangesToRead) : []
}

/** The places of a segment that a reading finds, from what was read of it. */
export function placesOf(reading: Reading, segment: Segment, found: readonly Found[]): Places {
  switch (reading.kind) {
    case 'none':
      return new Uint32Array(0)
    case 'all':
      return new Uint32Array(segment.last - segment.first + 1).map((_, place) => place)
    case 'read':
      return unite(
        reading.ranges.flatMap(({ from, to }) =>
          found.filter(({ term }) => term >= from && term <= to).map(({ places }) => places),
        ),
      )
    case 'and':
      return reading.of.map((each) => placesOf(each, segment, found)).reduce(intersect)
    case 'or':
      return unite(reading.of.map((each) => placesOf(each, segment, found)).filter(({ length }) => length > 0))
  }
}

/** How many texts of a segment hold a term, or the terms of a range by its first. */
export function countsBySegment(
  terms: readonly Counted[],
  ranges: readonly Counted[],
): (segment: Segment) => (term: Term) => number {
  const key = (segment: number, term: Term) => `${segment} ${term}`
  const byKey = new Map([...terms, ...ranges].map(({ segment_id, term, texts }) => [key(segment_id, term), texts]))
  return ({ id }) =>
    (term) =>
      byKey.get(key(id, term)) ?? 0
}
