/** Artifacts made of JSON lines: reading them typed, and writing them with the counts that describe them. */

import type { Objects } from '../../store/objects.ts'
import type { Artifact, Digest, Json } from '../contract.ts'

/** The lines of a text artifact, parsed; the writer of the artifact's kind vouches for their shape. */
export async function* readLines<Line>(objects: Objects, digest: Digest): AsyncIterable<Line> {
  for await (const line of objects.lines(digest)) yield JSON.parse(line) as Line
}

/** Stores values as JSON lines; `meta` is read after the last line, so that it may count them. */
export async function writeLines(
  objects: Objects,
  kind: string,
  values: AsyncIterable<object> | Iterable<object>,
  meta: () => { readonly [name: string]: Json },
): Promise<Artifact> {
  const { digest, bytes } = await objects.putLines(asText(values))
  return { kind, digest, bytes, meta: meta(), parts: [] }
}

async function* asText(values: AsyncIterable<object> | Iterable<object>): AsyncIterable<string> {
  for await (const value of values) yield JSON.stringify(value)
}
