/**
 * What was decided of documents before, by the same code from other inputs: joined to the lines of a stage, so that only
 * what is new or different is worked on again. Both are in the order of keys (by code point), so neither is held.
 */
import { grouped } from '../../store/grouped.ts'

/** Lines that work is done on at once, between those that are known. */
const LINES_AT_ONCE = 4096

interface Keyed {
  readonly key: string
}

/**
 * Results for all lines, in their order: what `reuse` makes of a line and what came of its key before, or where that is
 * null what `work` gives for it.
 */
export async function* memoised<Line extends Keyed, Result extends Keyed>(
  lines: AsyncIterable<Line>,
  before: AsyncIterable<Result>,
  reuse: (line: Line, result: Result) => Result | null,
  work: (lines: readonly Line[]) => AsyncIterable<Result>,
): AsyncIterable<Result> {
  for await (const group of grouped(joined(lines, before), LINES_AT_ONCE)) {
    const known = group.map(([line, result]) => result && reuse(line, result))
    const fresh = group.flatMap(([line], index) => (known[index] ? [] : [line]))
    const worked = fresh.length === 0 ? [] : await Array.fromAsync(work(fresh))
    let next = 0
    for (const result of known) yield result ?? worked[next++]!
  }
}

async function* joined<Line extends Keyed, Result extends Keyed>(
  lines: AsyncIterable<Line>,
  before: AsyncIterable<Result>,
): AsyncIterable<readonly [Line, Result | null]> {
  const results = before[Symbol.asyncIterator]()
  try {
    let { value, done } = await results.next()
    for await (const line of lines) {
      while (!done && inOrder(value.key, line.key) < 0) ({ value, done } = await results.next())
      yield [line, !done && value.key === line.key ? value : null]
    }
  } finally {
    await results.return?.()
  }
}

/** By code point: the order of UTF-8 bytes, which is that of the batch. */
function inOrder(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}
