/**
 * Takes documents out of artifacts made of lines: what a rebuild from the redacted captures would write in their place.
 * Which artifacts hold a document, and when a replacement takes effect (`objects.redact`), is the caller's.
 */
import type { Objects } from '../../store/objects.ts'
import type { Digest, RevisionLine } from '../contract.ts'
import { type CleanLine, gone } from '../stages/clean.ts'
import type { OverlapLine } from '../stages/contamination.ts'
import { takenDownLine } from '../stages/extract.ts'

/** An object and what is stored to stand in its place. */
export interface Redaction {
  /** Of the object as it is now, which may itself have replaced another. */
  readonly digest: Digest
  readonly replacement: Digest
}

/** What is left of a document's line; null where nothing is. Doing it again changes nothing. */
type Redact<Line> = (line: Line) => Line | null

/** Takes the documents of these keys out of a batch's revisions: their names stay. */
export function redactRevisions(objects: Objects, digest: Digest, keys: ReadonlySet<string>) {
  return redactLines<RevisionLine>(objects, digest, keys, (line) => takenDownLine(line, line.revision))
}

/** Takes them out of a batch's verdicts: they are rejected as taken down. */
export function redactVerdicts(objects: Objects, digest: Digest, keys: ReadonlySet<string>) {
  return redactLines<CleanLine>(objects, digest, keys, ({ key, revision }) => gone(key, revision, 'takedown'))
}

/** Takes them out of what a batch shares with evaluation sets. */
export function redactOverlaps(objects: Objects, digest: Digest, keys: ReadonlySet<string>) {
  return redactLines<OverlapLine>(objects, digest, keys, () => null)
}

/**
 * Stores an object's lines anew, those of the keys redacted and all others byte for byte as they are; null where that
 * makes no difference.
 */
async function redactLines<Line extends { readonly key: string }>(
  objects: Objects,
  digest: Digest,
  keys: ReadonlySet<string>,
  redact: Redact<Line>,
): Promise<Redaction | null> {
  const current = objects.resolve(digest)
  let changed = false
  async function* lines(): AsyncIterable<string> {
    for await (const text of objects.lines(current)) {
      const line: Line = JSON.parse(text)
      const redacted = keys.has(line.key) ? redact(line) : line
      const next = redacted === line ? text : redacted && JSON.stringify(redacted)
      changed ||= next !== text
      if (next !== null) yield next
    }
  }
  const stored = await objects.putLines(lines())
  return changed ? { digest: current, replacement: stored.digest } : null
}
