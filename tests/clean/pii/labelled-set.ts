/**
 * A labelled set for personal data: values in the forms in which people write them, put into sentences, and numbers
 * that only look personal. Seeded, so that every run has the same set. It shares nothing with the detectors.
 */
import { PERSONAL_KINDS, type PersonalKind } from '../../../clean/pii/personal.ts'
import { CARRIERS } from './carriers.ts'
import { NEAR_MISSES } from './near-misses.ts'
import { type Random, seeded } from './random.ts'
import { VALUES } from './values.ts'

export interface LabelledSpan {
  readonly kind: PersonalKind
  readonly start: number
  readonly end: number
}
export interface Labelled {
  readonly text: string
  readonly spans: readonly LabelledSpan[]
  /** What a near-miss is; null where the text holds personal data. */
  readonly nearMiss: string | null
}

/** `perKind` texts of every kind and of near-misses in all; `surroundings` are sentences to put around some of them. */
export function labelledSet(seed: number, perKind: number, surroundings: readonly string[]): readonly Labelled[] {
  const random = seeded(seed)
  const set: Labelled[] = []
  for (const kind of PERSONAL_KINDS) {
    for (let i = 0; i < perKind; i++) set.push(surround(personal(kind, random), surroundings, random))
  }
  const sorts = Object.keys(NEAR_MISSES)
  for (let i = 0; i < perKind * 2; i++) {
    const sort = sorts[i % sorts.length]!
    const text = random.pick(NEAR_MISSES[sort]!)(random)
    set.push(surround({ text, spans: [], nearMiss: sort }, surroundings, random))
  }
  return set
}

function personal(kind: PersonalKind, random: Random): Labelled {
  const { value, bare } = random.pick(VALUES[kind])(random)
  const carriers = kind === 'phone' && bare && random.below(3) === 0 ? CARRIERS.bare_phone : CARRIERS[kind]
  const [before = '', after = ''] = random.pick<string>(carriers).split('{}')
  const span = { kind, start: before.length, end: before.length + value.length }
  return { text: before + value + after, spans: [span], nearMiss: null }
}

/** Two of three texts stand in the midst of others. */
function surround(inner: Labelled, surroundings: readonly string[], random: Random): Labelled {
  if (surroundings.length === 0 || random.below(3) === 0) return inner
  const before = `${random.pick(surroundings)}\n`
  const spans = inner.spans.map((span) => ({
    ...span,
    start: span.start + before.length,
    end: span.end + before.length,
  }))
  return { ...inner, text: `${before}${inner.text} ${random.pick(surroundings)}`, spans }
}

export interface KindScore {
  readonly spans: number
  readonly precision: number
  readonly recall: number
}

/** Exact spans count, nothing else; a finding in a near-miss counts against its kind's precision. */
export function score(
  set: readonly Labelled[],
  find: (text: string) => readonly LabelledSpan[],
): Readonly<Record<PersonalKind, KindScore>> {
  const counts = new Map(PERSONAL_KINDS.map((kind) => [kind, { labelled: 0, found: 0, right: 0 }]))
  for (const { text, spans } of set) {
    const found = find(text)
    for (const { kind } of spans) counts.get(kind)!.labelled++
    for (const { kind, start, end } of found) {
      counts.get(kind)!.found++
      if (spans.some((span) => span.kind === kind && span.start === start && span.end === end))
        counts.get(kind)!.right++
    }
  }
  const scores = [...counts].map(([kind, { labelled, found, right }]) => [
    kind,
    { spans: labelled, precision: found === 0 ? 0 : right / found, recall: right / labelled },
  ])
  return Object.fromEntries(scores)
}
