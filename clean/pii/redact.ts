/**
 * A text without the personal data that a policy says to remove, and where its stand-ins are: kind and place, never the
 * value or anything derived from it. What is personal is decided in detect.ts. Redacting twice changes nothing more.
 */
import { type PersonalKind, type PersonalSpan, UsageError } from '../../pipeline/contract.ts'
import { findPersonal } from './detect.ts'
import { type FoundPersonal, PERSONAL_KINDS, type PersonalDataPolicy } from './personal.ts'
import { pseudonymOf } from './pseudonym.ts'

export interface Redacted {
  readonly text: string
  readonly spans: readonly PersonalSpan[]
  /** The first kind found for whose sake the document is dropped; its values are masked in `text` all the same. */
  readonly drop: PersonalKind | null
}

/** Stands for placeholders while a text is searched: their words must not introduce the number beside them. */
const OPAQUE = '\ufffc'

/** Throws a UsageError where pseudonyms are asked for without a secret. */
export function redact(text: string, policy: PersonalDataPolicy): Redacted {
  const pseudonyms = PERSONAL_KINDS.find((kind) => policy.actions[kind] === 'pseudonym')
  if (pseudonyms !== undefined && !policy.secret) {
    throw new UsageError(`pseudonyms for ${pseudonyms} need a secret: set one in the policy, or choose mask`)
  }
  let current: Redacted = { text, spans: [], drop: null }
  // What stood between two words may have kept a number apart from its label, so it is looked at again: at most a few
  // times, since only what lies within reach of the same label can come up.
  for (;;) {
    const next = redactOnce(current, policy)
    if (next.text === current.text) return next
    current = next
  }
}

function redactOnce(before: Redacted, policy: PersonalDataPolicy): Redacted {
  const found = findPersonal(hidePlaceholders(before.text, policy)).filter(
    ({ kind }) => policy.actions[kind] !== 'keep',
  )
  if (found.length === 0) return before
  const spans: PersonalSpan[] = []
  let text = ''
  let end = 0
  let earlier = 0
  /** Copies up to a place, with the spans of earlier passes that lie before it. */
  const copy = (to: number): void => {
    for (; earlier < before.spans.length && before.spans[earlier]!.start < to; earlier++) {
      const span = before.spans[earlier]!
      if (span.start >= end) spans.push({ ...span, start: span.start - end + text.length })
    }
    text += before.text.slice(end, to)
  }
  for (const range of found) {
    copy(range.start)
    const standIn = standInFor(range, before.text, policy)
    spans.push({ kind: range.kind, start: text.length, length: standIn.length })
    text += standIn
    end = range.end
  }
  copy(before.text.length)
  const drop = before.drop ?? found.find(({ kind }) => policy.actions[kind] === 'drop')?.kind ?? null
  return { text, spans, drop }
}

function standInFor({ kind, start, end }: FoundPersonal, text: string, policy: PersonalDataPolicy): string {
  if (policy.actions[kind] !== 'pseudonym' || policy.secret === null) return policy.placeholders[kind]
  return pseudonymOf(kind, text.slice(start, end), policy.secret)
}

function hidePlaceholders(text: string, policy: PersonalDataPolicy): string {
  let hidden = text
  for (const kind of PERSONAL_KINDS) {
    const placeholder = policy.placeholders[kind]
    if (placeholder !== '') hidden = hidden.replaceAll(placeholder, OPAQUE.repeat(placeholder.length))
  }
  return hidden
}
