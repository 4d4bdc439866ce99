/**
 * The documents of which something else became in one dedupe artifact than in another: their lines are compared as text,
 * side by side, so that those that stay cost a comparison and only those that differ are parsed.
 */
import type { Became, ChangedDocument } from '../store/freeze.ts'
import type { Objects } from '../store/objects.ts'
import type { Digest } from './contract.ts'
import type { DedupeLine } from './stages/dedupe.ts'

/** @param before null: everything is new */
export async function* changedDocuments(
  objects: Objects,
  before: Digest | null,
  after: Digest,
): AsyncIterable<ChangedDocument> {
  if (before === null) {
    for await (const text of objects.lines(after)) yield changed(null, JSON.parse(text))
    return
  }
  const { gone, come } = await differentLines(objects.lines(before), objects.lines(after))
  const old = new Map(Array.from(gone, (text) => named(JSON.parse(text))))
  for (const text of come) {
    const [name, line] = named(JSON.parse(text))
    yield changed(old.get(name) ?? null, line)
    old.delete(name)
  }
  for (const line of old.values()) yield changed(line, null)
}

/**
 * Lines that only one of two streams has. Both are in rank order, so a line that is in both is met soon after it was
 * missed, and few are held at a time; any order gives the same.
 */
async function differentLines(
  before: AsyncIterable<string>,
  after: AsyncIterable<string>,
): Promise<{ readonly gone: ReadonlySet<string>; readonly come: ReadonlySet<string> }> {
  const [gone, come] = [new Set<string>(), new Set<string>()]
  const [left, right] = [before[Symbol.asyncIterator](), after[Symbol.asyncIterator]()]
  for (;;) {
    const [old, fresh] = [await left.next(), await right.next()]
    if (old.done && fresh.done) return { gone, come }
    if (!old.done && !fresh.done && old.value === fresh.value) continue
    if (!old.done && !come.delete(old.value)) gone.add(old.value)
    if (!fresh.done && !gone.delete(fresh.value)) come.add(fresh.value)
  }
}

function named(line: DedupeLine): readonly [string, DedupeLine] {
  return [`${line.source}\n${line.key}`, line]
}

function changed(old: DedupeLine | null, line: DedupeLine | null): ChangedDocument {
  return {
    was: old && becameOf(old),
    oldRevision: old?.revision ?? null,
    becomes: line && becameOf(line),
    revision: line?.revision ?? null,
    text: line?.text ?? null,
    bytes: line?.bytes ?? 0,
    night: line?.night ?? null,
    omitted: line?.omitted ?? [],
    owner: line?.owner?.revision ?? null,
    intersection: line?.intersection ?? 0,
    union: line?.union ?? 0,
  }
}

function becameOf({ owner, left }: DedupeLine): Became {
  return owner ? 'duplicate' : (left ?? 'kept')
}
